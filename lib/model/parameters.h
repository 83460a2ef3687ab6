// The parameters of a model: what there are, how they start, and the one flat
// buffer that they are views of. The optimizer sees the buffer only, so its
// step is a few operations whatever the number of matrices.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lib/model/tensor.h"
#include "lib/sweep/architecture.h"

namespace isoflop {

/// Values and gradients of all parameters: two flat buffers of the same layout,
/// and a view of each per parameter. Every parameter starts at a multiple of
/// kAlignment elements; the gaps are zero and stay zero.
class Parameters {
 public:
  static constexpr std::int64_t kAlignment = 16;

  Parameters(std::vector<ParameterSpec> specs, at::TensorOptions options);

  /// Draws every value from `seed`: a pure function of the seed and the
  /// parameter's place, the same on every machine and device.
  void Initialize(std::int64_t seed);

  /// Flat buffers [size()].
  const at::Tensor& values() const { return values_; }
  const at::Tensor& gradients() const { return gradients_; }

  std::int64_t size() const { return values_.numel(); }

  /// Length of the leading segment that holds the hidden matrices.
  std::int64_t hidden_size() const { return hidden_size_; }

  /// N: the parameters themselves, without the gaps.
  std::int64_t count() const;

  const std::vector<ParameterSpec>& specs() const { return specs_; }

  /// Views into values(), in the order of specs(): leaves of the autograd
  /// graph, with views into gradients() as their gradients.
  const std::vector<at::Tensor>& tensors() const { return tensors_; }

  /// Returns the view of the parameter called `name`; undefined when the shape
  /// has none.
  at::Tensor Find(const std::string& name) const;

 private:
  std::vector<ParameterSpec> specs_;
  std::int64_t hidden_size_ = 0;
  at::Tensor values_;
  at::Tensor gradients_;
  std::vector<at::Tensor> tensors_;
};

}  // namespace isoflop
