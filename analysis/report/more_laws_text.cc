#include "analysis/report/more_laws_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/diagnose/law_verdict.h"
#include "analysis/report/certificate_text.h"
#include "analysis/report/number_text.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

constexpr const char* kNoWorse =
    "fits no worse than noise explains, and so does all between";

std::string IntervalText(const LawCoefficient& coefficient) {
  if (coefficient.held) return "held";
  if (coefficient.at_bound) {
    return std::isinf(coefficient.value) ? "without limit" : "at its bound";
  }
  return coefficient.profile ? IntervalInWords(*coefficient.profile) : "";
}

std::string SignedNumber(double value) {
  if (std::isinf(value)) return "-";
  return value < 0.0 ? "-" + FormatNumber(-value) : FormatNumber(value);
}

TextTable CoefficientTable(const LawFit& fit) {
  const bool intervals = std::ranges::any_of(
      fit.coefficients, [](const auto& c) { return !IntervalText(c).empty(); });
  TextTable table({"", "estimate", intervals ? "95 % profile interval" : ""});
  for (const LawCoefficient& coefficient : fit.coefficients) {
    table.AddRow({coefficient.name, SignedNumber(coefficient.value),
                  IntervalText(coefficient)});
  }
  return table;
}

void AddQuality(const LawFit& fit, TextPage* page) {
  page->Line(fmt::format("{} points; residuals: rms {:.2f} %, largest {:.2f} %",
                         fit.points, 100.0 * fit.rms_log_residual,
                         100.0 * fit.max_log_residual));
  page->Line(fmt::format("{}; objective {:.8g}",
                         CertificateInWords(fit.certificate), fit.objective));
}

/// What an end without a number means.
void AddUnbounded(const LawFit& fit, TextPage* page) {
  for (const LawCoefficient& coefficient : fit.coefficients) {
    const auto& profile = coefficient.profile;
    if (!profile || (profile->low && profile->high)) continue;
    if (!profile->low) {
      page->Line(fmt::format("{} is unbounded below: {} {}", coefficient.name,
                             SignedNumber(profile->points.front().value),
                             kNoWorse));
    }
    if (!profile->high) {
      page->Line(fmt::format("{} is unbounded above: {} {}", coefficient.name,
                             SignedNumber(profile->points.back().value),
                             kNoWorse));
    }
  }
}

void AddAllocation(const LawAllocation& allocation, TextPage* page) {
  page->Space();
  page->Line(fmt::format("N* = {} (C/6)^{},  D* = {} (C/6)^{}",
                         FormatNumber(allocation.G), FormatNumber(allocation.a),
                         FormatNumber(1.0 / allocation.G),
                         FormatNumber(allocation.b)));
  TextTable table({"C", "N*", "D*", "D*/N*", "loss"});
  for (const LawOptimum& budget : allocation.budgets) {
    table.AddRow({FormatScientific(budget.flops), FormatCount(budget.run.N),
                  FormatCount(budget.run.D),
                  FormatNumber(budget.run.D / budget.run.N),
                  FormatNumber(budget.run.loss)});
  }
  page->Table(table);
}

void AddLaw(const LawFit& fit, TextPage* page) {
  page->Heading(fmt::format("Law {}: {}", fit.name, fit.formula));
  page->Line(fit.source);
  if (fit.status != FitStatus::kOk) {
    page->Line("not supported by these data: " + fit.reason);
    return;
  }
  page->Table(CoefficientTable(fit));
  AddUnbounded(fit, page);
  AddQuality(fit, page);
}

std::string OrDash(const std::optional<double>& number, int digits) {
  return number ? fmt::format("{:.{}f}", *number, digits) : "-";
}

std::string RmsOrDash(const std::optional<PredictionError>& error) {
  if (!error) return "-";
  return error->rms <= kNoError ? "rounding" : FormatNumber(error->rms);
}

}  // namespace

void AddMoreLaws(const FitReport& report, TextPage* page) {
  const auto& allocations = report.more_laws.allocations;
  for (const LawFit& fit : report.more_laws.fits) {
    AddLaw(fit, page);
    const auto allocation = allocations.find(fit.name);
    if (allocation != allocations.end())
      AddAllocation(allocation->second, page);
  }
}

void AddLawComparison(const FitReport& report, TextPage* page) {
  if (!report.more_laws.comparison) return;
  const LawComparison& comparison = *report.more_laws.comparison;
  page->Heading("Which law the data prefer");
  TextTable table({"law", "parameters", "AICc", "over lowest", "held-out rms",
                   "folds rms"});
  for (const LawScore& score : comparison.scores) {
    table.AddRow({score.name + (score.certified ? "" : ", not certified"),
                  std::to_string(score.parameters), OrDash(score.aicc, 1),
                  OrDash(score.aicc_difference, 1), RmsOrDash(score.held_out),
                  RmsOrDash(score.cross_validated)});
  }
  page->Table(table);
  for (const std::string& sentence : comparison.verdict) page->Line(sentence);
}

}  // namespace isoflop
