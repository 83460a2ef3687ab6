// Training curves: the loss of a trunk or of a branch against the tokens that
// it has trained on.

#pragma once

#include <optional>
#include <string>
#include <vector>

namespace isoflop {

struct CurvePoint {
  double tokens = 0.0;
  double loss = 0.0;  // training loss, nats per token
};

/// The curve of one trunk, at a constant learning rate after its warm-up, or of
/// one branch, while the rate falls to zero. A trunk's loss lies above the one
/// that a branch from the same place ends at.
struct TrainingCurve {
  std::string group;  // of the runs that share the trunk
  bool trunk = false;
  double N = 0.0;  // counted as ObservationSet::params says
  std::optional<double> params_total;
  std::optional<double> params_non_embedding;
  std::optional<double> bytes_per_token = {};  // as RunGroup has it
  std::vector<CurvePoint> points;              // ascending in tokens
};

/// Turns losses in nats per token into bits per byte of text. Curves whose
/// bytes of a token are not known are removed.
void ToBitsPerByte(std::vector<TrainingCurve>* curves);

/// How far around a point Smooth looks, in ln tokens.
inline constexpr double kSmoothingWidth = 0.1;

/// Returns the points, each with the loss that the straight line through its
/// neighbours within kSmoothingWidth has there, by least squares in ln tokens:
/// unlike a mean, it does not lift a falling curve at its ends.
/// REQUIRES: tokens > 0, ascending.
std::vector<CurvePoint> Smooth(const std::vector<CurvePoint>& points);

}  // namespace isoflop
