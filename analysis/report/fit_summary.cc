#include "analysis/report/fit_summary.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "analysis/report/allocation_report.h"
#include "analysis/report/certificate_text.h"
#include "analysis/report/exponent_rows.h"
#include "analysis/report/fit_subject.h"
#include "analysis/report/law_lines.h"
#include "analysis/report/more_laws_text.h"
#include "analysis/report/number_text.h"
#include "analysis/report/text_page.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

std::size_t LinesOf(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

/// "0.5045 [0.4598, 0.5535]"
std::string WithInterval(const Estimate& estimate) {
  const std::string interval = IntervalOrNothing(estimate, FormatNumber);
  return FormatNumber(estimate.value) +
         (interval.empty() ? "" : " " + interval);
}

std::string IrreducibleLine(const FitReport& report, const ExactLoss& exact) {
  Estimate E{.value = report.chinchilla->law.E, .spread = {}};
  if (report.chinchilla_bootstrap) E.spread = report.chinchilla_bootstrap->E;
  std::string line = "E = " + WithInterval(E);
  if (exact.bayes_loss) {
    line +=
        "; exact, of the evaluation set, " + FormatNumber(*exact.bayes_loss);
  } else if (exact.bayes_risk) {
    line += "; exact, expected, " + FormatNumber(*exact.bayes_risk);
  }
  return line;
}

/// The exponent a by each approach, the fitted law's first.
std::string ExponentsLine(const FitReport& report) {
  std::vector<std::string> parts;
  std::vector<ExponentRow> rows = ExponentRows(report);
  std::ranges::reverse(rows);
  for (const ExponentRow& row : rows) {
    if (row.status != FitStatus::kOk) continue;
    parts.push_back(fmt::format("{}, {}", WithInterval(row.a), row.method));
  }
  return parts.empty() ? "" : fmt::format("a = {}", fmt::join(parts, "; "));
}

void AddFittedLaw(const FitReport& report, const ExactLoss& exact,
                  TextPage* page) {
  const ChinchillaFit& fit = *report.chinchilla;
  page->Heading(fmt::format("Fitted law, by Approach 3 ({})",
                            InWords(report.observations.loss_unit)));
  if (fit.status != FitStatus::kOk) {
    return page->Line("not supported by these data: " + fit.reason);
  }
  page->Line(LawLine(fit.law));
  page->Line(OptimumLine(fit.law));
  page->Line(IrreducibleLine(report, exact));
  page->Line(fmt::format("residuals: rms {:.2f} %; {}",
                         100.0 * fit.rms_log_residual,
                         CertificateInWords(fit.certificate)));
}

/// "coupled: E 1.128 [1.11, 1.15], A 31.85 [...]"
std::string CoefficientsLine(const LawFit& fit) {
  if (fit.status != FitStatus::kOk) {
    return fmt::format("{}: not supported by these data: {}", fit.name,
                       fit.reason);
  }
  std::vector<std::string> parts;
  for (const LawCoefficient& coefficient : fit.coefficients) {
    parts.push_back(coefficient.name + " " + FormatNumber(coefficient.value));
    if (coefficient.profile) {
      parts.back() += " " + IntervalInWords(*coefficient.profile);
    }
  }
  return fmt::format("{}, {}: {}", fit.name, fit.formula,
                     fmt::join(parts, ", "));
}

void AddOtherLaws(const FitReport& report, TextPage* page) {
  constexpr std::size_t kFew = 2;
  const MoreLaws& laws = report.more_laws;
  if (laws.fits.empty()) return;
  page->Heading(laws.fits.size() == 1 ? "Another law" : "Other laws");
  if (laws.fits.size() <= kFew) {
    for (const LawFit& fit : laws.fits) page->Line(CoefficientsLine(fit));
  }
  if (laws.comparison && !laws.comparison->verdict.empty()) {
    page->Line(laws.comparison->verdict.back());
  }
}

/// The laws, and what follows from them for every budget.
std::string LawsText(const FitReport& report, const ExactLoss& exact,
                     std::size_t width) {
  TextPage page(width);
  AddSubject(report, &page);
  if (report.chinchilla) AddFittedLaw(report, exact, &page);
  const std::string exponents = ExponentsLine(report);
  if (!exponents.empty()) {
    if (!report.chinchilla) page.Heading("Exponent a of N* in C");
    page.Line(exponents);
  } else if (report.isoflop && report.isoflop->status != FitStatus::kOk) {
    page.Line("IsoFLOP profiles: not supported: " + report.isoflop->reason);
  }
  AddOtherLaws(report, &page);
  return page.text();
}

/// As many of the allocations as so many lines hold, but one at least.
std::string AllocationsText(const FitReport& report, std::size_t width,
                            std::size_t lines) {
  if (report.allocations.empty()) return {};
  const auto all = std::span(report.allocations);
  for (std::size_t shown = all.size();; --shown) {
    TextPage page(width);
    page.Append("\n");
    page.Append(
        WrapText("", "Compute-optimal allocation, by Approach 3", width));
    PutAllocations(&page, all.first(shown), report.observations.largest_flops);
    if (shown < all.size()) {
      page.Line(
          fmt::format("and {}", Counted(all.size() - shown, "larger budget")));
    }
    if (shown == 1 || LinesOf(page.text()) <= lines) return page.text();
  }
}

/// What to be careful about, the gravest first.
std::vector<std::string> Doubts(const FitReport& report) {
  std::vector<std::string> doubts;
  if (report.misfit) doubts.push_back(report.misfit->in_words);
  doubts.insert(doubts.end(), report.warnings.begin(), report.warnings.end());
  return doubts;
}

std::string Item(std::string_view text, std::size_t width) {
  return WrapText("  - ", text, width);
}

/// Its first line, with a mark that it goes on.
std::string FirstLine(std::string_view text, std::size_t width) {
  constexpr std::string_view kGoesOn = " ...";
  const std::string whole = Item(text, width);
  if (LinesOf(whole) == 1) return whole;
  const std::string cut = Item(text, width - kGoesOn.size());
  return cut.substr(0, cut.find('\n')) + std::string(kGoesOn) + "\n";
}

std::size_t WholeLines(const std::vector<std::string>& doubts,
                       std::size_t width) {
  std::size_t lines = 0;
  for (const std::string& doubt : doubts) lines += LinesOf(Item(doubt, width));
  return lines;
}

/// The doubts in so many lines: whole while there is room for the first line
/// of all that follow. `left` is how many had none.
std::string DoubtsText(const std::vector<std::string>& doubts,
                       std::size_t width, std::size_t lines,
                       std::size_t* left) {
  std::string text;
  std::size_t shown = 0;
  for (; shown < doubts.size() && LinesOf(text) < lines; ++shown) {
    const std::size_t free = lines - LinesOf(text);
    const std::size_t others = doubts.size() - shown - 1;
    const std::string whole = Item(doubts[shown], width);
    text += LinesOf(whole) + others <= free ? whole
                                            : FirstLine(doubts[shown], width);
  }
  *left = doubts.size() - shown;
  return text;
}

/// What a summary leaves out.
std::string LeftOut(const FitReport& report, std::size_t doubts_left) {
  std::vector<std::string> parts;
  if (report.isoflop) parts.emplace_back("IsoFLOP optima");
  if (report.kaplan) parts.emplace_back("Kaplan's laws");
  if (!report.more_laws.fits.empty()) parts.emplace_back("every law");
  if (!report.experiments.empty()) parts.emplace_back("experiments");
  if (!report.holdouts.empty()) parts.emplace_back("hold-out tests");
  if (report.chinchilla) parts.emplace_back("diagnostics");
  if (doubts_left > 0) parts.push_back(Counted(doubts_left, "more doubt"));
  if (!report.notes.empty()) {
    parts.push_back(Counted(report.notes.size(), "note"));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace

std::string FitSummary(const FitReport& report, const ExactLoss& exact,
                       std::string_view details, const ScreenSize& size) {
  constexpr std::size_t kFewestDoubtLines = 3;
  constexpr std::size_t kHeading = 2;  // with a blank line
  constexpr std::size_t kLastLines = 2;
  std::string text = LawsText(report, exact, size.columns);
  const std::vector<std::string> doubts = Doubts(report);
  std::size_t kept = kLastLines;
  if (!doubts.empty()) {
    kept += kHeading +
            std::min(WholeLines(doubts, size.columns), kFewestDoubtLines);
  }
  const auto room = [&](std::size_t for_later) {
    const std::size_t used = LinesOf(text) + for_later;
    return size.lines > used ? size.lines - used : 0;
  };
  text += AllocationsText(report, size.columns, room(kept));
  std::size_t left = 0;
  if (!doubts.empty()) {
    text += "\nWhat to doubt\n";
    text += DoubtsText(doubts, size.columns,
                       std::max<std::size_t>(1, room(kLastLines)), &left);
  }
  const std::string left_out = LeftOut(report, left);
  if (left_out.empty()) return text;
  return text + WrapText("", fmt::format("with {}: {}", details, left_out),
                         size.columns);
}

}  // namespace isoflop
