// Small shapes with every combination of options, and models of them.

#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "lib/core/normals.h"
#include "lib/core/random.h"
#include "lib/model/model.h"
#include "lib/model/tensor.h"
#include "lib/sweep/model_shape.h"

namespace isoflop {

inline ModelShape TinyShape() {
  return {.d_model = 16,
          .layers = 2,
          .heads = 2,
          .context = 12,
          .vocab_size = 11,
          .d_ff = 40};
}

inline std::string NameOfOptions(const ModelShape& shape) {
  return std::string(NameOf(shape.architecture)) + " " +
         std::string(NameOf(shape.ffn)) + " " +
         std::string(NameOf(shape.norm)) + " " +
         std::string(NameOf(shape.position)) +
         (shape.tied_embeddings ? " tied" : " untied");
}

/// Every combination of the usual feed-forward layers, norms, positions and
/// heads.
inline std::vector<ModelShape> EveryKindOfShape() {
  std::vector<ModelShape> shapes;
  for (const FfnKind ffn : {FfnKind::kReluSquared, FfnKind::kRelu,
                            FfnKind::kGelu, FfnKind::kSwiglu}) {
    for (const NormKind norm : {NormKind::kRms, NormKind::kLayer}) {
      for (const Position position :
           {Position::kRotary, Position::kLearned, Position::kNone}) {
        for (const bool tied : {true, false}) {
          ModelShape shape = TinyShape();
          shape.ffn = ffn;
          shape.norm = norm;
          shape.position = position;
          shape.tied_embeddings = tied;
          shapes.push_back(shape);
        }
      }
    }
  }
  return shapes;
}

/// Random token ids [batch, context] below the vocabulary size.
inline at::Tensor RandomTokens(const ModelShape& shape, std::uint64_t key,
                               std::int64_t batch = 3) {
  RandomStream random(key);
  at::Tensor tokens = at::empty({batch, shape.context}, at::kLong);
  auto* data = tokens.data_ptr<std::int64_t>();
  for (std::int64_t i = 0; i < tokens.numel(); ++i) {
    data[i] = static_cast<std::int64_t>(
        random.Below(static_cast<std::uint64_t>(shape.vocab_size)));
  }
  return tokens;
}

/// Normal numbers [batch, context, width].
inline at::Tensor RandomVectors(const ModelShape& shape, std::int64_t width,
                                std::uint64_t key, std::int64_t batch) {
  at::Tensor vectors = at::empty({batch, shape.context, width}, at::kFloat);
  FillNormal(key, {vectors.data_ptr<float>(),
                   static_cast<std::size_t>(vectors.numel())});
  return vectors;
}

/// A batch of what the shape takes; with `masked` about every third position
/// counts.
inline Batch RandomBatch(const ModelShape& shape, std::int64_t batch = 3,
                         bool masked = false) {
  Batch random;
  random.inputs = shape.d_in > 0 ? RandomVectors(shape, shape.d_in, 1, batch)
                                 : RandomTokens(shape, 1, batch);
  random.targets = shape.d_out > 0 ? RandomVectors(shape, shape.d_out, 2, batch)
                                   : RandomTokens(shape, 2, batch);
  if (masked) {
    random.counts =
        RandomVectors(shape, 1, 3, batch).squeeze(-1).gt(0.4).to(at::kFloat);
  }
  return random;
}

/// Transformers whose attention, norms or feed-forward layers are not as usual.
inline std::vector<ModelShape> UnusualShapes() {
  std::vector<ModelShape> shapes;
  const auto add = [&shapes](auto change) {
    ModelShape shape = TinyShape();
    shape.heads = 4;
    change(&shape);
    shapes.push_back(shape);
  };
  add([](ModelShape* s) { s->position = Position::kSinusoidal; });
  add([](ModelShape* s) { s->position = Position::kAlibi; });
  add([](ModelShape* s) { s->attention = AttentionKind::kLinear; });
  add([](ModelShape* s) { s->causal = false; });
  add([](ModelShape* s) { s->kv_heads = 2; });
  add([](ModelShape* s) {
    s->kv_heads = 1;
    s->qk_norm = true;
    s->ffn = FfnKind::kSwiglu;
  });
  add([](ModelShape* s) { s->qk_norm = true; });
  add([](ModelShape* s) { s->ffn = FfnKind::kLinear; });
  add([](ModelShape* s) {
    s->ffn = FfnKind::kNone;
    s->d_ff = 0;
  });
  add([](ModelShape* s) { s->norm = NormKind::kNone; });
  add([](ModelShape* s) {
    s->causal = false;
    s->attention = AttentionKind::kLinear;
    s->position = Position::kLearned;
    s->norm = NormKind::kNone;
    s->ffn = FfnKind::kNone;
    s->d_ff = 0;
    s->d_in = 5;
    s->d_out = 1;
  });
  add([](ModelShape* s) {
    s->causal = false;
    s->position = Position::kAlibi;
    s->d_model = 20;
    s->heads = 5;
  });
  return shapes;
}

/// Transformers of vectors, or from tokens to vectors and back.
inline std::vector<ModelShape> ShapesOfVectors() {
  std::vector<ModelShape> shapes;
  for (const auto& [d_in, d_out] :
       {std::pair{5, 1}, std::pair{3, 2}, std::pair{4, 0}, std::pair{0, 3}}) {
    for (const Position position : {Position::kLearned, Position::kNone}) {
      ModelShape shape = TinyShape();
      shape.position = position;
      shape.d_in = d_in;
      shape.d_out = d_out;
      shapes.push_back(shape);
    }
  }
  return shapes;
}

/// What is neither a Transformer nor linear, of odd widths, from tokens to
/// tokens and from vectors to vectors.
inline std::vector<ModelShape> OtherShapes() {
  std::vector<ModelShape> shapes;
  for (const Architecture architecture :
       {Architecture::kLstm, Architecture::kGru, Architecture::kMlp}) {
    for (const NormKind norm : {NormKind::kRms, NormKind::kLayer}) {
      for (const bool vectors : {false, true}) {
        ModelShape shape{.architecture = architecture,
                         .d_model = 13,
                         .layers = 2,
                         .context = 7,
                         .vocab_size = vectors ? 0 : 11,
                         .d_in = vectors ? 3 : 0,
                         .d_out = vectors ? 2 : 0,
                         .ffn = FfnKind::kGelu,
                         .norm = norm};
        shape.tied_embeddings = norm == NormKind::kRms;
        shapes.push_back(shape);
      }
    }
  }
  return shapes;
}

/// A linear predictor of two numbers from seven.
inline ModelShape LinearShape() {
  return {.architecture = Architecture::kLinear,
          .d_model = 7,
          .context = 4,
          .d_in = 7,
          .d_out = 2};
}

inline Model BuildModel(const ModelShape& shape,
                        const ComputeOptions& options = {}) {
  Model model(shape, options);
  model.parameters().Initialize(5);
  model.WeightsChanged();
  return model;
}

inline double MaxDifference(const at::Tensor& a, const at::Tensor& b) {
  return (a - b).abs().max().item<double>();
}

}  // namespace isoflop
