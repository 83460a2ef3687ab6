// The extrapolation tests, for people.

#include <fmt/format.h>

#include <algorithm>

#include "analysis/report/approaches_text.h"
#include "analysis/report/number_text.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

std::string Decades(const Holdout& test) {
  return fmt::format("+{:.2f}", test.extrapolation_decades);
}

bool HasLaw(const Holdout& test) { return test.status == FitStatus::kOk; }

TextTable TestTable(const std::vector<Holdout>& tests) {
  TextTable table(
      {"up to C", "runs", "held out", "decades", "|error|", "bias"});
  for (const Holdout& test : tests) {
    if (!HasLaw(test)) continue;
    table.AddRow({FormatScientific(test.above_flops),
                  std::to_string(test.fitted), std::to_string(test.held_out),
                  Decades(test),
                  fmt::format("{:.5f}", test.mean_absolute_error),
                  fmt::format("{:+.5f}", test.mean_error)});
  }
  return table;
}

/// What stands below the table of a test that has no row or no certificate.
std::string Reservation(const Holdout& test) {
  const std::string cut = FormatScientific(test.above_flops);
  if (!HasLaw(test)) {
    return fmt::format("up to C = {}, {}: not supported, {}", cut,
                       Counted(test.fitted, "run"), test.reason);
  }
  return test.certificate.certified()
             ? ""
             : fmt::format("up to C = {}: NOT CERTIFIED", cut);
}

}  // namespace

void AddHoldout(const FitReport& report, TextPage* page) {
  if (report.holdouts.empty()) return;
  page->Heading("Extrapolation tests, by Approach 3");
  if (std::ranges::any_of(report.holdouts, HasLaw)) {
    page->Table(TestTable(report.holdouts));
    page->Line(fmt::format(
        "errors in {}, absolute and signed (bias, above 0: predicted too "
        "high), in the mean of the runs held out, which reach that many "
        "decades of C beyond the runs fitted",
        ShortWordOf(report.observations.loss_unit)));
  }
  for (const Holdout& test : report.holdouts) {
    const std::string reservation = Reservation(test);
    if (!reservation.empty()) page->Line(reservation);
  }
}

}  // namespace isoflop
