#include "analysis/report/stored_fit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "analysis/report/fit_json.h"
#include "tests/report/sample_report.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

using ::testing::HasSubstr;

Json SampleFitJson() { return ToJson(SampleReport(), kSampleExact); }

void ExpectSame(const Chinchilla& x, const Chinchilla& y) {
  EXPECT_EQ(x.E, y.E);
  EXPECT_EQ(x.A, y.A);
  EXPECT_EQ(x.B, y.B);
  EXPECT_EQ(x.alpha, y.alpha);
  EXPECT_EQ(x.beta, y.beta);
}

TEST(ParseFit, ReturnsTheLawsThatWereWrittenToTheLastBit) {
  FitReport report = SampleReport();
  report.chinchilla->law.alpha = 1.0 / 3.0;
  report.chinchilla_bootstrap->laws[1].A = 1e3 / 7.0;
  const StoredFit fit =
      ParseFit(ParseJson(ReadableText(ToJson(report)), "f"), "f");
  EXPECT_EQ(fit.status, FitStatus::kOk);
  ExpectSame(fit.law, report.chinchilla->law);
  ASSERT_EQ(fit.draws.size(), static_cast<std::size_t>(kSampleDraws));
  ExpectSame(fit.draws[1], report.chinchilla_bootstrap->laws[1]);
}

TEST(ParseFit, ReturnsWhatNAndTheDataWere) {
  const StoredFit fit = ParseFit(SampleFitJson(), "fit.json");
  EXPECT_EQ(fit.params, ParamsKind::kTotal);
  EXPECT_EQ(fit.largest_flops, 9.28e11);
  EXPECT_EQ(fit.file, "fit.json");
}

TEST(ParseFit, KeepsTheReasonOfAFitThatIsNotSupported) {
  const StoredFit fit = ParseFit(ToJson(UnsupportedReport()), "f");
  EXPECT_EQ(fit.status, FitStatus::kUnsupported);
  EXPECT_EQ(fit.reason, "2 sizes; at least 3 are needed");
}

TEST(ParseFit, ReturnsWhetherTheLawIsCertified) {
  Json json = SampleFitJson();
  EXPECT_EQ(DoubtInWords(ParseFit(json, "f.json")), "");
  json["chinchilla"]["certificate"]["agreeing"] = 1;
  EXPECT_EQ(
      DoubtInWords(ParseFit(json, "f.json")),
      "f.json: chinchilla: the law may not be the optimum: NOT CERTIFIED: "
      "1 of 49 starts agree, gradient 3e-16");
  json["chinchilla"].erase("certificate");
  EXPECT_NE(DoubtInWords(ParseFit(json, "f.json")).find("has no certificate"),
            std::string::npos);
}

TEST(ParseFit, DoubtsALawOfRunsThatHardlyDiffer) {
  Json json = SampleFitJson();
  json["observations"]["params_range"] = {2.15e9, 2.161e9};
  EXPECT_THAT(DoubtInWords(ParseFit(json, "f")),
              HasSubstr("N from 2.15e+09 to 2.161e+09"));
}

TEST(ParseFit, DoubtsAnExponentThatIsNone) {
  Json json = SampleFitJson();
  json["chinchilla"]["estimate"]["alpha"] = 26.6;
  EXPECT_THAT(DoubtInWords(ParseFit(json, "f")),
              HasSubstr("alpha = 26.6 is steeper than losses are"));
}

TEST(ParseFit, RefusesACertificateThatIsNone) {
  Json json = SampleFitJson();
  json["chinchilla"]["certificate"]["starts"] = -1;
  json["chinchilla"]["certificate"].erase("converged");
  EXPECT_ERROR(ParseFit(json, "f"), "chinchilla.certificate.starts");
  EXPECT_ERROR(ParseFit(json, "f"), "chinchilla.certificate.converged");
}

TEST(ParseFit, AcceptsAPublishedLawWrittenByHand) {
  const StoredFit fit = ParseFit(ParseJson(R"({
    "schema": "isoflop.fit/1",
    "chinchilla": { "estimate": { "E": 1.69, "A": 406.4, "B": 410.7,
                                  "alpha": 0.34, "beta": 0.28 } } })",
                                           "f"),
                                 "f");
  EXPECT_EQ(fit.status, FitStatus::kOk);
  EXPECT_EQ(fit.law.A, 406.4);
  EXPECT_TRUE(fit.draws.empty());
  EXPECT_FALSE(fit.largest_flops);
}

TEST(Allocate, GivesTheSameIntervalsFromTheFileAsFromTheFit) {
  const FitReport report = SampleReport();
  const std::vector<double> budgets = {1e12, 5e13};
  const auto from_fit =
      Allocate(LawBasis{.law = report.chinchilla->law,
                        .resampled = report.chinchilla_bootstrap->laws,
                        .largest_flops = report.observations.largest_flops,
                        .noise95 = std::nullopt,
                        .units = report.resampling->units},
               budgets);
  const StoredFit stored = ParseFit(SampleFitJson(), "f");
  const auto from_file = Allocate(stored.basis(), budgets);
  ASSERT_EQ(from_file.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(from_file[i].params_opt.value, from_fit[i].params_opt.value);
    EXPECT_EQ(from_file[i].loss.spread->interval95.high,
              from_fit[i].loss.spread->interval95.high);
    EXPECT_EQ(from_file[i].extrapolation_decades,
              from_fit[i].extrapolation_decades);
  }
}

TEST(Allocate, CallsNothingExtrapolationWhereTheDataAreNotKnown) {
  StoredFit fit = ParseFit(SampleFitJson(), "f");
  fit.largest_flops.reset();
  const std::vector<double> budgets = {1e30};
  EXPECT_FALSE(Allocate(fit.basis(), budgets)[0].extrapolation_decades);
}

TEST(ParseFit, ReturnsTheNoiseOfSeedsWhereItIsKnown) {
  Json json = SampleFitJson();
  json["seed_noise"] = {{"loss_std", 0.0031}, {"source", "given"}};
  EXPECT_EQ(ParseFit(json, "f").loss_std, 0.0031);
  json.erase("seed_noise");
  EXPECT_FALSE(ParseFit(json, "f").loss_std);
}

TEST(ParseFit, ReturnsTheLawOfRepeatedDataWhereItWasFitted) {
  Json json = SampleFitJson();
  json["laws"]["repeated_data"] = ParseJson(
      R"({"status": "ok", "estimate": {"E": 1.1, "A": 260, "B": 700,
          "alpha": 0.66, "beta": 0.57, "R_D": 15.4}})",
      "f");
  const StoredFit fit = ParseFit(json, "f");
  ASSERT_TRUE(fit.repeated.has_value());
  EXPECT_EQ(fit.repeated->R_D, 15.4);
  EXPECT_TRUE(std::isinf(fit.repeated->R_N));  // no limit was found
  EXPECT_TRUE(fit.basis().repeated.has_value());
  EXPECT_THAT(RepeatedDataDoubtInWords(fit), HasSubstr("has no certificate"));
  json["laws"]["repeated_data"]["certificate"] = {
      {"starts", 10}, {"agreeing", 1}, {"converged", false}};
  EXPECT_THAT(RepeatedDataDoubtInWords(ParseFit(json, "f")),
              HasSubstr("laws.repeated_data: the law may not be the optimum"));
  json["laws"]["repeated_data"] = {{"status", "unsupported"},
                                   {"reason", "no run repeats data"}};
  EXPECT_FALSE(ParseFit(json, "f").repeated.has_value());
  EXPECT_EQ(ParseFit(json, "f").repeated_reason, "no run repeats data");
}

TEST(LoadFit, TakesASweepDirectoryForItsFit) {
  const TempDir dir;
  dir.Write("plan.json", "{}");
  dir.Write("fit.json", SampleFitJson().dump());
  EXPECT_EQ(LoadFit(dir.path()).file, (dir / "fit.json").string());
}

TEST(LoadFit, NamesTheFileThatIsNotThere) {
  EXPECT_ERROR(LoadFit("/nowhere/fit.json"), "/nowhere/fit.json");
}

TEST(LoadFit, RefusesNumbersThatJsonDoesNotHave) {
  const TempDir dir;
  EXPECT_ERROR(LoadFit(dir.Write("fit.json", R"({"schema": NaN})")),
               "not valid JSON");
}

struct BadFit {
  std::string what;
  std::string pointer;  // of the value to replace; "" is the whole file
  Json value;           // null: the key is taken away
  std::string message;
};

void PrintTo(const BadFit& bad, std::ostream* out) { *out << bad.what; }

class BadFits : public testing::TestWithParam<BadFit> {};

Json Broken(const BadFit& bad) {
  Json json = SampleFitJson();
  if (bad.pointer.empty()) return bad.value;
  const Json::json_pointer pointer(bad.pointer);
  if (!bad.value.is_null()) {
    json[pointer] = bad.value;
  } else {
    json[pointer.parent_pointer()].erase(pointer.back());
  }
  return json;
}

TEST_P(BadFits, AreRefusedWithAReason) {
  EXPECT_ERROR(ParseFit(Broken(GetParam()), "fit.json"), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadFits,
    testing::Values(
        BadFit{"an array", "", Json::array({1}), "fit.json: not a fit"},
        BadFit{"no schema", "/schema", nullptr, "has no \"schema\""},
        BadFit{"another kind of file", "/schema", "isoflop.plan/1",
               "schema: must be \"isoflop.fit/1\", got \"isoflop.plan/1\""},
        BadFit{"a later version", "/schema", "isoflop.fit/2",
               "got \"isoflop.fit/2\""},
        BadFit{"a schema that is a number", "/schema", 1, "got 1"},
        BadFit{"no Approach 3", "/chinchilla", nullptr,
               "fit again with --laws chinchilla"},
        BadFit{"Approach 3 as text", "/chinchilla", "yes",
               "fit.json: chinchilla: must be an object"},
        BadFit{"another law", "/chinchilla/law", "L = E + A/N^a",
               "chinchilla.law: must be \"L = E + A/N^alpha + B/D^beta\""},
        BadFit{"an unknown status", "/chinchilla/status", "fine",
               "chinchilla.status: must be one of ok, unsupported"},
        BadFit{"no estimate", "/chinchilla/estimate", nullptr,
               "chinchilla.estimate: is missing"},
        BadFit{"no alpha", "/chinchilla/estimate/alpha", nullptr,
               "chinchilla.estimate.alpha: is missing"},
        BadFit{"alpha of zero", "/chinchilla/estimate/alpha", 0.0,
               "chinchilla.estimate.alpha: must be above 0, got 0.0"},
        BadFit{"a negative beta", "/chinchilla/estimate/beta", -0.3,
               "chinchilla.estimate.beta: must be above 0, got -0.3"},
        BadFit{"a negative E", "/chinchilla/estimate/E", -1.0,
               "chinchilla.estimate.E: must be at least 0, got -1.0"},
        BadFit{"A of zero", "/chinchilla/estimate/A", 0,
               "chinchilla.estimate.A: must be above 0"},
        BadFit{"B as text", "/chinchilla/estimate/B", "410",
               "chinchilla.estimate.B: must be a number, got \"410\""},
        BadFit{"observations as a list", "/observations", Json::array({1}),
               "observations: must be an object"},
        BadFit{"an unknown count of N", "/observations/params", "all",
               "observations.params: must be one of as_given, total"},
        BadFit{"no largest C", "/observations/largest_flops", 0.0,
               "observations.largest_flops: must be above 0"},
        BadFit{"noise as a number", "/seed_noise", 0.01,
               "seed_noise: must be an object"},
        BadFit{"negative noise", "/seed_noise/loss_std", -0.01,
               "seed_noise.loss_std: must be above 0"},
        BadFit{"draws as an object", "/draws", Json::object(),
               "draws: must be an array of rows"},
        BadFit{"a row that is too short", "/draws/1",
               Json::array({1.0, 2.0, 3.0, 4.0}),
               "draws[1]: must be [E, A, B, alpha, beta]"},
        BadFit{"a row that is no list", "/draws/0", 1.0, "draws[0]: must be"},
        BadFit{"a row with a bad alpha", "/draws/2",
               Json::array({1.0, 2.0, 3.0, -0.1, 0.5}),
               "draws[2].alpha: must be above 0, got -0.1"}));

}  // namespace
}  // namespace isoflop
