#include "analysis/report/certificate_text.h"

#include <fmt/format.h>

namespace isoflop {

std::string CertificateInWords(const Certificate& certificate) {
  const int minima = certificate.distinct_minima;
  return fmt::format(
      "{}: {} of {} starts agree{}, gradient {:.0e}{}{}",
      certificate.certified() ? "certified" : "NOT CERTIFIED",
      certificate.agreeing, certificate.starts,
      certificate.sample > 0
          ? fmt::format(" (with {} of the runs, then all)", certificate.sample)
          : "",
      certificate.gradient_norm, certificate.converged ? "" : ", not converged",
      minima > 1 ? fmt::format("; {} different minima", minima) : "");
}

}  // namespace isoflop
