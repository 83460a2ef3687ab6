#include "lib/plot/text_box.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace isoflop {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(TextBox, GrowsWithTheText) {
  EXPECT_EQ(TextWidth("", 12.0), 0.0);
  EXPECT_LT(TextWidth("iiii", 12.0), TextWidth("nnnn", 12.0));
  EXPECT_LT(TextWidth("nnnn", 12.0), TextWidth("MMMM", 12.0));
  EXPECT_GT(TextWidth("\u6f22\u5b57", 12.0), 20.0);
  EXPECT_GT(TextWidth("\xff\xfe", 12.0), 0.0);
}

TEST(SpreadApart, LeavesWhatIsApartWhereItIs) {
  const std::vector<double> wanted = {10.0, 50.0, 30.0};
  EXPECT_EQ(SpreadApart(wanted, 10.0, 0.0, 100.0), wanted);
}

TEST(SpreadApart, MovesThoseThatMeetByTheSame) {
  const std::vector<double> wanted = {50.0, 50.0};
  EXPECT_THAT(SpreadApart(wanted, 10.0, 0.0, 100.0),
              ElementsAre(DoubleEq(45.0), DoubleEq(55.0)));
}

TEST(SpreadApart, StaysInside) {
  const std::vector<double> wanted = {1.0, 2.0, 99.0, 120.0};
  EXPECT_THAT(SpreadApart(wanted, 10.0, 0.0, 100.0),
              ElementsAre(DoubleEq(0.0), DoubleEq(10.0), DoubleEq(90.0),
                          DoubleEq(100.0)));
  EXPECT_THAT(SpreadApart({}, 10.0, 0.0, 100.0), IsEmpty());
}

TEST(SpreadApart, KeepsOrderAndDistanceOfAny) {
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> place(-50.0, 250.0);
  for (int trial = 0; trial < 500; ++trial) {
    std::vector<double> wanted(1 + trial % 12);
    for (double& value : wanted) value = place(random);
    const auto places = SpreadApart(wanted, 15.0, 0.0, 200.0);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      ASSERT_GE(places[i], -1e-9);
      ASSERT_LE(places[i], 200.0 + 1e-9);
      for (std::size_t k = 0; k < i; ++k) {
        ASSERT_GE(std::abs(places[i] - places[k]), 15.0 - 1e-9);
        if (wanted[i] < wanted[k]) {
          ASSERT_LT(places[i], places[k]);
        }
      }
    }
  }
}

}  // namespace
}  // namespace isoflop
