#include "lib/sweep/parameter_spec.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

namespace isoflop {

std::string InLayer(std::int64_t layer, const char* name) {
  return fmt::format("layer{}.{}", layer, name);
}

double InverseRoot(std::int64_t value) {
  return 1.0 / std::sqrt(static_cast<double>(value));
}

ParameterSpec HiddenMatrix(std::string name, std::int64_t outputs,
                           std::int64_t inputs, double scale) {
  return {.name = std::move(name),
          .sizes = {outputs, inputs},
          .hidden_matrix = true,
          .init_std = InverseRoot(inputs) * scale};
}

ParameterSpec OuterMatrix(std::string name, std::int64_t outputs,
                          std::int64_t inputs, std::int64_t d_model) {
  return {.name = std::move(name),
          .sizes = {outputs, inputs},
          .init_std = InverseRoot(d_model)};
}

}  // namespace isoflop
