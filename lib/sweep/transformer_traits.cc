#include <fmt/format.h>

#include "lib/sweep/architecture.h"

namespace isoflop {
namespace {

/// Checks how the width splits into heads. REQUIRES: both are positive.
void CheckHeads(const ModelShape& shape, ShapeCheck* check) {
  if (shape.d_model % shape.heads != 0) {
    check->Refuse("heads", fmt::format("{} does not divide d_model {}",
                                       shape.heads, shape.d_model));
  } else if (shape.position == Position::kRotary &&
             shape.d_model / shape.heads % 2 != 0) {
    check->Refuse(
        "heads",
        fmt::format("{} heads of d_model {} have the odd size {}, and rotary "
                    "positions turn pairs of components",
                    shape.heads, shape.d_model, shape.d_model / shape.heads));
  }
}

void Check(const ModelShape& shape, const std::string& path,
           Problems* problems) {
  ShapeCheck check(path, problems);
  const bool width = check.Width("d_model", shape.d_model);
  const bool heads = check.Width("heads", shape.heads);
  check.Depth("layers", shape.layers);
  check.Outside(shape);
  check.Length("d_ff", shape.d_ff);
  if (width && heads) CheckHeads(shape, &check);
}

/// Weights of one layer that are factors of matrix products: 4 d^2 of the
/// attention (queries, keys, values, output), and fc and proj.
std::int64_t MatrixParametersPerLayer(const ModelShape& shape) {
  const std::int64_t d = shape.d_model;
  return 4 * d * d + d * (FcOutputs(shape) + shape.d_ff);
}

/// With d = d_model, T = context, V = vocab_size:
///
///   per layer    4 d^2 + k d d_ff + 2 g d,  k = 3 for swiglu, else 2
///   final norm   g d,  g = 1 for rms (gain), 2 for layer (gain and bias)
///   embedding    V d, once more if the head is not tied, + T d if learned
///
/// Source: Kaplan et al. 2020, section 2.1 (arXiv:2001.08361).
ParameterCounts CountAll(const ModelShape& shape) {
  const std::int64_t norm =
      shape.norm == NormKind::kLayer ? 2 * shape.d_model : shape.d_model;
  const std::int64_t within =
      shape.layers * (MatrixParametersPerLayer(shape) + 2 * norm) + norm;
  ParameterCounts counts = CountOuterParameters(shape);
  counts.total += within;
  counts.non_embedding += within;
  return counts;
}

/// The attention term is for full (not causal) scores, as is usual.
double TrainingFlops(const ModelShape& shape) {
  const auto matrices = static_cast<double>(
      shape.layers * MatrixParametersPerLayer(shape) + OuterProducts(shape));
  const auto attention =
      static_cast<double>(shape.layers * shape.d_model * shape.context);
  return 6.0 * matrices + 12.0 * attention;
}

/// Entries start from a normal distribution of this variance, gains at 1 and
/// biases at 0; d = d_model:
///
///   qkv [3d, d]                      1 / d
///   fc [d_ff, d]; swiglu: [2 d_ff, d] (gate, up)
///                                    1 / d
///   out [d, d]                       1 / (2 layers d)
///   proj [d, d_ff]                   1 / (2 layers d_ff)
///   gains [d]; layer norms also have biases [d]
///
/// Output projections (out, proj) start smaller: so many branches add to the
/// residual stream, whose size should not grow with depth.
/// Source: Radford et al. 2019 (GPT-2), section 2.3, for the depth factor.
std::vector<ParameterSpec> Specs(const ModelShape& shape) {
  const std::int64_t d = shape.d_model;
  const double to_residual = InverseRoot(2 * shape.layers);
  std::vector<ParameterSpec> specs;
  for (std::int64_t i = 0; i < shape.layers; ++i) {
    specs.push_back(HiddenMatrix(InLayer(i, "qkv"), 3 * d, d));
    specs.push_back(HiddenMatrix(InLayer(i, "out"), d, d, to_residual));
    specs.push_back(HiddenMatrix(InLayer(i, "fc"), FcOutputs(shape), d));
    specs.push_back(
        HiddenMatrix(InLayer(i, "proj"), d, shape.d_ff, to_residual));
  }
  AddOuterParameters(shape, &specs);
  for (std::int64_t i = 0; i < shape.layers; ++i) {
    AddNorm(shape, InLayer(i, "attention_norm"), &specs);
    AddNorm(shape, InLayer(i, "ffn_norm"), &specs);
  }
  AddNorm(shape, "final_norm", &specs);
  return specs;
}

}  // namespace

ArchitectureTraits TransformerTraits() {
  return {.architecture = Architecture::kTransformer,
          .keys = {"layers", "heads", "head_size", "ffn_ratio", "d_ff", "ffn",
                   "norm", "position", "rotary_base", "tied_embeddings"},
          .validate = Check,
          .parameters = Specs,
          .count = CountAll,
          .training_flops = TrainingFlops};
}

}  // namespace isoflop
