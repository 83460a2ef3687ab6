#include "lib/numeric/akima.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace isoflop {
namespace {

/// Slopes of the gaps, with two more at either end.
std::vector<double> GapSlopes(const std::vector<double>& x,
                              const std::vector<double>& y) {
  const std::size_t gaps = x.size() - 1;
  std::vector<double> m(gaps + 4);
  for (std::size_t i = 0; i < gaps; ++i) {
    m[i + 2] = (y[i + 1] - y[i]) / (x[i + 1] - x[i]);
  }
  if (gaps == 1) m[3] = m[2];  // a line goes on as a line
  m[1] = 2.0 * m[2] - m[3];
  m[0] = 2.0 * m[1] - m[2];
  m[gaps + 2] = 2.0 * m[gaps + 1] - m[gaps];
  m[gaps + 3] = 2.0 * m[gaps + 2] - m[gaps + 1];
  return m;
}

double SlopeBetween(double m1, double m2, double m3, double m4) {
  const double weight2 = std::abs(m4 - m3);
  const double weight3 = std::abs(m2 - m1);
  const double sum = weight2 + weight3;
  const double turns =
      std::abs(m1) + std::abs(m2) + std::abs(m3) + std::abs(m4);
  // Where neither side turns by more than rounding, its ratio means nothing.
  if (sum <= 1e-14 * turns) return 0.5 * (m2 + m3);
  return (weight2 * m2 + weight3 * m3) / sum;
}

}  // namespace

AkimaCurve::AkimaCurve(std::vector<double> x, std::vector<double> y)
    : x_(std::move(x)), y_(std::move(y)) {
  assert(x_.size() == y_.size() && x_.size() >= 2);
  const std::vector<double> m = GapSlopes(x_, y_);
  slopes_.reserve(x_.size());
  for (std::size_t i = 0; i < x_.size(); ++i) {
    slopes_.push_back(SlopeBetween(m[i], m[i + 1], m[i + 2], m[i + 3]));
  }
}

double AkimaCurve::At(double x) const {
  const auto above = std::ranges::upper_bound(x_, x);
  const auto gap = static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(
      above - x_.begin() - 1, 0, std::ssize(x_) - 2));
  const double width = x_[gap + 1] - x_[gap];
  const double mean = (y_[gap + 1] - y_[gap]) / width;
  const double u = x - x_[gap];
  const double c2 =
      (3.0 * mean - 2.0 * slopes_[gap] - slopes_[gap + 1]) / width;
  const double c3 =
      (slopes_[gap] + slopes_[gap + 1] - 2.0 * mean) / (width * width);
  return y_[gap] + u * (slopes_[gap] + u * (c2 + u * c3));
}

}  // namespace isoflop
