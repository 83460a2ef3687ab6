// The shape of a model, and what it costs: parameters and FLOPs in closed form.

#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "lib/core/json.h"
#include "lib/core/names.h"
#include "lib/core/object_reader.h"

namespace isoflop {

enum class Architecture { kTransformer };
constexpr std::array<NamedValue<Architecture>, 1> EnumNames(Architecture) {
  return {{{Architecture::kTransformer, "transformer"}}};
}

enum class Position { kRotary, kLearned, kNone };
constexpr std::array<NamedValue<Position>, 3> EnumNames(Position) {
  return {{{Position::kRotary, "rotary"},
           {Position::kLearned, "learned"},
           {Position::kNone, "none"}}};
}

enum class FfnKind { kReluSquared, kRelu, kGelu, kSwiglu };
constexpr std::array<NamedValue<FfnKind>, 4> EnumNames(FfnKind) {
  return {{{FfnKind::kReluSquared, "relu_squared"},
           {FfnKind::kRelu, "relu"},
           {FfnKind::kGelu, "gelu"},
           {FfnKind::kSwiglu, "swiglu"}}};
}

enum class NormKind { kRms, kLayer };
constexpr std::array<NamedValue<NormKind>, 2> EnumNames(NormKind) {
  return {{{NormKind::kRms, "rms"}, {NormKind::kLayer, "layer"}}};
}

/// A decoder-only pre-norm Transformer without biases. Everything that changes
/// the function it computes is here.
struct ModelShape {
  Architecture architecture = Architecture::kTransformer;
  std::int64_t d_model = 0;
  std::int64_t layers = 0;
  std::int64_t heads = 0;    // divides d_model
  std::int64_t context = 0;  // window length, in tokens
  std::int64_t vocab_size = 0;
  std::int64_t d_ff = 0;  // width of the feed-forward layer
  FfnKind ffn = FfnKind::kReluSquared;
  NormKind norm = NormKind::kRms;
  Position position = Position::kRotary;
  double rotary_base = 100.0;   // used by Position::kRotary only
  bool tied_embeddings = true;  // output head = token embedding transposed

  bool operator==(const ModelShape&) const = default;
};

/// Adds to `problems` (at `path`) what makes the shape impossible to build:
/// heads that do not divide d_model, an odd head size with rotary positions,
/// a length that is not positive.
void Validate(const ModelShape& shape, const std::string& path,
              Problems* problems);

/// Returns the width of what fc gives: d_ff, and 2 d_ff (gate and up) for
/// swiglu.
inline std::int64_t FcOutputs(const ModelShape& shape) {
  return shape.ffn == FfnKind::kSwiglu ? 2 * shape.d_ff : shape.d_ff;
}

/// N, under both conventions.
struct ParameterCounts {
  std::int64_t total = 0;          // Hoffmann et al. 2022: every parameter
  std::int64_t non_embedding = 0;  // Kaplan et al. 2020: without token and
                                   // position embeddings and output head
};

/// Returns N in closed form. With d = d_model, T = context, V = vocab_size:
///
///   per layer    4 d^2 + k d d_ff + 2 g d,  k = 3 for swiglu, else 2
///   final norm   g d,  g = 1 for rms (gain), 2 for layer (gain and bias)
///   embedding    V d, once more if the head is not tied, + T d if learned
///
/// Source: Kaplan et al. 2020, section 2.1 (arXiv:2001.08361).
ParameterCounts CountParameters(const ModelShape& shape);

/// Returns the training FLOPs per token, forward and backward, counting every
/// matrix multiplication:
///
///   6 (matrix parameters, output head included) + 12 layers d_model context
///
/// The attention term is for full (not causal) scores, as is usual; embedding
/// lookups and elementwise work are left out.
/// Source: Chowdhery et al. 2022, appendix B (arXiv:2204.02311).
double TrainingFlopsPerToken(const ModelShape& shape);

Json ToJson(const ModelShape& shape);

/// Reads what ToJson writes. Throws Error, naming `path`.
ModelShape ModelShapeFromJson(const Json& json, const std::string& path);

}  // namespace isoflop
