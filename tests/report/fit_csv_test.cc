#include "analysis/report/fit_csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "analysis/report/fit_json.h"
#include "lib/core/csv.h"
#include "tests/report/sample_report.h"
#include "tests/support/expect_error.h"

namespace isoflop {
namespace {

using Row = std::map<std::string, std::string>;

std::vector<Row> RowsOf(const Json& fit) {
  const auto csv = ParseCsv(FitCsv(fit, "fit.json"), "fit.csv");
  std::vector<Row> rows;
  for (std::size_t i = 1; i < csv.size(); ++i) {
    EXPECT_EQ(csv[i].cells.size(), csv[0].cells.size());
    Row row;
    for (std::size_t k = 0; k < csv[i].cells.size(); ++k) {
      row[csv[0].cells[k]] = csv[i].cells[k];
    }
    rows.push_back(row);
  }
  return rows;
}

/// The row of a parameter; empty where there is none.
Row RowOf(const Json& fit, const std::string& law,
          const std::string& parameter) {
  for (const Row& row : RowsOf(fit)) {
    if (row.at("law") == law && row.at("parameter") == parameter) return row;
  }
  return {};
}

Json SampleFit() { return ToJson(SampleReport(), kSampleExact); }

double Number(const std::string& cell) { return std::stod(cell); }

TEST(FitCsv, HasTheEstimatesOfTheLawWithTheirSpread) {
  const Json fit = SampleFit();
  const Json& law = fit["chinchilla"];
  for (const auto& estimate : law["estimate"].items()) {
    const Row row = RowOf(fit, "chinchilla", estimate.key());
    ASSERT_FALSE(row.empty()) << estimate.key();
    EXPECT_EQ(Number(row.at("estimate")), estimate.value().get<double>());
    const Json& spread = law["bootstrap"];
    if (!spread["interval95"].contains(estimate.key())) continue;
    EXPECT_EQ(row.at("interval"), "bootstrap");
    EXPECT_EQ(Number(row.at("low95")), spread["interval95"][estimate.key()][0]);
    EXPECT_EQ(Number(row.at("high95")),
              spread["interval95"][estimate.key()][1]);
    EXPECT_EQ(Number(row.at("standard_error")),
              spread["standard_error"][estimate.key()]);
  }
  EXPECT_EQ(RowOf(fit, "chinchilla", "E").at("unit"), "nats");
  EXPECT_EQ(RowOf(fit, "chinchilla", "A").at("unit"), "");
  EXPECT_EQ(RowOf(fit, "chinchilla", "alpha").at("unit"), "1");
}

TEST(FitCsv, HasTheExponentsOfApproachTwoAndTheAllocations) {
  const Json fit = SampleFit();
  const Row a = RowOf(fit, "isoflop", "a");
  ASSERT_FALSE(a.empty());
  EXPECT_EQ(Number(a.at("estimate")), fit["isoflop"]["a"]["estimate"]);
  const auto rows = RowsOf(fit);
  const auto of_allocations = std::ranges::count_if(
      rows, [](const Row& row) { return row.at("law") == "allocations"; });
  EXPECT_EQ(of_allocations,
            4 * static_cast<std::ptrdiff_t>(fit["allocations"].size()));
  const Row first = RowOf(fit, "allocations", "params_opt");
  EXPECT_EQ(Number(first.at("flops")), fit["allocations"][0]["flops"]);
  EXPECT_EQ(first.at("unit"), "params");
  EXPECT_EQ(a.at("flops"), "");
}

TEST(FitCsv, TakesTheProfileWhereThereIsNoBootstrap) {
  Json fit = SampleFit();
  fit["chinchilla"].erase("bootstrap");
  fit["chinchilla"]["profile95"]["E"] = {{"low", 1.5}, {"unbounded", "above"}};
  const Row row = RowOf(fit, "chinchilla", "E");
  EXPECT_EQ(row.at("interval"), "profile");
  EXPECT_EQ(row.at("low95"), "1.5");
  EXPECT_EQ(row.at("high95"), "");
  EXPECT_EQ(row.at("standard_error"), "");
}

TEST(FitCsv, SaysWhatIsHeldAtItsBoundOrUncertified) {
  Json fit = SampleFit();
  fit["laws"]["test"] = {{"estimate", {{"k", 2.0}, {"e", 0.5}, {"c", 0.0}}},
                         {"held", {"e"}},
                         {"at_bound", {"c"}}};
  EXPECT_EQ(RowOf(fit, "laws.test", "k").at("state"), "");
  EXPECT_EQ(RowOf(fit, "laws.test", "e").at("state"), "held");
  EXPECT_EQ(RowOf(fit, "laws.test", "c").at("state"), "at_bound");
  fit["laws"]["test"]["certificate"] = {{"certified", false}};
  EXPECT_EQ(RowOf(fit, "laws.test", "k").at("state"), "uncertified");
}

TEST(FitCsv, OfAFitThatNothingSupportsHasTheHeaderAlone) {
  EXPECT_TRUE(RowsOf(ToJson(UnsupportedReport(), {})).empty());
}

TEST(FitCsv, PassesOverSectionsThatAreNoneOfOurs) {
  Json fit{{"schema", kFitSchema},
           {"chinchilla", 7},
           {"isoflop", {{"a", "steep"}}},
           {"kaplan", Json::array()},
           {"laws", {{"odd,\"law\"", {{"estimate", {{"x\ny", 1e-300}}}}}}},
           {"allocations", {1, nullptr, Json::object()}}};
  const auto rows = RowsOf(fit);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].at("law"), "laws.odd,\"law\"");
  EXPECT_EQ(rows[0].at("parameter"), "x\ny");
  EXPECT_EQ(Number(rows[0].at("estimate")), 1e-300);
}

TEST(FitCsv, IsPlainTextThatNeedsNoHint) {
  const std::string csv = FitCsv(SampleFit(), "fit.json");
  EXPECT_TRUE(std::ranges::all_of(
      csv, [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }));
  EXPECT_EQ(csv.find('\r'), std::string::npos);
  EXPECT_EQ(csv.find(" ,"), std::string::npos);
  EXPECT_EQ(csv.back(), '\n');
}

TEST(FitCsv, IsOfAFitOnly) {
  for (const Json& json :
       {Json(), Json(1), Json::array(), Json::object(),
        Json{{"schema", "isoflop.plan/1"}}, Json{{"schema", 1}}}) {
    EXPECT_ERROR(FitCsv(json, "x.json"),
                 "x.json: is no fit; `isoflop fit` writes one");
  }
}

}  // namespace
}  // namespace isoflop
