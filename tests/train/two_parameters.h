// A hidden matrix and a gain, for tests of optimisers.

#pragma once

#include "lib/model/parameters.h"

namespace isoflop {

/// One hidden matrix [2, 3] of twos and one gain [3] of ones, so 32 elements
/// with their gaps.
inline Parameters TwoParameters() {
  Parameters parameters({{.name = "w", .sizes = {2, 3}, .hidden_matrix = true},
                         {.name = "g", .sizes = {3}, .init_mean = 1.0}},
                        at::kFloat);
  parameters.Find("w").detach().fill_(2.0);
  parameters.Find("g").detach().fill_(1.0);
  return parameters;
}

inline void SetGradients(Parameters& parameters, double value) {
  for (const at::Tensor& tensor : parameters.tensors()) {
    tensor.grad().fill_(value);
  }
}

}  // namespace isoflop
