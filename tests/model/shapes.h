// Small shapes with every combination of options, and models of them.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lib/core/random.h"
#include "lib/model/tensor.h"
#include "lib/model/transformer.h"
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
  return std::string(NameOf(shape.ffn)) + " " +
         std::string(NameOf(shape.norm)) + " " +
         std::string(NameOf(shape.position)) +
         (shape.tied_embeddings ? " tied" : " untied");
}

/// Every combination of feed-forward, norm, position and head.
inline std::vector<ModelShape> EveryKindOfShape() {
  std::vector<ModelShape> shapes;
  for (const auto& ffn : EnumNames(FfnKind{})) {
    for (const auto& norm : EnumNames(NormKind{})) {
      for (const auto& position : EnumNames(Position{})) {
        for (const bool tied : {true, false}) {
          ModelShape shape = TinyShape();
          shape.ffn = ffn.value;
          shape.norm = norm.value;
          shape.position = position.value;
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

inline Transformer BuildModel(const ModelShape& shape,
                              const ComputeOptions& options = {}) {
  Transformer model(shape, options);
  model.parameters().Initialize(5);
  model.WeightsChanged();
  return model;
}

inline double MaxDifference(const at::Tensor& a, const at::Tensor& b) {
  return (a - b).abs().max().item<double>();
}

}  // namespace isoflop
