#include <fmt/format.h>

#include <array>
#include <string>

#include "analysis/report/approaches_text.h"
#include "analysis/report/certificate_text.h"
#include "analysis/report/number_text.h"

namespace isoflop {
namespace {

/// One of Kaplan's curves with the symbols it is known by.
struct NamedCurve {
  const char* name;
  const char* scale;
  const KaplanCurve& curve;
};

std::string Percent(double share) {
  return fmt::format("{:.2f} %", 100.0 * share);
}

void AddCurve(const NamedCurve& named, TextTable* table) {
  const KaplanCurve& curve = named.curve;
  if (curve.status != FitStatus::kOk) return;
  table->AddRow(
      {named.name,
       fmt::format("{} {}", named.scale, FormatScientific(curve.scale.value)),
       FormatNumber(curve.exponent.value),
       IntervalOrNothing(curve.exponent, FormatNumber),
       Percent(curve.rms_log_residual)});
  const KaplanOffsetCurve& offset = curve.with_offset;
  if (offset.status != FitStatus::kOk) return;
  table->AddRow(
      {fmt::format("E {}", FormatNumber(offset.E.value)),
       fmt::format("{} {}", named.scale, FormatScientific(offset.scale.value)),
       FormatNumber(offset.exponent.value),
       IntervalOrNothing(offset.exponent, FormatNumber),
       Percent(offset.rms_log_residual)});
}

/// A row for each of the two exponents.
void AddJoint(const std::string& name, const KaplanJointFit& fit,
              TextTable* table) {
  if (fit.status != FitStatus::kOk) return;
  table->AddRow({name, fmt::format("N_c {}", FormatScientific(fit.N_c.value)),
                 FormatNumber(fit.alpha_N.value),
                 IntervalOrNothing(fit.alpha_N, FormatNumber),
                 Percent(fit.rms_log_residual)});
  table->AddRow({"", fmt::format("D_c {}", FormatScientific(fit.D_c.value)),
                 FormatNumber(fit.alpha_D.value),
                 IntervalOrNothing(fit.alpha_D, FormatNumber), ""});
}

/// Which runs a law is from, or why there is none.
std::string InWords(const char* name, FitStatus status,
                    const std::string& selection, const std::string& reason) {
  if (status == FitStatus::kOk) return fmt::format("{}: {}", name, selection);
  return fmt::format("{} is not supported: {}{}", name, reason,
                     selection.empty() ? "" : fmt::format(" ({})", selection));
}

/// Why the laws with E, and the joint ones, may be believed; the others are
/// straight lines.
void AddCertificates(const std::array<NamedCurve, 3>& curves,
                     const KaplanFit& fit, TextPage* page) {
  const auto add = [page](const std::string& name, FitStatus status,
                          const Certificate& certificate) {
    if (status != FitStatus::kOk) return;
    page->Line(fmt::format("{}: {}", name, CertificateInWords(certificate)));
  };
  for (const auto& [name, scale, curve] : curves) {
    add(fmt::format("E + {}", name), curve.with_offset.status,
        curve.with_offset.certificate);
  }
  add("L(N,D) = ((N_c/N)^(alpha_N/alpha_D) + D_c/D)^alpha_D", fit.joint.status,
      fit.joint.certificate);
  add("E + L(N,D)", fit.joint_with_offset.status,
      fit.joint_with_offset.certificate);
}

}  // namespace

void AddKaplanLaws(const FitReport& report, TextPage* page) {
  if (!report.kaplan) return;
  const KaplanFit& fit = *report.kaplan;
  const std::array<NamedCurve, 3> curves = {{{"L(N)", "N_c", fit.L_N},
                                             {"L(D)", "D_c", fit.L_D},
                                             {"L(C)", "C_c", fit.L_C}}};
  page->Heading("Kaplan's laws, L = (scale / x)^exponent, and E + the same");
  if (fit.supported()) {
    TextTable table({"", "scale", "exponent", IntervalHeader(report), "rms"});
    for (const NamedCurve& named : curves) AddCurve(named, &table);
    AddJoint("L(N,D)", fit.joint, &table);
    AddJoint("E " + FormatNumber(fit.joint_with_offset.E.value),
             fit.joint_with_offset, &table);
    page->Table(table);
  }
  for (const NamedCurve& named : curves) {
    page->Line(InWords(named.name, named.curve.status, named.curve.selection,
                       named.curve.reason));
  }
  page->Line(InWords("L(N,D)", fit.joint.status, fit.joint.selection,
                     fit.joint.reason));
  if (fit.joint_with_offset.status != FitStatus::kOk) {
    page->Line(InWords("E + L(N,D)", fit.joint_with_offset.status, "",
                       fit.joint_with_offset.reason));
  }
  AddCertificates(curves, fit, page);
}

}  // namespace isoflop
