// The shape of a model, and what it costs: parameters and FLOPs in closed form.

#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "lib/core/json.h"
#include "lib/core/names.h"
#include "lib/core/object_reader.h"

namespace isoflop {

enum class Architecture {
  kTransformer,
  kLstm,
  kGru,
  kMlp,
  kLinear,  // a linear predictor of vectors
};
constexpr std::array<NamedValue<Architecture>, 5> EnumNames(Architecture) {
  return {{{Architecture::kTransformer, "transformer"},
           {Architecture::kLstm, "lstm"},
           {Architecture::kGru, "gru"},
           {Architecture::kMlp, "mlp"},
           {Architecture::kLinear, "linear"}}};
}

/// How a Transformer knows where a token stands.
enum class Position {
  kRotary,      // queries and keys turn with it
  kLearned,     // a vector of its own is added to each
  kSinusoidal,  // likewise, but a fixed one
  kAlibi,       // scores fall with the distance
  kNone,
};
constexpr std::array<NamedValue<Position>, 5> EnumNames(Position) {
  return {{{Position::kRotary, "rotary"},
           {Position::kLearned, "learned"},
           {Position::kSinusoidal, "sinusoidal"},
           {Position::kAlibi, "alibi"},
           {Position::kNone, "none"}}};
}

enum class AttentionKind {
  kSoftmax,
  kLinear,  // scores are weights as they are
};
constexpr std::array<NamedValue<AttentionKind>, 2> EnumNames(AttentionKind) {
  return {{{AttentionKind::kSoftmax, "softmax"},
           {AttentionKind::kLinear, "linear"}}};
}

enum class FfnKind {
  kReluSquared,
  kRelu,
  kGelu,
  kSwiglu,
  kLinear,  // two matrices and nothing between them
  kNone,    // no feed-forward layers
};
constexpr std::array<NamedValue<FfnKind>, 6> EnumNames(FfnKind) {
  return {{{FfnKind::kReluSquared, "relu_squared"},
           {FfnKind::kRelu, "relu"},
           {FfnKind::kGelu, "gelu"},
           {FfnKind::kSwiglu, "swiglu"},
           {FfnKind::kLinear, "linear"},
           {FfnKind::kNone, "none"}}};
}

enum class NormKind { kRms, kLayer, kNone };
constexpr std::array<NamedValue<NormKind>, 3> EnumNames(NormKind) {
  return {{{NormKind::kRms, "rms"},
           {NormKind::kLayer, "layer"},
           {NormKind::kNone, "none"}}};
}

/// Everything that changes the function a model computes. Which fields an
/// architecture has a use for is in ArchitectureTraits::keys; others keep their
/// default.
struct ModelShape {
  Architecture architecture = Architecture::kTransformer;
  std::int64_t d_model = 0;
  std::int64_t layers = 0;
  std::int64_t heads = 0;       // divides d_model
  std::int64_t context = 0;     // positions of an example
  std::int64_t vocab_size = 0;  // of tokens; 0 where there are none
  std::int64_t d_in = 0;        // width of input vectors; 0: tokens
  std::int64_t d_out = 0;       // width of predicted vectors; 0: tokens
  std::int64_t d_ff = 0;        // width of the feed-forward layer
  FfnKind ffn = FfnKind::kReluSquared;
  NormKind norm = NormKind::kRms;
  Position position = Position::kRotary;
  double rotary_base = 100.0;   // used by Position::kRotary only
  bool tied_embeddings = true;  // output head = token embedding transposed
  AttentionKind attention = AttentionKind::kSoftmax;
  bool causal = true;         // positions see none after them
  std::int64_t kv_heads = 0;  // of keys and values, each for a group of the
                              // heads; 0: as many as heads
  bool qk_norm = false;       // queries and keys are normalised, head by head

  bool operator==(const ModelShape&) const = default;
};

/// Adds to `problems` (at `path`) what makes the shape impossible to build: a
/// length that is not positive, heads that do not divide d_model, an
/// architecture that these examples are nothing for.
void Validate(const ModelShape& shape, const std::string& path,
              Problems* problems);

/// Returns the width of what fc gives: d_ff, and 2 d_ff (gate and up) for
/// swiglu.
inline std::int64_t FcOutputs(const ModelShape& shape) {
  return shape.ffn == FfnKind::kSwiglu ? 2 * shape.d_ff : shape.d_ff;
}

/// Returns the number of heads that keys and values have.
inline std::int64_t KvHeads(const ModelShape& shape) {
  return shape.kv_heads > 0 ? shape.kv_heads : shape.heads;
}

/// Returns the width of queries, keys and values together: 3 d_model, less
/// where groups of heads share keys and values.
inline std::int64_t QkvOutputs(const ModelShape& shape) {
  if (KvHeads(shape) == shape.heads) return 3 * shape.d_model;
  return shape.d_model + 2 * KvHeads(shape) * (shape.d_model / shape.heads);
}

/// Whether attention is causal softmax attention and nothing more: what the
/// bf16 pass and the kernels of LibTorch do.
inline bool HasPlainAttention(const ModelShape& shape) {
  return shape.attention == AttentionKind::kSoftmax && shape.causal &&
         KvHeads(shape) == shape.heads && !shape.qk_norm &&
         shape.position != Position::kAlibi;
}

/// Returns the width of the outputs: logits, or a predicted vector.
inline std::int64_t HeadOutputs(const ModelShape& shape) {
  return shape.d_out > 0 ? shape.d_out : shape.vocab_size;
}

/// Whether the head is the token embedding.
inline bool HasTiedHead(const ModelShape& shape) {
  return shape.tied_embeddings && shape.d_in == 0 && shape.d_out == 0;
}

/// N, under both conventions.
struct ParameterCounts {
  std::int64_t total = 0;          // Hoffmann et al. 2022: every parameter
  std::int64_t non_embedding = 0;  // Kaplan et al. 2020: without token and
                                   // position embeddings and output head;
                                   // matrices from and to vectors count
};

/// Returns N in closed form, as the architecture's own file has it.
ParameterCounts CountParameters(const ModelShape& shape);

/// Returns the training FLOPs per position, forward and backward, counting
/// every matrix multiplication:
///
///   6 (matrix parameters, output head included)
///   + 12 layers d_model context, for the attention of a Transformer
///
/// Embedding lookups and elementwise work are left out.
/// Source: Chowdhery et al. 2022, appendix B (arXiv:2204.02311).
double TrainingFlopsPerToken(const ModelShape& shape);

Json ToJson(const ModelShape& shape);

/// Reads what ToJson writes. Throws Error, naming `path`.
ModelShape ModelShapeFromJson(const Json& json, const std::string& path);

}  // namespace isoflop
