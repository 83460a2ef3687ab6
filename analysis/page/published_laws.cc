#include "analysis/page/published_laws.h"

#include <cmath>

namespace isoflop {
namespace {

PublishedOptima OptimaOf(const std::string& name, const Chinchilla& law) {
  const double a = ParamsExponent(law);
  const double b = TokensExponent(law);
  const double G = AllocationCoefficient(law);
  return {name, G * std::pow(6.0, -a), a, std::pow(6.0, -b) / G, b};
}

}  // namespace

std::vector<PublishedOptima> PublishedOptimaList() {
  constexpr double kPetaflopDay = 8.64e19;
  return {OptimaOf("Hoffmann et al. 2022", kHoffmann2022),
          OptimaOf("Besiroglu et al. 2024", kBesiroglu2024),
          {"Kaplan et al. 2020", 1.3e9 * std::pow(kPetaflopDay, -0.73), 0.73,
           2e10 * std::pow(kPetaflopDay, -0.27), 0.27}};
}

}  // namespace isoflop
