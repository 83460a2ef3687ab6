// Small shapes with every combination of options.

#pragma once

#include <string>
#include <vector>

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

}  // namespace isoflop
