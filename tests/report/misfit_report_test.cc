// A law whose form does not suit the data is said to be so before all else.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/report/fit_json.h"
#include "analysis/report/fit_text.h"
#include "analysis/report/stored_fit.h"
#include "tests/report/sample_report.h"
#include "tests/support/schema_check.h"

namespace isoflop {
namespace {

using ::testing::HasSubstr;

constexpr const char* kWords = "the form of the Chinchilla law does not suit";

FitReport Misfitting() {
  FitReport report = SampleReport();
  report.misfit = Misfit{.trend = {.quantity = "D/N",
                                   .slope = -0.04,
                                   .bend = -0.78,
                                   .significant = 0.38},
                         .rival = "coupled",
                         .rms_ratio = 19.0,
                         .believed = "coupled",
                         .a = 0.4538,
                         .in_words = kWords};
  report.warnings.insert(report.warnings.begin(), kWords);
  return report;
}

FitReport WithCoupled() {
  FitReport report = Misfitting();
  LawFit fit;
  fit.name = "coupled";
  fit.formula = "L = E + (u^kappa + v^kappa)^(1/kappa)";
  fit.source = "a test";
  fit.status = FitStatus::kOk;
  fit.points = 63;
  fit.coefficients = {
      {"E", 0.25, false, false, {}},      {"A", 1.94, false, false, {}},
      {"B", 8.65, false, false, {}},      {"alpha", 0.5, false, false, {}},
      {"beta", 0.4167, false, false, {}}, {"kappa", 3.9, false, false, {}}};
  report.more_laws.fits = {fit};
  const double budgets[] = {6e9};
  report.more_laws.allocations.emplace("coupled", *AllocationOf(fit, budgets));
  return report;
}

TEST(MisfitReport, ComesBeforeEveryNumber) {
  const std::string text = FitText(Misfitting(), {}, 80);
  const auto said = text.find(kWords);
  ASSERT_NE(said, std::string::npos);
  EXPECT_LT(text.find("What to believe"), said);
  EXPECT_LT(said, text.find("IsoFLOP optima"));
  EXPECT_LT(said, text.find("Fitted law"));
}

TEST(MisfitReport, KeepsToTheSchema) {
  const Json json = ToJson(WithCoupled(), {});
  EXPECT_EQ(SchemaProblem(json, "fit"), "");
  const Json& misfit = json["diagnostics"]["misfit"];
  EXPECT_EQ(misfit["believed"], "coupled");
  EXPECT_EQ(misfit["a"], 0.4538);
  EXPECT_EQ(json["diagnostics"]["warnings"][0], kWords);
}

TEST(MisfitReport, IsAbsentWhereNoneIsSeen) {
  EXPECT_FALSE(ToJson(SampleReport(), {})["diagnostics"].contains("misfit"));
}

TEST(MisfitReport, CastsDoubtOnWhatIsMadeOfTheFit) {
  const StoredFit fit = ParseFit(ToJson(Misfitting(), {}), "f.json");
  EXPECT_THAT(DoubtInWords(fit), HasSubstr(kWords));
  EXPECT_EQ(DoubtInWords(SampleStored()), "");
}

TEST(MisfitReport, HasTheAllocationOfOtherLaws) {
  const Json json = ToJson(WithCoupled(), {});
  const Json& allocation = json["laws"]["coupled"]["allocation"];
  EXPECT_NEAR(allocation["a"].get<double>(), 0.4546, 1e-4);
  const Json& row = allocation["budgets"][0];
  EXPECT_EQ(row["flops"], 6e9);
  EXPECT_NEAR(
      6.0 * row["params_opt"].get<double>() * row["tokens_opt"].get<double>(),
      6e9, 1.0);
  const std::string text = FitText(WithCoupled(), {}, 80);
  EXPECT_THAT(text, HasSubstr("(C/6)^0.4546"));
  EXPECT_THAT(text, HasSubstr("6.00e9"));
}

}  // namespace
}  // namespace isoflop
