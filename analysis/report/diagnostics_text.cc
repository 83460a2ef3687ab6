// What Approach 3 leaves unexplained, and on which runs it hangs, for people.

#include <fmt/format.h>

#include <cmath>

#include "analysis/report/approaches_text.h"
#include "analysis/report/number_text.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

constexpr std::size_t kShown = 3;

std::string RunInWords(const Observation& run) {
  return fmt::format("N {} D {}", FormatCount(run.N), FormatCount(run.D));
}

void AddWorst(const FitReport& report, TextPage* page) {
  std::string line = "largest residuals:";
  for (const RunResidual& r : Worst(*report.diagnostics.residuals, kShown)) {
    line += fmt::format("{} {:+.2f} % at {}", line.ends_with(':') ? "" : ";",
                        100.0 * r.log_residual, RunInWords(report.used[r.run]));
  }
  page->Line(line);
}

void AddTrends(const Residuals& residuals, TextPage* page) {
  std::string line = "rank correlation of residuals with";
  for (const ResidualTrend& trend : residuals.trends) {
    line += fmt::format("{} {} {:+.2f}", line.ends_with("with") ? "" : ",",
                        trend.quantity, trend.slope);
  }
  line += "; with the distance from the middle of";
  for (const ResidualTrend& trend : residuals.trends) {
    line += fmt::format("{} {} {:+.2f}", line.ends_with("of") ? "" : ",",
                        trend.quantity, trend.bend);
  }
  page->Line(line + fmt::format(" (by chance up to {:.2f})",
                                residuals.trends.front().significant));
}

/// "alpha -0.0120, beta +0.0031, a +0.0080, N* at C = 1e25 (1.00 decades beyond
/// the data) +3.1 %"
std::string Changes(const Influence& influence, const InfluenceStudy& study) {
  return fmt::format(
      "alpha {:+.4f}, beta {:+.4f}, a {:+.4f}, N* at C = {} ({:.2f} decades "
      "beyond the data) {:+.1f} %",
      influence.alpha, influence.beta, influence.a,
      FormatScientific(study.flops), study.extrapolation_decades,
      100.0 * std::expm1(influence.log_params_opt));
}

void AddInfluence(const FitReport& report, TextPage* page) {
  const InfluenceStudy& study = *report.diagnostics.influence;
  if (!study.single.empty()) {
    const Influence& most = study.single.front();
    page->Line(fmt::format("most influential run, {}: without it {}",
                           RunInWords(report.used[most.runs.front()]),
                           Changes(most, study)));
  }
  if (study.undetermined > 0) {
    page->Line(fmt::format(
        "{} cannot be left out: without {} the law is not determined",
        Counted(study.undetermined, "run"),
        study.undetermined == 1 ? "it" : "any one of them"));
  }
  if (study.worst) {
    page->Line(fmt::format("without the {}: {}",
                           WithLargestResiduals(study.worst->runs.size()),
                           Changes(*study.worst, study)));
  }
}

void AddSeedNoise(const FitReport& report, TextPage* page) {
  if (!report.seed_noise) return;
  const SeedNoise& noise = *report.seed_noise;
  const char* unit = ShortWordOf(report.observations.loss_unit);
  page->Line(fmt::format(
      "seed noise: {:.2g} {}, {}", noise.loss_std, unit,
      noise.degrees_of_freedom
          ? fmt::format("from repeated seeds ({} degrees of freedom)",
                        *noise.degrees_of_freedom)
          : "as given"));
  if (!report.diagnostics.lack_of_fit) return;
  const LackOfFit& test = *report.diagnostics.lack_of_fit;
  page->Line(fmt::format(
      "lack of fit: {:.2g} {} rms over {} cells, F = {:.2f}, p = {:.2g}",
      test.rms_residual, unit, test.cells, test.F, test.p_value));
}

}  // namespace

void AddDiagnostics(const FitReport& report, TextPage* page) {
  if (!report.diagnostics.residuals) return;
  page->Heading("Diagnostics of Approach 3");
  AddWorst(report, page);
  AddTrends(*report.diagnostics.residuals, page);
  if (report.diagnostics.influence) AddInfluence(report, page);
  AddSeedNoise(report, page);
}

}  // namespace isoflop
