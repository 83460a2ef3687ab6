// What to be careful about in a comparison of recipes.

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "analysis/report/recipe_report.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

/// Exponents differ where chance would have it this seldom.
constexpr double kSignificance = 0.05;

void WarnOfCertificates(const RecipeComparison& result,
                        std::vector<std::string>* warnings) {
  const auto warn = [warnings](const char* what, const RecipeFit& fit) {
    if (fit.status != FitStatus::kOk || fit.certificate.certified()) return;
    warnings->push_back(fmt::format(
        "{} is not certified: {} of {} starts agree{}", what,
        fit.certificate.agreeing, fit.certificate.starts,
        fit.certificate.converged ? "" : ", and it did not converge"));
  };
  warn("the joint fit", result.joint);
  warn("the fit with exponents of each recipe's own", result.separate);
  for (const SharingTest* test : {&result.same_law, &result.same_exponents}) {
    if (test->status != FitStatus::kOk || test->certified) continue;
    warnings->push_back(fmt::format(
        "the test whether the recipes share {} compares fits that are not both "
        "certified",
        test == &result.same_law ? "one law" : "exponents"));
  }
}

void WarnOfUnexplainedRuns(const std::vector<UnexplainedRun>& runs,
                           std::vector<std::string>* warnings) {
  constexpr std::size_t kMostNamed = 5;
  for (const UnexplainedRun& run :
       std::span(runs).first(std::min(runs.size(), kMostNamed))) {
    const std::string line =
        run.line > 0 ? fmt::format(", line {}", run.line) : "";
    warnings->push_back(fmt::format(
        "no noise explains the loss {:.4g} of {} at N = {:.3g}, D = {:.3g}{}: "
        "the joint law has {:.4g} there, {:.3g} times the spread of the other "
        "runs away. It hardly moves these fits, but see whether it diverged or "
        "is a slip{}",
        run.loss, run.recipe, run.N, run.D, line, run.predicted, run.spreads,
        run.line > 0 ? fmt::format("; --drop {} leaves it out", run.line)
                     : ", and leave it out then"));
  }
  if (runs.size() <= kMostNamed) return;
  warnings->push_back(fmt::format("and no noise explains {} more",
                                  Counted(runs.size() - kMostNamed, "run")));
}

}  // namespace

RecipeComparison InWords(RecipeComparison result) {
  if (result.status != FitStatus::kOk) return result;
  const SharingTest& test = result.same_exponents;
  if (test.status == FitStatus::kOk && test.p_value < kSignificance) {
    result.warnings.push_back(fmt::format(
        "the recipes do not share exponents (F = {:.3g}, p = {:.2g}): rho_N, "
        "rho_D and the compute multiplier are averages over these runs, and "
        "the multiplier changes with the budget",
        test.F, test.p_value));
  }
  if (test.status != FitStatus::kOk) {
    result.warnings.push_back(
        "whether the recipes share exponents could not be tested: " +
        test.reason);
  }
  if (result.resampling && 2 * result.failed > result.resampling->resamples) {
    result.warnings.push_back(
        fmt::format("{} of {} resamples determine no joint law: there are no "
                    "intervals, and no verdict",
                    result.failed, result.resampling->resamples));
  }
  WarnOfCertificates(result, &result.warnings);
  WarnOfUnexplainedRuns(result.unexplained, &result.warnings);
  return result;
}

}  // namespace isoflop
