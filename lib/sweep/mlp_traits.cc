// A multilayer perceptron, the same at every position: it sees no other.
//
//   x = activate(fc x + bias)     per layer, the first from the inputs
//
// Matrices start with variance 2 / inputs (He et al. 2015, arXiv:1502.01852),
// biases at 0.

#include <cmath>

#include "lib/sweep/architecture.h"

namespace isoflop {
namespace {

/// Of the first layer: the vector itself, or the embedding of a token.
std::int64_t FirstInputs(const ModelShape& shape) {
  return shape.d_in > 0 ? shape.d_in : shape.d_model;
}

void CheckMlp(const ModelShape& shape, const std::string& path,
              Problems* problems) {
  ShapeCheck check(path, problems);
  check.Width("d_model", shape.d_model);
  check.Depth("layers", shape.layers);
  check.Outside(shape);
  if (shape.ffn == FfnKind::kSwiglu) {
    check.Refuse("ffn",
                 "swiglu needs two matrices a layer, and an mlp has one");
  }
  if (shape.ffn == FfnKind::kNone) {
    check.Refuse("ffn", "none would leave nothing of an mlp");
  }
}

std::int64_t MlpMatrices(const ModelShape& shape) {
  const std::int64_t d = shape.d_model;
  return d * FirstInputs(shape) + (shape.layers - 1) * d * d;
}

/// With d = d_model: d (d_in + 1) + (layers - 1) d (d + 1) + outputs d; of
/// tokens d in place of d_in, and the embedding V d.
ParameterCounts CountMlp(const ModelShape& shape) {
  const std::int64_t d = shape.d_model;
  const std::int64_t within = MlpMatrices(shape) + shape.layers * d;
  ParameterCounts counts{.total = within, .non_embedding = within};
  if (shape.d_in == 0) counts.total += shape.vocab_size * d;
  if (shape.d_out > 0) {
    counts.total += shape.d_out * d;
    counts.non_embedding += shape.d_out * d;
  } else if (!HasTiedHead(shape)) {
    counts.total += shape.vocab_size * d;
  }
  return counts;
}

double MlpFlops(const ModelShape& shape) {
  return 6.0 * static_cast<double>(MlpMatrices(shape) +
                                   HeadOutputs(shape) * shape.d_model);
}

std::vector<ParameterSpec> MlpSpecs(const ModelShape& shape) {
  const std::int64_t d = shape.d_model;
  const double he = std::sqrt(2.0);
  std::vector<ParameterSpec> specs;
  // What reads vectors from outside is no hidden matrix, as elsewhere.
  ParameterSpec first =
      HiddenMatrix(InLayer(0, "fc"), d, FirstInputs(shape), he);
  first.hidden_matrix = shape.d_in == 0;
  if (first.hidden_matrix) specs.push_back(first);
  for (std::int64_t i = 1; i < shape.layers; ++i) {
    specs.push_back(HiddenMatrix(InLayer(i, "fc"), d, d, he));
  }
  if (!first.hidden_matrix) specs.push_back(first);
  if (shape.d_in == 0) {
    specs.push_back(OuterMatrix("embedding", shape.vocab_size, d, d));
  }
  if (!HasTiedHead(shape)) {
    specs.push_back(OuterMatrix("head", HeadOutputs(shape), d, d));
  }
  for (std::int64_t i = 0; i < shape.layers; ++i) {
    specs.push_back({.name = InLayer(i, "bias"), .sizes = {d}});
  }
  return specs;
}

}  // namespace

ArchitectureTraits MlpTraits() {
  return {.architecture = Architecture::kMlp,
          .keys = {"layers", "ffn", "tied_embeddings"},
          .validate = CheckMlp,
          .parameters = MlpSpecs,
          .count = CountMlp,
          .training_flops = MlpFlops};
}

}  // namespace isoflop
