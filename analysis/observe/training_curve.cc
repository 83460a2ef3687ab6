#include "analysis/observe/training_curve.h"

#include <cmath>

#include "lib/core/transformed.h"
#include "lib/numeric/least_squares.h"

namespace isoflop {

std::vector<CurvePoint> Smooth(const std::vector<CurvePoint>& points) {
  const auto logs = Transformed(points, [](const CurvePoint& p) {
    return WeightedPoint{std::log(p.tokens), p.loss, 1.0};
  });
  std::vector<CurvePoint> smooth = points;
  std::size_t first = 0;
  std::size_t end = 0;
  for (std::size_t i = 0; i < logs.size(); ++i) {
    while (logs[i].x - logs[first].x > kSmoothingWidth) ++first;
    while (end < logs.size() && logs[end].x - logs[i].x <= kSmoothingWidth) {
      ++end;
    }
    const auto line = FitLine(std::span(logs).subspan(first, end - first));
    if (line) smooth[i].loss = line->At(logs[i].x);
  }
  return smooth;
}

}  // namespace isoflop
