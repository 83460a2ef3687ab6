// Recurrent networks: pre-norm residual layers of gated cells, without
// positions.
//
//   x = embedding[token]
//   x = x + cell(norm(x))     per layer, position after position
//   hidden = norm(x)
//
// A cell of G gates has ih [G d, d], hh [G d, d], starting with variance 1 / d,
// and bias [G d], starting at 0; a GRU also has hidden_bias [d]: see
// lib/model/lstm.cc and gru.cc.

#include "lib/sweep/architecture.h"

namespace isoflop {
namespace {

std::int64_t Gates(const ModelShape& shape) {
  return shape.architecture == Architecture::kLstm ? 4 : 3;
}

bool HasHiddenBias(const ModelShape& shape) {
  return shape.architecture == Architecture::kGru;
}

void CheckRecurrent(const ModelShape& shape, const std::string& path,
                    Problems* problems) {
  ShapeCheck check(path, problems);
  check.Width("d_model", shape.d_model);
  check.Depth("layers", shape.layers);
  check.Outside(shape);
}

std::int64_t RecurrentMatrices(const ModelShape& shape) {
  return 2 * Gates(shape) * shape.d_model * shape.d_model;
}

/// With d = d_model and G gates, 4 of an LSTM and 3 of a GRU:
///
///   per layer    2 G d^2 + G d + g d, and d of a GRU
///   final norm   g d,  g = 1 for rms (gain), 2 for layer (gain and bias), or 0
ParameterCounts CountRecurrent(const ModelShape& shape) {
  const std::int64_t d = shape.d_model;
  const std::int64_t norm = NormParameters(shape);
  const std::int64_t biases = Gates(shape) * d + (HasHiddenBias(shape) ? d : 0);
  const std::int64_t within =
      shape.layers * (RecurrentMatrices(shape) + biases + norm) + norm;
  ParameterCounts counts = CountOuterParameters(shape);
  counts.total += within;
  counts.non_embedding += within;
  return counts;
}

double RecurrentFlops(const ModelShape& shape) {
  return 6.0 * static_cast<double>(shape.layers * RecurrentMatrices(shape) +
                                   OuterProducts(shape));
}

std::vector<ParameterSpec> RecurrentSpecs(const ModelShape& shape) {
  const std::int64_t d = shape.d_model;
  const std::int64_t outputs = Gates(shape) * d;
  std::vector<ParameterSpec> specs;
  for (std::int64_t i = 0; i < shape.layers; ++i) {
    specs.push_back(HiddenMatrix(InLayer(i, "ih"), outputs, d));
    specs.push_back(HiddenMatrix(InLayer(i, "hh"), outputs, d));
  }
  AddOuterParameters(shape, &specs);
  for (std::int64_t i = 0; i < shape.layers; ++i) {
    specs.push_back({.name = InLayer(i, "bias"), .sizes = {outputs}});
    if (HasHiddenBias(shape)) {
      specs.push_back({.name = InLayer(i, "hidden_bias"), .sizes = {d}});
    }
    AddNorm(shape, InLayer(i, "norm"), &specs);
  }
  AddNorm(shape, "final_norm", &specs);
  return specs;
}

}  // namespace

ArchitectureTraits RecurrentTraits(Architecture architecture) {
  return {.architecture = architecture,
          .keys = {"layers", "norm", "tied_embeddings"},
          .validate = CheckRecurrent,
          .parameters = RecurrentSpecs,
          .count = CountRecurrent,
          .training_flops = RecurrentFlops};
}

}  // namespace isoflop
