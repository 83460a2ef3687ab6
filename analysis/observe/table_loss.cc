#include "analysis/observe/table_loss.h"

#include <cmath>
#include <numbers>

namespace isoflop {
namespace {

/// Returns d nats per token / d loss.
double SlopeOfNats(double loss, TableLoss unit) {
  switch (unit) {
    case TableLoss::kBits:
      return std::numbers::ln2;
    case TableLoss::kPerplexity:
      return 1.0 / loss;
    default:
      return 1.0;
  }
}

}  // namespace

std::optional<double> FittedLoss(double loss, const LossScale& scale) {
  if (scale.unit != TableLoss::kPerplexity) {
    return loss * FittedLossSlope(loss, scale);
  }
  if (loss <= 1.0) return std::nullopt;
  // d loss / d ln loss is the loss itself.
  return std::log(loss) * loss * FittedLossSlope(loss, scale);
}

double FittedLossSlope(double loss, const LossScale& scale) {
  if (!NeedsBytesPerToken(scale)) {
    return scale.in_bits_per_byte ? 1.0 : SlopeOfNats(loss, scale.unit);
  }
  const double bytes = *scale.bytes_per_token;
  return scale.in_bits_per_byte
             ? BitsPerByte(SlopeOfNats(loss, scale.unit), bytes)
             : std::numbers::ln2 * bytes;
}

}  // namespace isoflop
