#include "lib/core/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/expect_error.h"

namespace isoflop {
namespace {

TEST(Require, SaysNothingWhenItHolds) {
  EXPECT_NO_THROW(Require(true, "never said"));
}

TEST(Require, ThrowsTheFormattedMessage) {
  EXPECT_ERROR(Require(false, "{} is not {}", 1, "two"), "1 is not two");
}

TEST(Problems, AreNoneAtFirst) {
  const Problems problems;
  EXPECT_TRUE(problems.empty());
  EXPECT_NO_THROW(problems.ThrowIfAny());
}

TEST(Problems, AreAllSaidAtOnceEachOnALineOfItsOwn) {
  Problems problems;
  problems.Add("a.json: x", "is missing");
  problems.Add("", "nothing fits");
  EXPECT_FALSE(problems.empty());
  EXPECT_ERROR(problems.ThrowIfAny(), "a.json: x: is missing\nnothing fits");
}

}  // namespace
}  // namespace isoflop
