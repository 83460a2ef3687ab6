#include "apps/isoflop/sweep_fit.h"

#include <unistd.h>

#include <utility>

#include "analysis/observe/sweep_curves.h"
#include "analysis/report/fit_json.h"
#include "analysis/report/fit_summary.h"
#include "analysis/report/fit_text.h"
#include "analysis/report/fit_words.h"
#include "apps/isoflop/fit_progress_line.h"
#include "apps/isoflop/terminal.h"
#include "lib/core/error.h"
#include "lib/core/files.h"
#include "lib/core/seal.h"
#include "lib/core/standard_streams.h"
#include "lib/sweep/sweep_spec.h"

namespace isoflop {

std::vector<RunResult> LoadResultsAndWarn(const SweepDir& dir,
                                          const Plan& plan) {
  std::vector<std::string> damaged;
  std::vector<RunResult> results = LoadResults(dir, plan, &damaged);
  if (!damaged.empty()) {
    Say("warning: " + WarningOfDamage(damaged));
  }
  return results;
}

SweepFit FitSweep(const Plan& plan, const std::vector<RunResult>& results,
                  const SweepDir& dir, const FitOptions& options,
                  const VariantChoice& choice) {
  const Json sweep_file = ReadSweepFile(dir, plan);
  ObservationSet observations =
      SweepObservations(plan, results, sweep_file, choice);
  observations.source = dir.root().string();
  Require(!observations.rows.empty(),
          "{}: no run has ended well yet, so there is nothing to fit",
          dir.root().string());
  if (options.envelope == EnvelopeSource::kCurves) {
    observations.curves = SweepCurves(dir, plan, results);
  }
  FitProgressLine progress(STDERR_FILENO);
  FitReport report =
      FitScalingLaws(std::move(observations), options, &progress);
  report.experiments = FitExperiments(
      AnalysesOf(sweep_file, dir.sweep_json().string()), plan, results);
  const ExactLoss exact{plan.data.optimum.expected,
                        plan.data.optimum.on_evaluation_set};
  return {InWords(std::move(report), exact), exact};
}

void ReportFit(const SweepFit& fit, const std::filesystem::path& json_file,
               const std::optional<std::string>& details) {
  WriteFileAtomically(json_file, SealedText(ToJson(fit.report, fit.exact)));
  Print(details ? FitSummary(fit.report, fit.exact, *details,
                             {.columns = OutputWidth()})
                : FitText(fit.report, fit.exact, OutputWidth()));
  SayWritten(json_file.string());
}

}  // namespace isoflop
