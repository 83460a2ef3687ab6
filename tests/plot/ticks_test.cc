#include "lib/plot/ticks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace isoflop {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

/// "10^18" of every tick with a label.
std::vector<std::string> Labels(ScaleKind scale, TickStyle style,
                                const AxisRange& range, int most) {
  std::vector<std::string> labels;
  for (const Tick& tick : TicksOf(scale, style, range, most)) {
    if (tick.label.text.empty()) continue;
    labels.push_back(tick.label.exponent.empty()
                         ? tick.label.text
                         : tick.label.text + "^" + tick.label.exponent);
  }
  return labels;
}

TEST(Ticks, OfALinearAxisAreRoundNumbers) {
  EXPECT_THAT(Labels(ScaleKind::kLinear, TickStyle::kPlain, {1.13, 1.42}, 6),
              ElementsAre("1.15", "1.2", "1.25", "1.3", "1.35", "1.4"));
  EXPECT_THAT(Labels(ScaleKind::kLinear, TickStyle::kPlain, {-0.3, 0.3}, 4),
              ElementsAre("\u22120.2", "0", "0.2"));
}

TEST(Ticks, OfALogAxisAreDecades) {
  EXPECT_THAT(Labels(ScaleKind::kLog, TickStyle::kPowers, {3e17, 2e22}, 6),
              ElementsAre("10^18", "10^19", "10^20", "10^21", "10^22"));
}

TEST(Ticks, OfFewDecadesHaveTwosAndFives) {
  EXPECT_THAT(Labels(ScaleKind::kLog, TickStyle::kPowers, {1.5e10, 1.2e12}, 8),
              ElementsAre("2\u00d710^10", "5\u00d710^10", "10^11",
                          "2\u00d710^11", "5\u00d710^11", "10^12"));
  EXPECT_THAT(Labels(ScaleKind::kLog, TickStyle::kCounts, {3e3, 3.5e5}, 8),
              ElementsAre("5k", "10k", "20k", "50k", "100k", "200k"));
}

TEST(Ticks, OfManyDecadesLeaveSomeOut) {
  EXPECT_THAT(
      Labels(ScaleKind::kLog, TickStyle::kPowers, {1e-3, 1e25}, 8),
      ElementsAre("10^0", "10^4", "10^8", "10^12", "10^16", "10^20", "10^24"));
}

TEST(Ticks, OfANarrowLogAxisAreThoseOfALinearOne) {
  EXPECT_THAT(Labels(ScaleKind::kLog, TickStyle::kPlain, {2.1, 2.9}, 5),
              ElementsAre("2.2", "2.4", "2.6", "2.8"));
}

TEST(Ticks, OfDecadesHaveMinorOnesBetween) {
  const auto ticks =
      TicksOf(ScaleKind::kLog, TickStyle::kPowers, {1e3, 1e6}, 5);
  EXPECT_EQ(
      std::ranges::count_if(
          ticks, [](const Tick& tick) { return tick.label.text.empty(); }),
      24);
}

TEST(Ticks, NameCountsWithUnits) {
  const auto text = [](double value) {
    return LabelOf(TickStyle::kCounts, value).text;
  };
  EXPECT_EQ(text(500.0), "500");
  EXPECT_EQ(text(1e6), "1M");
  EXPECT_EQ(text(2e9), "2G");
  EXPECT_EQ(text(5e12), "5T");
  EXPECT_EQ(LabelOf(TickStyle::kCounts, 1e15), (TickLabel{"10", "15"}));
  EXPECT_EQ(LabelOf(TickStyle::kPlain, -2e-7),
            (TickLabel{"\u22122\u00d710", "\u22127"}));
}

/// Whatever the range is: inside of it, rising, and not too many.
TEST(Ticks, AreFewAndInsideOfEveryRange) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> exponent(-30.0, 30.0);
  std::uniform_real_distribution<double> extent(0.001, 12.0);
  for (int i = 0; i < 2000; ++i) {
    const double low = std::pow(10.0, exponent(random));
    const AxisRange range{low, low * std::pow(10.0, extent(random))};
    for (const ScaleKind scale : {ScaleKind::kLinear, ScaleKind::kLog}) {
      for (const int most : {2, 5, 9}) {
        const auto ticks = TicksOf(scale, TickStyle::kPlain, range, most);
        ASSERT_LE(std::ranges::count_if(ticks,
                                        [](const Tick& tick) {
                                          return !tick.label.text.empty();
                                        }),
                  most)
            << range.low << " " << range.high;
        for (const Tick& tick : ticks) {
          ASSERT_GE(tick.value, range.low - 1e-6 * (range.high - range.low));
          ASSERT_LE(tick.value, range.high + 1e-6 * (range.high - range.low));
        }
        ASSERT_TRUE(std::ranges::is_sorted(ticks, {}, &Tick::value));
      }
    }
  }
}

TEST(Ticks, AreThereWhereTheRangeHasADecade) {
  for (int power = -20; power < 20; ++power) {
    const double low = std::pow(10.0, power);
    EXPECT_THAT(
        Labels(ScaleKind::kLog, TickStyle::kPowers, {0.7 * low, 13.0 * low}, 3),
        Not(IsEmpty()));
  }
}

}  // namespace
}  // namespace isoflop
