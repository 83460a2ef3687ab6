#include "analysis/regress/span_support.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "lib/numeric/least_squares.h"

namespace isoflop {
namespace {

constexpr double kEqual = 1.0 + 1e-9;  // larger ratios are more than rounding

struct Span {
  double least = 0.0;
  double most = 0.0;

  double ratio() const { return most / least; }
};

Span SpanOf(std::span<const LawRun> runs, double LawRun::*input) {
  const auto [least, most] = std::ranges::minmax(runs, {}, input);
  return {least.*input, most.*input};
}

}  // namespace

std::string LackOfSpan(std::span<const LawRun> runs, double LawRun::*input,
                       const char* name) {
  const Span span = SpanOf(runs, input);
  if (span.ratio() >= kNarrowestSpan) return {};
  const std::string what =
      span.ratio() < kEqual
          ? fmt::format("{} is {:.4g} in all runs", name, span.least)
          : fmt::format(
                "{} differs by only {:.2g} % between the runs, {:.4g} "
                "to {:.4g}",
                name, 100.0 * (span.ratio() - 1.0), span.least, span.most);
  return fmt::format(
      "{}: a power of {} cannot be told from a constant there; more runs with "
      "a third and a tenth of that {}, or with three and ten times as much, "
      "would show one",
      what, name, name);
}

std::optional<DataLine> RisingLineOf(std::span<const LawRun> runs) {
  std::vector<WeightedPoint> points;
  for (const LawRun& run : runs) points.push_back({run.N, run.D, 1.0});
  const auto line = FitLogLine(points);
  if (!line || !(line->slope > 0.0)) return std::nullopt;
  std::vector<double> residuals;
  for (const LawRun& run : runs) {
    residuals.push_back(std::log(run.D) - line->At(std::log(run.N)));
  }
  const auto [least, most] = std::ranges::minmax(residuals);
  return DataLine{line->slope, std::exp(most - least)};
}

std::string LackOfDirections(std::span<const LawRun> runs) {
  const auto line = RisingLineOf(runs);
  if (!line || line->width >= kNarrowestSpan) return {};
  const double ratio = runs.front().D / runs.front().N;
  const std::string what =
      std::abs(line->slope - 1.0) < 0.01
          ? fmt::format("D/N is {:.3g} in all runs", ratio)
          : fmt::format("D goes as N^{:.2g} in all runs", line->slope);
  return fmt::format(
      "{}: the effects of size and of data on the loss cannot be told apart "
      "there; more runs of these sizes, with a quarter of their D and with "
      "four times as much, would tell",
      what);
}

std::string LackOfSizeAndDataSpans(std::span<const LawRun> runs) {
  std::string reason = LackOfSpan(runs, &LawRun::N, "N");
  if (reason.empty()) reason = LackOfSpan(runs, &LawRun::D, "D");
  if (reason.empty()) reason = LackOfDirections(runs);
  return reason;
}

}  // namespace isoflop
