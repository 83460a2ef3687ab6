#include "lib/numeric/cube_points.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace isoflop {
namespace {

/// phi of so many dimensions.
double Phi(Eigen::Index dimensions) {
  static const std::vector<double> kPhi = [] {
    std::vector<double> of;
    for (int d = 0; d <= 16; ++d) {
      double phi = 2.0;
      for (int i = 0; i < 60; ++i) phi = std::pow(1.0 + phi, 1.0 / (d + 1.0));
      of.push_back(phi);
    }
    return of;
  }();
  return kPhi[std::min(static_cast<std::size_t>(dimensions), kPhi.size() - 1)];
}

}  // namespace

Eigen::VectorXd CubePoint(Eigen::Index dimensions, int index) {
  const double phi = Phi(dimensions);
  Eigen::VectorXd point(dimensions);
  double stride = 1.0;
  for (Eigen::Index j = 0; j < dimensions; ++j) {
    stride /= phi;
    const double place = 0.5 + (index + 1) * stride;
    point[j] = place - std::floor(place);
  }
  return point;
}

}  // namespace isoflop
