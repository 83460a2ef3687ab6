#include "analysis/fit/spreads.h"

#include <cmath>
#include <functional>

namespace isoflop {
namespace {

/// Whether every number that follows from the law is one.
bool IsFinite(const Chinchilla& law) {
  const double G = AllocationCoefficient(law);
  return std::isfinite(law.E + law.A + law.B) &&
         std::isfinite(ParamsExponent(law)) && std::isfinite(G) && G > 0.0;
}

}  // namespace

std::optional<ChinchillaBootstrap> ChinchillaSpreads(
    const std::vector<Replicate>& replicates, const Chinchilla& estimate,
    int units) {
  ChinchillaBootstrap bootstrap;
  for (const Replicate& replicate : replicates) {
    if (replicate.escaped) ++bootstrap.escaped;
    if (!replicate.chinchilla || !IsFinite(*replicate.chinchilla)) {
      ++bootstrap.failed;
      continue;
    }
    bootstrap.laws.push_back(*replicate.chinchilla);
  }
  const auto& laws = bootstrap.laws;
  if (laws.size() < 2 || 2 * laws.size() < replicates.size()) {
    return std::nullopt;
  }
  const auto spread = [&](auto number) {
    std::vector<double> values;
    values.reserve(laws.size());
    for (const Chinchilla& law : laws) {
      values.push_back(std::invoke(number, law));
    }
    return SpreadOf(std::move(values), std::invoke(number, estimate), units);
  };
  bootstrap.E = spread(&Chinchilla::E);
  bootstrap.A = spread(&Chinchilla::A);
  bootstrap.B = spread(&Chinchilla::B);
  bootstrap.alpha = spread(&Chinchilla::alpha);
  bootstrap.beta = spread(&Chinchilla::beta);
  bootstrap.a = spread(ParamsExponent);
  bootstrap.b = spread(TokensExponent);
  bootstrap.G = spread(AllocationCoefficient);
  return bootstrap;
}

void AddSpreads(const std::vector<Replicate>& replicates, int units,
                EnvelopeFit* fit) {
  SetSpreads<EnvelopeFit>(
      replicates, units,
      [](const Replicate& r) -> const EnvelopeFit& { return r.envelope; },
      {&EnvelopeFit::a, &EnvelopeFit::b}, fit);
}

}  // namespace isoflop
