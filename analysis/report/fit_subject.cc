#include "analysis/report/fit_subject.h"

#include <fmt/format.h>

#include <string>

#include "analysis/report/conventions_report.h"
#include "analysis/report/number_text.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

std::string CurveLine(const ObservationSummary& summary) {
  const CurveColumns& curve = *summary.curve;
  return fmt::format("{} of y = {} against x = {}{}",
                     Counted(summary.used, "point"), curve.y, curve.x,
                     curve.y_std.empty()
                         ? ""
                         : fmt::format(", weighted by 1/{}^2", curve.y_std));
}

std::string RunsLine(const ObservationSummary& summary) {
  if (summary.curve) return CurveLine(summary);
  std::string line = Counted(summary.used, "run");
  if (summary.dropped > 0) {
    line += fmt::format(" ({} read, the {} of largest loss dropped)",
                        summary.read, summary.dropped);
  }
  return line + fmt::format(", C from {} to {} FLOPs{}; {}",
                            FormatScientific(summary.smallest_flops),
                            FormatScientific(summary.largest_flops),
                            summary.flops == FlopsKind::kSixND ? " (6ND)"
                                                               : " (as given)",
                            ConventionInWords(summary.params));
}

std::string IntervalsLine(const FitReport& report) {
  if (report.options.bootstrap.resamples == 0) {
    return "no bootstrap, so no intervals";
  }
  if (!report.resampling) return "too few runs to resample, so no intervals";
  const Resampling& resampling = *report.resampling;
  return fmt::format(
      "95 % intervals in brackets: {} bootstrap resamples of {}, seed {}",
      resampling.resamples, Counted(resampling.units, NameOf(resampling.unit)),
      resampling.seed);
}

}  // namespace

void AddSubject(const FitReport& report, TextPage* page) {
  page->Heading("Scaling laws from " + report.observations.source);
  page->Line(RunsLine(report.observations));
  if (!report.observations.curve) page->Line(IntervalsLine(report));
}

}  // namespace isoflop
