#include "analysis/diagnose/trunk_noise.h"

#include <algorithm>
#include <cassert>
#include <vector>

namespace isoflop {
namespace {

struct Trunk {
  double runs = 0.0;
  double sum = 0.0;
};

constexpr double kFittedToMeans = 3.0;
constexpr double kFittedWithin = 2.0;

}  // namespace

double SharedByTrunks(std::span<const double> residuals,
                      std::span<const std::size_t> trunks) {
  assert(residuals.size() == trunks.size());
  std::vector<Trunk> all;
  double squares = 0.0;
  for (std::size_t i = 0; i < residuals.size(); ++i) {
    if (trunks[i] >= all.size()) all.resize(trunks[i] + 1);
    all[trunks[i]].runs += 1.0;
    all[trunks[i]].sum += residuals[i];
    squares += residuals[i] * residuals[i];
  }
  double of_means = 0.0;  // sums of squares
  double sizes = 0.0;
  for (const Trunk& trunk : all) {
    of_means += trunk.sum * trunk.sum / trunk.runs;
    sizes += trunk.runs * trunk.runs;
  }
  const auto runs = static_cast<double>(residuals.size());
  const auto count = static_cast<double>(all.size());
  const double degrees_of_means = count - kFittedToMeans;
  const double degrees_within = runs - count - kFittedWithin;
  if (degrees_of_means < 1.0 || degrees_within < 1.0) return 0.0;
  const double within = (squares - of_means) / degrees_within;
  const double usual_size = (runs - sizes / runs) / (count - 1.0);
  const double shared =
      std::max(0.0, (of_means / degrees_of_means - within) / usual_size);
  return shared > 0.0 ? shared / (shared + within) : 0.0;
}

}  // namespace isoflop
