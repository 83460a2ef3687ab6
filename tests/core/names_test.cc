#include "lib/core/names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace isoflop {
namespace {

using ::testing::ElementsAre;

enum class Colour { kRed, kGreen };

constexpr std::array<NamedValue<Colour>, 2> EnumNames(Colour) {
  return {{{Colour::kRed, "red"}, {Colour::kGreen, "green"}}};
}

TEST(Names, GoFromEnumeratorsToWordsAndBack) {
  for (const Colour colour : {Colour::kRed, Colour::kGreen}) {
    EXPECT_EQ(FromName<Colour>(NameOf(colour)), colour);
  }
  EXPECT_EQ(NameOf(Colour::kGreen), "green");
}

TEST(Names, ThatAreUnknownStandForNothing) {
  EXPECT_EQ(FromName<Colour>("blue"), std::nullopt);
  EXPECT_EQ(FromName<Colour>("Red"), std::nullopt);
  EXPECT_EQ(FromName<Colour>(""), std::nullopt);
}

TEST(Names, AreListedInTheirOrder) {
  EXPECT_THAT(AllNames<Colour>(), ElementsAre("red", "green"));
}

}  // namespace
}  // namespace isoflop
