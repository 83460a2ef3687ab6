#include "analysis/fit/recipe_layout.h"

#include <cmath>

namespace isoflop {

RecipeLayout::RecipeLayout(Sharing sharing, int recipes)
    : recipes_(recipes),
      scales_(sharing == Sharing::kEverything ? 1 : recipes),
      exponents_(sharing == Sharing::kOffset ? recipes : 1) {}

std::array<int, 5> RecipeLayout::IndicesOf(int recipe) const {
  const int scale = scales_ == 1 ? 0 : recipe;
  const int exponent = exponents_ == 1 ? 0 : recipe;
  const int alphas = 1 + 2 * scales_;
  return {0, 1 + scale, 1 + scales_ + scale, alphas + exponent,
          alphas + exponents_ + exponent};
}

Chinchilla RecipeLayout::LawAt(const Eigen::VectorXd& point, int recipe) const {
  const auto [E, log_A, log_B, alpha, beta] = IndicesOf(recipe);
  return {.E = point[E],
          .A = std::exp(point[log_A]),
          .B = std::exp(point[log_B]),
          .alpha = point[alpha],
          .beta = point[beta]};
}

Eigen::VectorXd RecipeLayout::PointOf(
    const std::vector<Chinchilla>& laws) const {
  Eigen::VectorXd point = Eigen::VectorXd::Zero(size());
  for (int recipe = recipes_ - 1; recipe >= 0; --recipe) {
    const Chinchilla& law = laws[static_cast<std::size_t>(recipe)];
    const auto [E, log_A, log_B, alpha, beta] = IndicesOf(recipe);
    point[E] = law.E;
    point[log_A] = std::log(law.A);
    point[log_B] = std::log(law.B);
    point[alpha] = law.alpha;
    point[beta] = law.beta;
  }
  return point;
}

}  // namespace isoflop
