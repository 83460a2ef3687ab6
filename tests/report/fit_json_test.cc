#include "analysis/report/fit_json.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "tests/report/sample_report.h"
#include "tests/support/golden.h"

namespace isoflop {
namespace {

/// Whether a null is anywhere in `json`.
bool HasNull(const Json& json) {
  if (!json.is_structured()) return json.is_null();
  for (const Json& element : json) {
    if (HasNull(element)) return true;
  }
  return false;
}

/// `json` with twelve significant digits: the last ones of a power or a
/// quotient are the C library's own.
Json Rounded(const Json& json) {
  if (json.is_number_float()) {
    return std::stod(fmt::format("{:.12g}", json.get<double>()));
  }
  Json rounded = json;
  if (json.is_structured()) {
    for (Json& element : rounded) element = Rounded(element);
  }
  return rounded;
}

TEST(FitJson, LooksAsItDid) {
  const std::string text =
      ReadableText(Rounded(ToJson(SampleReport(), kSampleExact)));
  EXPECT_EQ(text, Golden("fit.json", text));
}

TEST(FitJson, ReadsBackAsItWasWritten) {
  const Json json = ToJson(SampleReport(), kSampleExact);
  EXPECT_EQ(ParseJson(ReadableText(json), "fit.json"), json);
}

TEST(FitJson, HasNoNulls) {
  EXPECT_FALSE(HasNull(ToJson(SampleReport(), kSampleExact)));
  EXPECT_FALSE(HasNull(ToJson(SampleReportWithoutBootstrap())));
  EXPECT_FALSE(HasNull(ToJson(UnsupportedReport())));
}

TEST(FitJson, LeavesOutNumbersThatAreNotFinite) {
  FitReport report = SampleReport();
  report.chinchilla->certificate.condition_number =
      std::numeric_limits<double>::infinity();
  report.isoflop->a_bias = std::numeric_limits<double>::quiet_NaN();
  report.chinchilla_bootstrap->A.interval95.high =
      std::numeric_limits<double>::infinity();
  const Json json = ToJson(report);
  EXPECT_FALSE(json["chinchilla"]["certificate"].contains("condition_number"));
  EXPECT_FALSE(json["isoflop"].contains("a_bias"));
  EXPECT_FALSE(json["chinchilla"]["bootstrap"]["interval95"].contains("A"));
  EXPECT_TRUE(json["chinchilla"]["bootstrap"]["standard_error"].contains("A"));
  EXPECT_FALSE(HasNull(json));
}

TEST(FitJson, SaysOfHowManyRunsTheStartsWere) {
  FitReport report = SampleReport();
  EXPECT_FALSE(ToJson(report)["chinchilla"]["certificate"].contains("sample"));
  report.chinchilla->certificate.sample = 600;
  EXPECT_EQ(ToJson(report)["chinchilla"]["certificate"]["sample"], 600);
}

TEST(FitJson, DerivesTheAllocationFromTheLaw) {
  const Json estimate = ToJson(SampleReport())["chinchilla"]["estimate"];
  const Chinchilla law = SampleReport().chinchilla->law;
  EXPECT_EQ(estimate["a"], ParamsExponent(law));
  EXPECT_EQ(estimate["b"], TokensExponent(law));
  EXPECT_EQ(estimate["G"], AllocationCoefficient(law));
}

TEST(FitJson, PutsTheReferenceBesideTheEstimateWhenItIsKnown) {
  const Json known = ToJson(SampleReport(), kSampleExact);
  EXPECT_EQ(known["chinchilla"]["reference"]["bayes_loss"], 1.1188);
  EXPECT_FALSE(ToJson(SampleReport())["chinchilla"].contains("reference"));
}

TEST(FitJson, SaysWhyALawIsNotSupportedAndNothingElseOfIt) {
  const Json json = ToJson(UnsupportedReport());
  EXPECT_EQ(json["chinchilla"],
            Json({{"law", kChinchillaFormula},
                  {"status", "unsupported"},
                  {"reason", "2 sizes; at least 3 are needed"}}));
  EXPECT_EQ(json["isoflop"]["budgets"].size(), 2U);
  EXPECT_FALSE(json["isoflop"].contains("a"));
  EXPECT_EQ(json["kaplan"]["status"], "unsupported");
  EXPECT_FALSE(json["kaplan"]["L_N"].contains("N_c"));
}

TEST(FitJson, HasNoKeyForWhatWasNotAskedFor) {
  FitReport report = SampleReportWithoutBootstrap();
  report.kaplan.reset();
  const Json json = ToJson(report);
  EXPECT_FALSE(json.contains("kaplan"));
  EXPECT_FALSE(json.contains("draws"));
  EXPECT_FALSE(json.contains("resampling"));
  EXPECT_FALSE(json["chinchilla"].contains("bootstrap"));
}

TEST(FitJson, GivesOnlyInteriorMinimaAnOptimum) {
  const Json budgets = ToJson(SampleReport())["isoflop"]["budgets"];
  EXPECT_TRUE(budgets[0].contains("params_opt"));
  EXPECT_EQ(budgets[3]["status"], "edge");
  EXPECT_FALSE(budgets[3].contains("params_opt"));
}

TEST(FitJson, NamesDeltaOnlyForThePenaltyThatHasOne) {
  FitReport report = SampleReport();
  report.options.objective.loss = LossKind::kStudentT;
  report.chinchilla->student_t = {.scale = 0.0039, .degrees_of_freedom = 2.6};
  const Json objective = ToJson(report)["chinchilla"]["objective"];
  EXPECT_FALSE(objective.contains("delta"));
  EXPECT_EQ(objective["scale"], 0.0039);
}

TEST(FitJson, EndsWithTheLawsOfTheBootstrap) {
  const Json json = ToJson(SampleReport());
  EXPECT_EQ(json.back().size(), static_cast<std::size_t>(kSampleDraws));
  EXPECT_EQ(json["draws"][0], Json({1.1099, 61.3, 1873.0, 0.507, 0.644}));
}

}  // namespace
}  // namespace isoflop
