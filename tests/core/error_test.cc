#include "lib/core/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>

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

TEST(Problems, AreEachSaidOnce) {
  Problems problems;
  problems.Add("a.json: x", "is wrong");
  problems.Add("a.json: y", "is wrong");
  problems.Add("a.json: x", "is wrong");
  EXPECT_EQ(problems.messages().size(), 3U);
  try {
    problems.ThrowIfAny();
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "a.json: x: is wrong\na.json: y: is wrong");
  }
}

TEST(Problems, AreNotRepeatedWhereManyAreAlike) {
  Problems problems;
  problems.Add("a.json", "is wrong");
  for (int i = 0; i < 2000; ++i) {
    problems.Add(
        "a.csv:" + std::to_string(i + 2),
        "column 'loss' must be a number, got 'x" + std::to_string(i) + "'");
  }
  problems.Add("a.csv", "is too short");
  try {
    problems.ThrowIfAny();
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "a.json: is wrong\n"
                 "a.csv:2: column 'loss' must be a number, got 'x0'\n"
                 "and 1,999 more like it\n"
                 "a.csv: is too short");
  }
}

TEST(Problems, AreAllSaidWhereTheyDiffer) {
  Problems problems;
  for (char c = 'a'; c <= 'z'; ++c) {
    problems.Add("a.json", std::string("key ") + c + " is unknown");
  }
  try {
    problems.ThrowIfAny();
    FAIL();
  } catch (const Error& error) {
    const std::string_view said = error.what();
    EXPECT_EQ(std::ranges::count(said, '\n'), 25);
  }
}

TEST(Error, IsNotCutAtANul) {
  const Error error(std::string("a\0b", 3));
  EXPECT_STREQ(error.what(), "a\\x00b");
}

TEST(Problems, AreOptionsOutOfRange) {
  Problems problems;
  CheckPositive("--delta", 1e-3, &problems);
  CheckRange("--threads", 0, 9, &problems);
  CheckRange("--threads", 9, 9, &problems);
  EXPECT_TRUE(problems.empty());
  CheckPositive("--delta", 0.0, &problems);
  CheckPositive("--delta", std::numeric_limits<double>::infinity(), &problems);
  CheckRange("--threads", 12, 9, &problems);
  EXPECT_ERROR(problems.ThrowIfAny(),
               "--delta: must be above 0, got 0\n"
               "--delta: must be above 0, got inf\n"
               "--threads: must be from 0 to 9, got 12");
}

}  // namespace
}  // namespace isoflop
