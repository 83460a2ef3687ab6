// A linear predictor of vectors: outputs = head x, for inputs x of d_model
// numbers. Its one matrix, [d_out, d_model], starts at 0.

#include <fmt/format.h>

#include "lib/sweep/architecture.h"

namespace isoflop {
namespace {

void Check(const ModelShape& shape, const std::string& path,
           Problems* problems) {
  ShapeCheck check(path, problems);
  check.Width("d_model", shape.d_model);
  check.Outside(shape);
  if (shape.d_in == 0 || shape.d_out == 0) {
    check.Refuse("architecture",
                 "linear predicts vectors from vectors, and these examples are "
                 "tokens");
  } else if (shape.d_model != shape.d_in) {
    check.Refuse("d_model",
                 fmt::format("a linear model has as many features as an input "
                             "has numbers, which is {}, not {}",
                             shape.d_in, shape.d_model));
  }
}

ParameterCounts CountAll(const ModelShape& shape) {
  const std::int64_t all = shape.d_out * shape.d_model;
  return {.total = all, .non_embedding = all};
}

double TrainingFlops(const ModelShape& shape) {
  return 6.0 * static_cast<double>(CountAll(shape).total);
}

std::vector<ParameterSpec> Specs(const ModelShape& shape) {
  return {{.name = "head", .sizes = {shape.d_out, shape.d_model}}};
}

}  // namespace

ArchitectureTraits LinearTraits() {
  return {.architecture = Architecture::kLinear,
          .keys = {},
          .validate = Check,
          .parameters = Specs,
          .count = CountAll,
          .training_flops = TrainingFlops};
}

}  // namespace isoflop
