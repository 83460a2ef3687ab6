// A parameter of a model: what is known of it before it is there.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace isoflop {

/// One parameter tensor.
struct ParameterSpec {
  std::string name;                 // "layer0.qkv"
  std::vector<std::int64_t> sizes;  // a matrix is [outputs, inputs]
  bool hidden_matrix = false;       // width-scaled learning rate, weight decay
  double init_mean = 0.0;
  double init_std = 0.0;  // of a normal distribution; 0: the mean itself
};

/// Returns "layer0.qkv" for (0, "qkv").
std::string InLayer(std::int64_t layer, const char* name);

/// Returns 1 / sqrt(value).
double InverseRoot(std::int64_t value);

/// A factor of products within the model, [outputs, inputs]: entries from a
/// normal distribution of variance scale^2 / inputs.
ParameterSpec HiddenMatrix(std::string name, std::int64_t outputs,
                           std::int64_t inputs, double scale = 1.0);

/// A table, or a map from or to what is outside the model: entries from a
/// normal distribution of variance 1 / d_model. Its learning rate is the peak
/// itself.
ParameterSpec OuterMatrix(std::string name, std::int64_t outputs,
                          std::int64_t inputs, std::int64_t d_model);

}  // namespace isoflop
