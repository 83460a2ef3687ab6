#include "analysis/report/law_lines.h"

#include <fmt/format.h>

#include "analysis/report/number_text.h"

namespace isoflop {

std::string LawLine(const Chinchilla& law) {
  return fmt::format("L = {} + {} / N^{} + {} / D^{}", FormatNumber(law.E),
                     FormatNumber(law.A), FormatNumber(law.alpha),
                     FormatNumber(law.B), FormatNumber(law.beta));
}

std::string OptimumLine(const Chinchilla& law) {
  const double G = AllocationCoefficient(law);
  return fmt::format("N* = {} (C/6)^{},  D* = {} (C/6)^{}", FormatNumber(G),
                     FormatNumber(ParamsExponent(law)), FormatNumber(1.0 / G),
                     FormatNumber(TokensExponent(law)));
}

}  // namespace isoflop
