#include "apps/isoflop/sweep_fit.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "analysis/observe/sweep_curves.h"
#include "analysis/report/fit_json.h"
#include "analysis/report/fit_summary.h"
#include "analysis/report/fit_text.h"
#include "analysis/report/fit_words.h"
#include "apps/isoflop/fit_pictures.h"
#include "apps/isoflop/fit_progress_line.h"
#include "apps/isoflop/terminal.h"
#include "lib/core/error.h"
#include "lib/core/files.h"
#include "lib/core/seal.h"
#include "lib/core/standard_streams.h"
#include "lib/sweep/sweep_spec.h"

namespace isoflop {
namespace {

constexpr std::size_t kPictureLines = 24;

/// Beside the summary where the terminal is wide enough for both.
std::string OnOneScreen(const SweepFit& fit, const Json& json,
                        const std::string& details) {
  constexpr ScreenSize kScreen = {.columns = 80};
  constexpr std::size_t kGap = 4;
  constexpr std::size_t kMostPictureColumns = 72;
  const std::size_t terminal = TerminalWidth(STDOUT_FILENO);
  if (terminal < kScreen.columns + kGap + kFewestPictureColumns) {
    return FitSummary(fit.report, fit.exact, details,
                      {.columns = OutputWidth()});
  }
  const std::size_t columns =
      std::min(terminal - kScreen.columns - kGap, kMostPictureColumns);
  return Beside(FitSummary(fit.report, fit.exact, details, kScreen),
                kScreen.columns, FitPictures(json, columns, kPictureLines));
}

/// With the pictures below on a terminal.
std::string InFull(const SweepFit& fit, const Json& json) {
  std::string text = FitText(fit.report, fit.exact, OutputWidth());
  if (TerminalWidth(STDOUT_FILENO) == 0) return text;
  const auto pictures = FitPictures(json, OutputWidth(), kPictureLines);
  if (!pictures.empty()) text += "\n";
  for (const std::string& line : pictures) text += line + "\n";
  return text;
}

}  // namespace

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
    if (choice.in_bits_per_byte) ToBitsPerByte(&observations.curves);
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
  const Json json = ToJson(fit.report, fit.exact);
  WriteFileAtomically(json_file, SealedText(json));
  Print(details ? OnOneScreen(fit, json, *details) : InFull(fit, json));
  SayWritten(json_file.string());
}

}  // namespace isoflop
