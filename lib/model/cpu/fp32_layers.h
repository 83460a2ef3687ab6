// The layers of layers.h on the CPU in fp32, forward and backward, each in one
// pass over memory. Matrices are row-major; a row is a token.

#pragma once

#include <cstdint>
#include <span>

#include "lib/sweep/model_shape.h"

namespace isoflop::cpu {

/// Gain and bias of a norm, or their gradients; `bias` is null for rms.
template <typename Float>
struct NormWeights {
  Float* gain = nullptr;
  Float* bias = nullptr;
};

/// What the backward pass of a norm needs of its forward pass, per row.
struct NormStatistics {
  float* mean = nullptr;     // 0 for rms
  float* inverse = nullptr;  // 1 / sqrt(variance + eps)
};

/// y = Normalise(x), x and y [rows, d].
void Normalise(std::int64_t rows, std::int64_t d, const float* x,
               const NormWeights<const float>& weights, float* y,
               const NormStatistics& statistics);

/// Adds to dx, and to the gradients of gain and bias, what dy gives. With
/// u = (x - mean) / sigma and du = gain dy:
///
///   dx += (du - mean(du) - u mean(du u)) / sigma     (rms: without mean(du))
///   dgain += sum over rows of dy u,  dbias += sum over rows of dy
void NormaliseBackward(std::int64_t rows, std::int64_t d, const float* x,
                       const float* dy, const NormWeights<const float>& weights,
                       const NormStatistics& statistics, float* dx,
                       const NormWeights<float>& gradients);

/// y = Activate(x): y [rows, d_ff], x [rows, d_ff] or (swiglu) [rows, 2 d_ff].
void Activate(FfnKind kind, std::int64_t rows, std::int64_t d_ff,
              const float* x, float* y);

/// dx, of the size of x, from dy [rows, d_ff].
void ActivateBackward(FfnKind kind, std::int64_t rows, std::int64_t d_ff,
                      const float* x, const float* dy, float* dx);

/// Writes -ln softmax(logits)[target] of every row, in nats, and logits [rows,
/// vocab] become `scale` times their gradient:
///
///   scale (softmax(logits) - onehot(target))
///
/// Both are multiplied by counts [rows], unless that is null.
void CrossEntropy(std::int64_t rows, std::int64_t vocab,
                  const std::int64_t* targets, const float* counts, float scale,
                  float* logits, float* losses);

/// Writes |outputs - targets|^2 of every row, and outputs [rows, width] become
/// `scale` times half its gradient: scale (outputs - targets). Both are
/// multiplied by counts [rows], unless that is null.
void SquaredError(std::int64_t rows, std::int64_t width, const float* targets,
                  const float* counts, float scale, float* outputs,
                  float* losses);

/// x[row] = embedding[tokens[row]] (+ positions[row mod context], if any).
void Embed(std::int64_t rows, std::int64_t d, std::int64_t context,
           const std::int64_t* tokens, const float* embedding,
           const float* positions, float* x);

/// x[row] += positions[row mod context].
void AddPositions(std::int64_t rows, std::int64_t d, std::int64_t context,
                  const float* positions, float* x);

/// positions[row mod context] += dx[row].
void AddPositionsBackward(std::int64_t rows, std::int64_t d,
                          std::int64_t context, const float* dx,
                          float* positions);

/// sums[i] += the sum over rows of x[row, i], rows `stride` apart: the gradient
/// of a bias.
void AddRows(std::int64_t rows, std::int64_t width, const float* x,
             std::int64_t stride, float* sums);

/// Adds dx to the rows of the gradients that Embed read.
void EmbedBackward(std::int64_t rows, std::int64_t d, std::int64_t context,
                   const std::int64_t* tokens, const float* dx,
                   float* embedding, float* positions);

}  // namespace isoflop::cpu
