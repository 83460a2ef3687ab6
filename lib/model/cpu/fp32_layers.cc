#include "lib/model/cpu/fp32_layers.h"

#include <algorithm>
#include <cmath>

#include "lib/core/vectorise.h"
#include "lib/model/cpu/fast_math.h"
#include "lib/model/cpu/reductions.h"
#include "lib/model/layers.h"

namespace isoflop::cpu {
namespace {

constexpr float kInverseRoot2 = 0.70710678F;
constexpr float kInverseRoot2Pi = 0.39894228F;

template <typename Term>
ISOFLOP_INLINE float MeanOf(std::int64_t size, const Term& term) {
  return SumOf(size, term) / static_cast<float>(size);
}

ISOFLOP_INLINE float Gelu(float x) {
  return 0.5F * x * (1.0F + FastErf(x * kInverseRoot2));
}

/// The derivative of x Phi(x): Phi(x) + x phi(x).
ISOFLOP_INLINE float GeluSlope(float x) {
  return 0.5F * (1.0F + FastErf(x * kInverseRoot2)) +
         x * kInverseRoot2Pi * FastExp(-0.5F * x * x);
}

}  // namespace

ISOFLOP_VECTORISE
void Normalise(std::int64_t rows, std::int64_t d, const float* x,
               const NormWeights<const float>& weights, float* y,
               const NormStatistics& statistics) {
  const float* gain = weights.gain;
  const float* bias = weights.bias;
  for (std::int64_t row = 0; row < rows; ++row, x += d, y += d) {
    const float mean = bias == nullptr
                           ? 0.0F
                           : MeanOf(d, [x](std::int64_t i) { return x[i]; });
    // A second pass over the row, which is in the cache: mean(x^2) - mean(x)^2
    // would cancel where the mean is large.
    const float variance = MeanOf(
        d, [x, mean](std::int64_t i) { return (x[i] - mean) * (x[i] - mean); });
    const float inverse =
        1.0F / std::sqrt(variance + static_cast<float>(kNormEpsilon));
    statistics.mean[row] = mean;
    statistics.inverse[row] = inverse;
    if (bias == nullptr) {
      for (std::int64_t i = 0; i < d; ++i) y[i] = gain[i] * (x[i] * inverse);
    } else {
      for (std::int64_t i = 0; i < d; ++i) {
        y[i] = gain[i] * ((x[i] - mean) * inverse) + bias[i];
      }
    }
  }
}

ISOFLOP_VECTORISE
void NormaliseBackward(std::int64_t rows, std::int64_t d, const float* x,
                       const float* dy, const NormWeights<const float>& weights,
                       const NormStatistics& statistics, float* dx,
                       const NormWeights<float>& gradients) {
  const float* gain = weights.gain;
  for (std::int64_t row = 0; row < rows; ++row, x += d, dy += d, dx += d) {
    const float mean = statistics.mean[row];
    const float inverse = statistics.inverse[row];
    // A norm takes no notice of shift (layer norms only) and scale, so the
    // gradient has no part along 1 and along u.
    const float mean_du =
        weights.bias == nullptr
            ? 0.0F
            : MeanOf(d, [=](std::int64_t i) { return gain[i] * dy[i]; });
    const float mean_du_u = MeanOf(d, [=](std::int64_t i) {
      return gain[i] * dy[i] * ((x[i] - mean) * inverse);
    });
    float* dgain = gradients.gain;
    for (std::int64_t i = 0; i < d; ++i) {
      const float u = (x[i] - mean) * inverse;
      dx[i] += (gain[i] * dy[i] - mean_du - u * mean_du_u) * inverse;
      dgain[i] += dy[i] * u;
    }
    if (weights.bias == nullptr) continue;
    float* dbias = gradients.bias;
    for (std::int64_t i = 0; i < d; ++i) dbias[i] += dy[i];
  }
}

ISOFLOP_VECTORISE
void Activate(FfnKind kind, std::int64_t rows, std::int64_t d_ff,
              const float* x, float* y) {
  const std::int64_t size = rows * d_ff;
  switch (kind) {
    case FfnKind::kReluSquared:
      for (std::int64_t i = 0; i < size; ++i) {
        const float positive = std::max(x[i], 0.0F);
        y[i] = positive * positive;
      }
      return;
    case FfnKind::kRelu:
      for (std::int64_t i = 0; i < size; ++i) y[i] = std::max(x[i], 0.0F);
      return;
    case FfnKind::kGelu:
      for (std::int64_t i = 0; i < size; ++i) y[i] = Gelu(x[i]);
      return;
    case FfnKind::kLinear:
    case FfnKind::kNone:
      std::copy_n(x, size, y);
      return;
    case FfnKind::kSwiglu:
      for (std::int64_t row = 0; row < rows; ++row) {
        const float* gate = x + row * 2 * d_ff;
        const float* up = gate + d_ff;
        float* out = y + row * d_ff;
        for (std::int64_t i = 0; i < d_ff; ++i) {
          out[i] = gate[i] * FastSigmoid(gate[i]) * up[i];
        }
      }
  }
}

ISOFLOP_VECTORISE
void ActivateBackward(FfnKind kind, std::int64_t rows, std::int64_t d_ff,
                      const float* x, const float* dy, float* dx) {
  const std::int64_t size = rows * d_ff;
  switch (kind) {
    case FfnKind::kReluSquared:
      for (std::int64_t i = 0; i < size; ++i) {
        dx[i] = 2.0F * std::max(x[i], 0.0F) * dy[i];
      }
      return;
    case FfnKind::kRelu:
      for (std::int64_t i = 0; i < size; ++i) {
        dx[i] = x[i] > 0.0F ? dy[i] : 0.0F;
      }
      return;
    case FfnKind::kGelu:
      for (std::int64_t i = 0; i < size; ++i) dx[i] = GeluSlope(x[i]) * dy[i];
      return;
    case FfnKind::kLinear:
    case FfnKind::kNone:
      std::copy_n(dy, size, dx);
      return;
    case FfnKind::kSwiglu:
      for (std::int64_t row = 0; row < rows; ++row) {
        const float* gate = x + row * 2 * d_ff;
        const float* up = gate + d_ff;
        const float* dout = dy + row * d_ff;
        float* dgate = dx + row * 2 * d_ff;
        float* dup = dgate + d_ff;
        for (std::int64_t i = 0; i < d_ff; ++i) {
          const float s = FastSigmoid(gate[i]);
          dgate[i] = dout[i] * up[i] * s * (1.0F + gate[i] * (1.0F - s));
          dup[i] = dout[i] * gate[i] * s;
        }
      }
  }
}

ISOFLOP_VECTORISE
void CrossEntropy(std::int64_t rows, std::int64_t vocab,
                  const std::int64_t* targets, const float* counts, float scale,
                  float* logits, float* losses) {
  for (std::int64_t row = 0; row < rows; ++row, logits += vocab) {
    // Subtracting it changes no probability, and no exponential overflows.
    const float largest = MaxOf(vocab, logits);
    const float of_target = logits[targets[row]] - largest;
    for (std::int64_t i = 0; i < vocab; ++i) {
      logits[i] = FastExp(logits[i] - largest);
    }
    const float sum =
        SumOf(vocab, [logits](std::int64_t i) { return logits[i]; });
    // A loss that is not finite has to show: NaN gets through all of this.
    const float count = counts == nullptr ? 1.0F : counts[row];
    losses[row] = (std::log(sum) - of_target) * count;
    const float factor = scale * count / sum;
    for (std::int64_t i = 0; i < vocab; ++i) logits[i] *= factor;
    logits[targets[row]] -= scale * count;
  }
}

ISOFLOP_VECTORISE
void SquaredError(std::int64_t rows, std::int64_t width, const float* targets,
                  const float* counts, float scale, float* outputs,
                  float* losses) {
  for (std::int64_t row = 0; row < rows; ++row) {
    const float count = counts == nullptr ? 1.0F : counts[row];
    const float factor = scale * count;
    losses[row] = count * SumOf(width, [=](std::int64_t i) {
                    const float error = outputs[i] - targets[i];
                    return error * error;
                  });
    for (std::int64_t i = 0; i < width; ++i) {
      outputs[i] = factor * (outputs[i] - targets[i]);
    }
    outputs += width;
    targets += width;
  }
}

ISOFLOP_VECTORISE
void Embed(std::int64_t rows, std::int64_t d, std::int64_t context,
           const std::int64_t* tokens, const float* embedding,
           const float* positions, float* x) {
  for (std::int64_t row = 0; row < rows; ++row, x += d) {
    const float* token = embedding + tokens[row] * d;
    if (positions == nullptr) {
      std::copy_n(token, d, x);
      continue;
    }
    const float* position = positions + row % context * d;
    for (std::int64_t i = 0; i < d; ++i) x[i] = token[i] + position[i];
  }
}

ISOFLOP_VECTORISE
void AddPositions(std::int64_t rows, std::int64_t d, std::int64_t context,
                  const float* positions, float* x) {
  for (std::int64_t row = 0; row < rows; ++row, x += d) {
    const float* position = positions + row % context * d;
    for (std::int64_t i = 0; i < d; ++i) x[i] += position[i];
  }
}

ISOFLOP_VECTORISE
void AddPositionsBackward(std::int64_t rows, std::int64_t d,
                          std::int64_t context, const float* dx,
                          float* positions) {
  for (std::int64_t row = 0; row < rows; ++row, dx += d) {
    float* position = positions + row % context * d;
    for (std::int64_t i = 0; i < d; ++i) position[i] += dx[i];
  }
}

ISOFLOP_VECTORISE
void AddRows(std::int64_t rows, std::int64_t width, const float* x,
             std::int64_t stride, float* sums) {
  for (std::int64_t row = 0; row < rows; ++row, x += stride) {
    for (std::int64_t i = 0; i < width; ++i) sums[i] += x[i];
  }
}

ISOFLOP_VECTORISE
void EmbedBackward(std::int64_t rows, std::int64_t d, std::int64_t context,
                   const std::int64_t* tokens, const float* dx,
                   float* embedding, float* positions) {
  for (std::int64_t row = 0; row < rows; ++row, dx += d) {
    // Row after row: a token may come more than once in a batch.
    float* token = embedding + tokens[row] * d;
    for (std::int64_t i = 0; i < d; ++i) token[i] += dx[i];
    if (positions == nullptr) continue;
    float* position = positions + row % context * d;
    for (std::int64_t i = 0; i < d; ++i) position[i] += dx[i];
  }
}

}  // namespace isoflop::cpu
