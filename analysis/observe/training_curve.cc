#include "analysis/observe/training_curve.h"

#include <cmath>

#include "lib/core/transformed.h"
#include "lib/data/example.h"
#include "lib/numeric/least_squares.h"

namespace isoflop {

void ToBitsPerByte(std::vector<TrainingCurve>* curves) {
  std::erase_if(*curves, [](const TrainingCurve& curve) {
    return !curve.bytes_per_token;
  });
  for (TrainingCurve& curve : *curves) {
    for (CurvePoint& point : curve.points) {
      point.loss = BitsPerByte(point.loss, *curve.bytes_per_token);
    }
  }
}

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
