#include "lib/core/arithmetic.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace isoflop {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(DifferenceInWords, NamesWhatBothNameAndIsNotTheSame) {
  const Arithmetic before{{"compiler", "GCC 12.2.0"},
                          {"libtorch", "1.13.0"},
                          {"processor", "AVX-512"}};
  Arithmetic now = before;
  EXPECT_EQ(DifferenceInWords(before, now), "");
  now["libtorch"] = "2.6.0";
  now["processor"] = "AVX2";
  now["gpu"] = "NVIDIA H100";
  EXPECT_EQ(DifferenceInWords(before, now),
            "libtorch 1.13.0, now 2.6.0; processor AVX-512, now AVX2");
  EXPECT_EQ(DifferenceInWords({}, now), "") << "of what nobody wrote down";
}

TEST(ArithmeticFromJson, RefusesWhatIsNoTextAndKeepsTheRest) {
  Problems problems;
  EXPECT_EQ(
      ArithmeticFromJson({{"a", "b"}, {"c", 1}}, "p: arithmetic", &problems),
      (Arithmetic{{"a", "b"}}));
  ArithmeticFromJson(Json::array(), "p: arithmetic", &problems);
  EXPECT_THAT(problems.messages(),
              ElementsAre(HasSubstr("p: arithmetic.c: must be a text, got 1"),
                          HasSubstr("p: arithmetic: must be an object")));
}

}  // namespace
}  // namespace isoflop
