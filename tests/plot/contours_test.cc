#include "lib/plot/contours.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace isoflop {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

std::vector<double> Nodes(double low, double high, int count) {
  std::vector<double> nodes;
  for (int i = 0; i < count; ++i) {
    nodes.push_back(low + (high - low) * i / (count - 1));
  }
  return nodes;
}

Field On(int count, const std::function<double(double, double)>& function) {
  return Sampled(Nodes(-2.0, 2.0, count), Nodes(-2.0, 2.0, count), function);
}

TEST(ContourLines, OfAPlaneAreExact) {
  const auto lines =
      ContourLines(On(9, [](double x, double y) { return x + 2.0 * y; }), 0.3);
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_GE(lines[0].size(), 8U);
  for (const Place& at : lines[0]) EXPECT_NEAR(at.x + 2.0 * at.y, 0.3, 1e-12);
}

TEST(ContourLines, OfAHillCloseAroundItsTop) {
  const auto lines = ContourLines(
      On(81, [](double x, double y) { return std::hypot(x, y); }), 1.3);
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_EQ(lines[0].front().x, lines[0].back().x);
  EXPECT_EQ(lines[0].front().y, lines[0].back().y);
  double length = 0.0;
  for (std::size_t i = 0; i < lines[0].size(); ++i) {
    EXPECT_NEAR(std::hypot(lines[0][i].x, lines[0][i].y), 1.3, 1e-3);
    if (i == 0) continue;
    length += std::hypot(lines[0][i].x - lines[0][i - 1].x,
                         lines[0][i].y - lines[0][i - 1].y);
  }
  EXPECT_NEAR(length, 2.0 * M_PI * 1.3, 0.01);
}

TEST(ContourLines, OfASaddleDoNotCross) {
  const auto field = On(40, [](double x, double y) { return x * y; });
  for (const double level : {0.2, -0.2}) {
    const auto lines = ContourLines(field, level);
    ASSERT_THAT(lines, SizeIs(2)) << level;
    for (const auto& line : lines) {
      for (const Place& at : line) {
        EXPECT_NEAR(at.x * at.y, level, 1e-2);
        EXPECT_EQ(std::signbit(at.x), std::signbit(line.front().x));
      }
    }
  }
}

TEST(ContourLines, AreNoneWhereTheLevelIsNotReached) {
  const auto field = On(5, [](double x, double y) { return x + y; });
  EXPECT_THAT(ContourLines(field, 9.0), IsEmpty());
  EXPECT_THAT(ContourLines(field, -9.0), IsEmpty());
}

TEST(ContourLines, LeaveOutCellsWithoutAValue) {
  const auto lines = ContourLines(
      On(9, [](double x, double y) { return x > 0.0 ? std::nan("") : y; }),
      0.1);
  ASSERT_THAT(lines, SizeIs(1));
  for (const Place& at : lines[0]) EXPECT_LE(at.x, 0.0);
}

}  // namespace
}  // namespace isoflop
