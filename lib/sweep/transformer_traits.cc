#include <fmt/format.h>

#include "lib/sweep/architecture.h"

namespace isoflop {
namespace {

/// Whether there are feed-forward layers, with their norms.
bool HasFfn(const ModelShape& shape) { return shape.ffn != FfnKind::kNone; }

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
  if (shape.heads % KvHeads(shape) != 0) {
    check->Refuse("kv_heads", fmt::format("{} does not divide {} heads",
                                          shape.kv_heads, shape.heads));
  }
}

void Check(const ModelShape& shape, const std::string& path,
           Problems* problems) {
  ShapeCheck check(path, problems);
  const bool width = check.Width("d_model", shape.d_model);
  const bool heads = check.Width("heads", shape.heads);
  check.Depth("layers", shape.layers);
  check.Outside(shape);
  if (HasFfn(shape)) check.Length("d_ff", shape.d_ff);
  if (shape.attention == AttentionKind::kLinear &&
      shape.position == Position::kAlibi) {
    check.Refuse("position",
                 "alibi is added to the scores of a softmax, and attention is "
                 "linear");
  }
  if (width && heads) CheckHeads(shape, &check);
}

/// Weights of one layer that are factors of matrix products: of the attention
/// (queries, keys, values, output) 4 d^2, less where heads share keys and
/// values, and fc and proj.
std::int64_t MatrixParametersPerLayer(const ModelShape& shape) {
  const std::int64_t d = shape.d_model;
  const std::int64_t attention = d * QkvOutputs(shape) + d * d;
  const std::int64_t ffn =
      HasFfn(shape) ? d * (FcOutputs(shape) + shape.d_ff) : 0;
  return attention + ffn;
}

/// With d = d_model, T = context, V = vocab_size:
///
///   per layer    4 d^2 + k d d_ff + 2 g d,  k = 3 for swiglu, else 2
///   final norm   g d,  g = 1 for rms (gain), 2 for layer (gain and bias)
///   embedding    V d, once more if the head is not tied, + T d if learned
///
/// Of kv_heads of h heads 2 d^2 (1 + kv_heads / h) in place of 4 d^2; without
/// feed-forward layers 4 d^2 + g d; without norms g = 0; with qk_norm 2 d / h
/// more a layer.
/// Source: Kaplan et al. 2020, section 2.1 (arXiv:2001.08361).
ParameterCounts CountAll(const ModelShape& shape) {
  const std::int64_t norm = NormParameters(shape);
  const std::int64_t norms = HasFfn(shape) ? 2 * norm : norm;
  const std::int64_t of_heads =
      shape.qk_norm && shape.heads > 0 ? 2 * (shape.d_model / shape.heads) : 0;
  const std::int64_t within =
      shape.layers * (MatrixParametersPerLayer(shape) + norms + of_heads) +
      norm;
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
///   qkv [3d, d], [d + 2 d kv_heads / heads, d]
///                                    1 / d
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
    specs.push_back(HiddenMatrix(InLayer(i, "qkv"), QkvOutputs(shape), d));
    specs.push_back(HiddenMatrix(InLayer(i, "out"), d, d, to_residual));
    if (!HasFfn(shape)) continue;
    specs.push_back(HiddenMatrix(InLayer(i, "fc"), FcOutputs(shape), d));
    specs.push_back(
        HiddenMatrix(InLayer(i, "proj"), d, shape.d_ff, to_residual));
  }
  AddOuterParameters(shape, &specs);
  for (std::int64_t i = 0; i < shape.layers; ++i) {
    AddNorm(shape, InLayer(i, "attention_norm"), &specs);
    if (HasFfn(shape)) AddNorm(shape, InLayer(i, "ffn_norm"), &specs);
    if (!shape.qk_norm) continue;
    for (const char* name : {"query_gain", "key_gain"}) {
      specs.push_back({.name = InLayer(i, name),
                       .sizes = {d / shape.heads},
                       .init_mean = 1.0});
    }
  }
  AddNorm(shape, "final_norm", &specs);
  return specs;
}

}  // namespace

ArchitectureTraits TransformerTraits() {
  return {.architecture = Architecture::kTransformer,
          .keys = {"layers", "heads", "head_size", "ffn_ratio", "d_ff", "ffn",
                   "norm", "position", "rotary_base", "tied_embeddings",
                   "attention", "causal", "kv_heads", "qk_norm"},
          .validate = Check,
          .parameters = Specs,
          .count = CountAll,
          .training_flops = TrainingFlops};
}

}  // namespace isoflop
