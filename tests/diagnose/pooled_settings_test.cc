#include "analysis/diagnose/pooled_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "tests/regress/synthetic.h"

namespace isoflop {
namespace {

using testing::ElementsAre;

/// Observations with settings beside them.
struct Table {
  std::vector<Observation> runs;
  std::vector<SettingColumn> settings;

  /// Adds a setting, whose value is what `of` gives of the row.
  void Add(const std::string& name, auto of) {
    SettingColumn column{name, {}};
    for (std::size_t i = 0; i < runs.size(); ++i) {
      const std::string value = of(i);
      const auto known = std::ranges::find(column.values, value);
      runs[i].settings.push_back(
          static_cast<int>(known - column.values.begin()));
      if (known == column.values.end()) column.values.push_back(value);
    }
    settings.push_back(std::move(column));
  }

  std::optional<RepeatedSettings> Repeats() const {
    return SettingsOfRepeats(runs, settings);
  }
  std::optional<SplitSetting> Split() const {
    return SettingThatSplits(runs, settings, ResidualsOf(runs, kSmallLaw));
  }
  std::optional<SharedCurves> Curves() const {
    return ColumnOfCurves(runs, settings, ResidualsOf(runs, kSmallLaw));
  }
};

/// Every run `times` over, one after another.
std::vector<Observation> Repeated(const std::vector<Observation>& runs,
                                  int times) {
  std::vector<Observation> repeated;
  for (const Observation& o : runs) repeated.insert(repeated.end(), times, o);
  return repeated;
}

std::string Number(std::size_t i) { return std::to_string(i); }

/// Three runs at each place, of which each loses 2 % more than the one before.
Table ThreeRates() {
  Table table{WithNoise(Repeated(SmallSweep(), 3), 0.002, 1), {}};
  for (std::size_t i = 0; i < table.runs.size(); ++i) {
    table.runs[i].L *= 1.0 + 0.02 * static_cast<double>(i % 3);
  }
  return table;
}

TEST(RepeatedSettings, AreThoseThatLossesAtOnePlaceGoWith) {
  Table table = ThreeRates();
  table.Add("lr", [](std::size_t i) { return Number(i % 3); });
  table.Add("machine", [](std::size_t) { return "a"; });
  table.Add("rack", [](std::size_t i) { return Number(i / 2 % 2); });
  table.Add("name", Number);
  const auto found = table.Repeats();
  ASSERT_TRUE(found.has_value());
  EXPECT_THAT(found->names, ElementsAre("lr"));
  EXPECT_EQ(found->cells, static_cast<int>(SmallSweep().size()));
  EXPECT_NEAR(found->spread, 0.04, 0.005);
}

TEST(RepeatedSettings, AreFoundWithoutNoiseToo) {
  Table table{Repeated(SmallSweep(), 2), {}};
  for (std::size_t i = 0; i < table.runs.size(); i += 2) table.runs[i].L *= 1.1;
  table.Add("data", [](std::size_t i) { return Number(i % 2); });
  ASSERT_TRUE(table.Repeats().has_value());
}

TEST(RepeatedSettings, AreNoneWhereNothingRepeatsOrOnlyNamesDiffer) {
  Table once{SmallSweep(), {}};
  once.Add("lr", [](std::size_t i) { return Number(i % 3); });
  EXPECT_FALSE(once.Repeats().has_value());
  Table named = ThreeRates();
  named.Add("name", Number);
  EXPECT_FALSE(named.Repeats().has_value());
}

TEST(RepeatedSettings, AreNoneWhereTheLossIsTheSame) {
  Table table{Repeated(SmallSweep(), 2), {}};
  table.Add("lr", [](std::size_t i) { return Number(i % 2); });
  EXPECT_FALSE(table.Repeats().has_value());
}

TEST(SplitSetting, IsTheOneWhoseValuesLieOnDifferentCurves) {
  Table table{WithNoise(SmallSweep(), 0.002, 2), {}};
  const auto other = [](std::size_t i) { return i % 3 == 1; };
  for (std::size_t i = 0; i < table.runs.size(); ++i) {
    if (other(i)) table.runs[i].L *= 1.03;
  }
  table.Add("noise", [](std::size_t i) { return Number(i % 2); });
  table.Add("data", [&](std::size_t i) { return other(i) ? "wiki" : "web"; });
  const auto split = table.Split();
  ASSERT_TRUE(split.has_value());
  EXPECT_EQ(split->name, "data");
  EXPECT_NEAR(std::abs(split->shift), 0.03, 0.003);
  EXPECT_NEAR(split->scatter, 0.002, 0.001);
}

TEST(SplitSetting, IsNoneThatGoesWithSize) {
  Table table{WithNoise(SmallSweep(), 0.002, 2), {}};
  const double middle = table.runs[table.runs.size() / 2].N;
  for (Observation& o : table.runs) {
    if (o.N > middle) o.L *= 1.03;  // a law of the wrong form
  }
  table.Add("size", [&](std::size_t i) {
    return table.runs[i].N > middle ? "large" : "small";
  });
  EXPECT_FALSE(table.Split().has_value());
}

TEST(SplitSetting, IsSeldomSeenInNoise) {
  int seen = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Table table{WithNoise(SmallSweep(), 0.004, seed), {}};
    table.Add("a", [](std::size_t i) { return Number(i % 2); });
    table.Add("b", [](std::size_t i) { return Number((i / 2) % 3); });
    if (table.Split()) ++seen;
  }
  EXPECT_LE(seen, 12);  // 2 % of 300, and chance
}

/// Runs of ten checkpoints, each with an error of its own.
Table Checkpoints(double own, double shared) {
  Table table;
  RandomStream stream(7);
  for (int run = 0; run < 8; ++run) {
    const double error = shared * stream.Normal();
    const double N = 1e4 * std::pow(2.0, run / 2);
    for (int k = 1; k <= 10; ++k) {
      const double D = 1e6 * k * (1 + run % 2);
      table.runs.push_back(MakeObservation(
          N, D,
          Loss(kSmallLaw, N, D) * std::exp(error + own * stream.Normal())));
    }
  }
  table.Add("run", [](std::size_t i) { return Number(i / 10); });
  return table;
}

TEST(SharedCurves, AreFoundWhereCheckpointsShareTheErrorOfTheirRun) {
  const auto curves = Checkpoints(0.001, 0.005).Curves();
  ASSERT_TRUE(curves.has_value());
  EXPECT_EQ(curves->name, "run");
  EXPECT_EQ(curves->curves, 8);
  EXPECT_EQ(curves->rows_each, 10.0);
  EXPECT_GT(curves->correlation, 0.8);
}

TEST(SharedCurves, AreNotFoundInIndependentRunsNorWhereGroupsAreKnown) {
  EXPECT_FALSE(Checkpoints(0.005, 0.0).Curves().has_value());
  Table grouped = Checkpoints(0.001, 0.005);
  for (Observation& o : grouped.runs) o.group = "known";
  EXPECT_FALSE(grouped.Curves().has_value());
}

}  // namespace
}  // namespace isoflop
