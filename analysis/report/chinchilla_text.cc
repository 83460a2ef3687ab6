// The section of Approach 3 in a fit report for people.

#include <fmt/format.h>

#include <array>

#include "analysis/report/approaches_text.h"
#include "analysis/report/certificate_text.h"
#include "analysis/report/law_lines.h"
#include "analysis/report/number_text.h"

namespace isoflop {
namespace {

struct Coefficient {
  const char* name;
  double Chinchilla::*value;
  Spread ChinchillaBootstrap::*spread;
};

constexpr std::array<Coefficient, 5> kCoefficients = {
    {{"E", &Chinchilla::E, &ChinchillaBootstrap::E},
     {"A", &Chinchilla::A, &ChinchillaBootstrap::A},
     {"B", &Chinchilla::B, &ChinchillaBootstrap::B},
     {"alpha", &Chinchilla::alpha, &ChinchillaBootstrap::alpha},
     {"beta", &Chinchilla::beta, &ChinchillaBootstrap::beta}}};

TextTable CoefficientTable(const Chinchilla& law,
                           const ChinchillaBootstrap& bootstrap) {
  TextTable table({"", "estimate", "95 % interval"});
  for (const Coefficient& coefficient : kCoefficients) {
    const Interval interval = (bootstrap.*coefficient.spread).interval95;
    table.AddRow({coefficient.name, FormatNumber(law.*coefficient.value),
                  FormatInterval(interval, FormatNumber)});
  }
  return table;
}

/// "huber (0.001) of log residuals"
std::string PenaltyInWords(const ObjectiveOptions& options) {
  const std::string delta = options.loss == LossKind::kHuber
                                ? fmt::format(" ({:g})", options.delta)
                                : "";
  std::string held = options.tied_exponents ? "; alpha = beta" : "";
  for (const auto& [name, value] : options.fixed) {
    held += fmt::format("; {} = {:g} is given", name, value);
  }
  return fmt::format("{}{} of {} residuals{}", NameOf(options.loss), delta,
                     NameOf(options.residual), held);
}

/// Why the law may be believed: residuals, objective, certificate.
void AddQuality(const ChinchillaFit& fit, const ObjectiveOptions& options,
                TextPage* page) {
  page->Line(fmt::format("residuals: rms {:.2f} %, largest {:.2f} %",
                         100.0 * fit.rms_log_residual,
                         100.0 * fit.max_log_residual));
  page->Line(fmt::format("objective: {:.8g}, the sum of {}", fit.objective,
                         PenaltyInWords(options)));
  page->Line(CertificateInWords(fit.certificate));
}

/// E beside what is known of the data.
class ExactLossTable {
 public:
  ExactLossTable(double E, LossUnit unit,
                 const std::optional<ChinchillaBootstrap>& bootstrap)
      : E_(E),
        table_(
            {"exact loss", ShortWordOf(unit), "E is off by", "its interval"}) {
    if (bootstrap) interval_ = bootstrap->E.interval95;
  }

  void Add(const char* name, const std::optional<double>& exact) {
    if (!exact) return;
    table_.AddRow(
        {name, FormatNumber(*exact),
         *exact == 0.0 ? FormatNumber(E_) : FormatDeviation(E_, *exact),
         Verdict(*exact)});
  }

  const TextTable& table() const { return table_; }

 private:
  std::string Verdict(double exact) const {
    if (!interval_) return "";
    const bool inside = interval_->low <= exact && exact <= interval_->high;
    return inside ? "covers it" : "misses it";
  }

  double E_;
  std::optional<Interval> interval_;
  TextTable table_;
};

void AddExactLosses(const FitReport& report, const ExactLoss& exact,
                    TextPage* page) {
  if (!exact.known()) return;
  ExactLossTable losses(report.chinchilla->law.E, report.observations.loss_unit,
                        report.chinchilla_bootstrap);
  losses.Add("evaluation set (Bayes loss)", exact.bayes_loss);
  losses.Add("expected (Bayes risk)", exact.bayes_risk);
  page->Space();
  page->Table(losses.table());
}

}  // namespace

void AddChinchillaLaw(const FitReport& report, const ExactLoss& exact,
                      TextPage* page) {
  if (!report.chinchilla) return;
  const ChinchillaFit& fit = *report.chinchilla;
  page->Heading(fmt::format("Fitted law, by Approach 3 ({})",
                            InWords(report.observations.loss_unit)));
  if (fit.status != FitStatus::kOk) {
    page->Line("not supported by these data: " + fit.reason);
    return;
  }
  page->Line(LawLine(fit.law));
  page->Line(OptimumLine(fit.law));
  if (report.chinchilla_bootstrap) {
    page->Space();
    page->Table(CoefficientTable(fit.law, *report.chinchilla_bootstrap));
  }
  AddExactLosses(report, exact, page);
  page->Space();
  AddQuality(fit, report.options.objective, page);
  AddProfiles(report, page);
}

}  // namespace isoflop
