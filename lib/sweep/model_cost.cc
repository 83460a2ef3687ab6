// What a shape costs, in closed form: parameters and FLOPs per token.

#include "lib/sweep/model_shape.h"

namespace isoflop {
namespace {

/// Weights of one layer that are factors of matrix products: 4 d^2 of the
/// attention (queries, keys, values, output), and fc and proj.
std::int64_t MatrixParametersPerLayer(const ModelShape& shape) {
  const std::int64_t d = shape.d_model;
  return 4 * d * d + d * (FcOutputs(shape) + shape.d_ff);
}

}  // namespace

ParameterCounts CountParameters(const ModelShape& shape) {
  const std::int64_t d = shape.d_model;
  const std::int64_t norm = shape.norm == NormKind::kLayer ? 2 * d : d;
  const std::int64_t token_table = shape.vocab_size * d;

  ParameterCounts counts;
  counts.non_embedding =
      shape.layers * (MatrixParametersPerLayer(shape) + 2 * norm) + norm;
  counts.total =
      counts.non_embedding + token_table * (shape.tied_embeddings ? 1 : 2);
  if (shape.position == Position::kLearned) counts.total += shape.context * d;
  return counts;
}

double TrainingFlopsPerToken(const ModelShape& shape) {
  const std::int64_t head = shape.vocab_size * shape.d_model;
  const auto matrices = static_cast<double>(
      shape.layers * MatrixParametersPerLayer(shape) + head);
  const auto attention =
      static_cast<double>(shape.layers * shape.d_model * shape.context);
  return 6.0 * matrices + 12.0 * attention;
}

}  // namespace isoflop
