#include "analysis/report/fit_summary.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "analysis/report/allocation_report.h"
#include "analysis/report/certificate_text.h"
#include "analysis/report/experiment_report.h"
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

/// How much is said of laws beside Chinchilla's.
enum class OtherLaws { kNone, kVerdict, kInFull };

void AddOtherLaws(const FitReport& report, OtherLaws shown, TextPage* page) {
  constexpr std::size_t kFew = 2;
  const MoreLaws& laws = report.more_laws;
  if (shown == OtherLaws::kNone) return;
  std::vector<std::string> lines;
  if (laws.fits.size() <= kFew && shown == OtherLaws::kInFull) {
    for (const LawFit& fit : laws.fits) lines.push_back(CoefficientsLine(fit));
  }
  if (laws.comparison && !laws.comparison->verdict.empty()) {
    lines.push_back(laws.comparison->verdict.back());
  }
  if (lines.empty()) return;
  page->Heading(laws.fits.size() == 1 ? "Another law" : "Other laws");
  for (const std::string& line : lines) page->Line(line);
}

/// The laws, and what follows from them for every budget.
std::string LawsText(const FitReport& report, const ExactLoss& exact,
                     OtherLaws others, std::size_t width) {
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
  AddOtherLaws(report, others, &page);
  return page.text();
}

/// As many of the allocations as so many lines hold, but one at least. `left`
/// is how many have no place.
std::string AllocationsText(const FitReport& report, std::size_t width,
                            std::size_t lines, std::size_t* left) {
  *left = 0;
  if (report.allocations.empty()) return {};
  const auto all = std::span(report.allocations);
  for (std::size_t shown = all.size();; --shown) {
    TextPage page(width);
    page.Append("\n");
    page.Append(
        WrapText("", "Compute-optimal allocation, by Approach 3", width));
    PutAllocations(&page, all.first(shown), report.observations.largest_flops);
    *left = all.size() - shown;
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

/// Its first lines, with a mark that it goes on.
std::string FirstLines(std::string_view text, std::size_t width,
                       std::size_t lines) {
  constexpr std::string_view kGoesOn = " ...";
  const std::string cut = Item(text, width - kGoesOn.size());
  std::size_t end = 0;
  for (std::size_t i = 0; i < lines; ++i) end = cut.find('\n', end) + 1;
  return cut.substr(0, end - 1) + std::string(kGoesOn) + "\n";
}

std::size_t WholeLines(const std::vector<std::string>& doubts,
                       std::size_t width) {
  std::size_t lines = 0;
  for (const std::string& doubt : doubts) lines += LinesOf(Item(doubt, width));
  return lines;
}

/// The items in so many lines, whole as long as they fit: what they end with
/// is what to do. `left` is how many have no place.
std::string ItemsText(const std::vector<std::string>& items, std::size_t width,
                      std::size_t lines, std::size_t* left) {
  std::string text;
  std::size_t shown = 0;
  for (; shown < items.size() && LinesOf(text) < lines; ++shown) {
    const std::size_t free = lines - LinesOf(text);
    const std::string whole = Item(items[shown], width);
    text +=
        LinesOf(whole) <= free ? whole : FirstLines(items[shown], width, free);
  }
  *left = items.size() - shown;
  return text;
}

/// What has no place on the screen.
struct LeftOutCounts {
  std::size_t budgets = 0;
  std::size_t doubts = 0;
  std::size_t notes = 0;
  bool experiments = false;
};

/// What a summary leaves out.
std::string LeftOut(const FitReport& report, const LeftOutCounts& counts) {
  std::vector<std::string> parts;
  if (counts.budgets > 0) {
    parts.push_back(Counted(counts.budgets, "larger budget"));
  }
  if (report.isoflop) parts.emplace_back("IsoFLOP optima");
  if (report.kaplan) parts.emplace_back("Kaplan's laws");
  if (!report.more_laws.fits.empty()) parts.emplace_back("every law");
  if (counts.experiments) parts.emplace_back("experiments");
  if (!report.holdouts.empty()) parts.emplace_back("hold-out tests");
  if (report.chinchilla) parts.emplace_back("diagnostics");
  if (counts.doubts > 0) parts.push_back(Counted(counts.doubts, "more doubt"));
  if (counts.notes > 0) parts.push_back(Counted(counts.notes, "note"));
  return fmt::format("{}", fmt::join(parts, ", "));
}

/// Text that grows from top to bottom of a screen.
class Screen {
 public:
  Screen(std::string text, const ScreenSize& size)
      : text_(std::move(text)), size_(size) {}

  const std::string& text() const { return text_; }
  std::size_t width() const { return size_.columns; }

  /// Lines that are free beside so many that are kept.
  std::size_t Room(std::size_t kept) const {
    const std::size_t used = LinesOf(text_) + kept;
    return size_.lines > used ? size_.lines - used : 0;
  }

  void Add(std::string_view text) { text_ += text; }

  /// A heading and as many of the items as there is room for, at least so many
  /// lines. Returns how many there is none for.
  std::size_t List(std::string_view heading,
                   const std::vector<std::string>& items, std::size_t kept,
                   std::size_t fewest) {
    if (items.empty()) return 0;
    const std::size_t lines = std::max(fewest, Room(kept + kHeading));
    if (lines == 0) return items.size();
    std::size_t left = 0;
    text_ += fmt::format("\n{}\n", heading) +
             ItemsText(items, size_.columns, lines, &left);
    return left;
  }

  static constexpr std::size_t kHeading = 2;  // with a blank line

 private:
  std::string text_;
  ScreenSize size_;
};

/// The analyses of a sweep, if they find room.
bool AddAnalyses(const FitReport& report, std::size_t kept, Screen* screen) {
  if (report.experiments.empty()) return true;
  TextPage page(screen->width());
  page.Append("\n");
  AddExperiments(report.experiments, &page);
  if (LinesOf(page.text()) > screen->Room(kept)) return false;
  screen->Add(page.text().substr(1));
  return true;
}

/// One screen, or more lines where even the shortest form has no place.
struct Summary {
  std::string text;
  bool has_place = false;  // and the doubts have a few lines of it
};

Summary Compose(const FitReport& report, const ExactLoss& exact,
                std::string_view details, const ScreenSize& size,
                OtherLaws others) {
  constexpr std::size_t kFewestDoubtLines = 6;
  constexpr std::size_t kLastLines = 2;
  Screen screen(LawsText(report, exact, others, size.columns), size);
  const std::vector<std::string> doubts = Doubts(report);
  std::size_t kept = kLastLines;
  if (!doubts.empty()) {
    kept += Screen::kHeading +
            std::min(WholeLines(doubts, size.columns), kFewestDoubtLines);
  }
  LeftOutCounts left;
  left.experiments =
      !AddAnalyses(report, kLastLines + Screen::kHeading + 1, &screen);
  screen.Add(
      AllocationsText(report, size.columns, screen.Room(kept), &left.budgets));
  const bool doubts_have_place = LinesOf(screen.text()) + kept <= size.lines;
  left.doubts = screen.List("What to doubt", doubts, kLastLines, 1);
  left.notes = screen.List("Notes", report.notes, kLastLines, 0);
  const std::string left_out = LeftOut(report, left);
  if (!left_out.empty()) {
    screen.Add(WrapText("", fmt::format("with {}: {}", details, left_out),
                        size.columns));
  }
  return {screen.text(), doubts_have_place};
}

}  // namespace

std::string FitSummary(const FitReport& report, const ExactLoss& exact,
                       std::string_view details, const ScreenSize& size) {
  Summary summary;
  for (const OtherLaws others :
       {OtherLaws::kInFull, OtherLaws::kVerdict, OtherLaws::kNone}) {
    summary = Compose(report, exact, details, size, others);
    if (summary.has_place) break;
  }
  return summary.text;
}

}  // namespace isoflop
