#include "analysis/observe/table_loss.h"

#include <cmath>
#include <numbers>

namespace isoflop {

std::optional<double> FittedLoss(double loss, const LossScale& scale) {
  if (scale.unit != TableLoss::kPerplexity) {
    return loss * FittedLossSlope(loss, scale);
  }
  if (loss <= 1.0) return std::nullopt;
  return std::log(loss);
}

double FittedLossSlope(double loss, const LossScale& scale) {
  switch (scale.unit) {
    case TableLoss::kBits:
      return std::numbers::ln2;
    case TableLoss::kBitsPerByte:
      return std::numbers::ln2 * *scale.bytes_per_token;
    case TableLoss::kPerplexity:
      return 1.0 / loss;
    default:
      return 1.0;
  }
}

}  // namespace isoflop
