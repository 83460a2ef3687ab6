#include "analysis/page/warning_places.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace isoflop {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::set<std::string> kAll = {"training",   "isoflop",   "optima",
                                    "surface",    "residuals", "holdout",
                                    "projection", "profiles",  "draws"};

std::string PlaceOf(const std::string& warning,
                    const std::set<std::string>& figures = kAll) {
  const PlacedWarnings placed = PlaceWarnings({warning}, figures);
  EXPECT_EQ(placed.size(), 1U);
  return placed.begin()->first;
}

TEST(PlaceWarnings, PutsThemBesideWhatTheyConcern) {
  EXPECT_EQ(PlaceOf("Approach 2: at C = 4e+09 the loss bends by so few"),
            "isoflop");
  EXPECT_EQ(PlaceOf("Approach 3: residuals go with D/N"), "residuals");
  EXPECT_EQ(PlaceOf("Approach 3: only 2 of 64 starts lead to the optimum"),
            "surface");
  EXPECT_EQ(PlaceOf("the bootstrap draws from only 7 groups"), "draws");
  EXPECT_EQ(PlaceOf("C = 4e+11 lies 2.00 decades beyond the data"),
            "projection");
  EXPECT_EQ(PlaceOf("the sweep does not show that its learning rates suit"),
            "training");
}

TEST(PlaceWarnings, TakesTheNextBestFigureOrTheList) {
  EXPECT_EQ(PlaceOf("Approach 2: at an edge", {"optima"}), "optima");
  EXPECT_EQ(PlaceOf("Approach 2: at an edge", {}), "");
  EXPECT_EQ(PlaceOf("something that nobody has thought of"), "");
}

TEST(PlaceWarnings, LosesNoneAndKeepsTheirOrder) {
  const PlacedWarnings placed =
      PlaceWarnings({"Approach 2: b", "x", "Approach 2: a", "y", "x"}, kAll);
  EXPECT_THAT(placed.at("isoflop"),
              ElementsAre("Approach 2: b", "Approach 2: a"));
  EXPECT_THAT(placed.at(""), ElementsAre("x", "y", "x"));
  EXPECT_THAT(PlaceWarnings({}, kAll), IsEmpty());
}

}  // namespace
}  // namespace isoflop
