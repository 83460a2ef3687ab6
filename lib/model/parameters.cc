#include "lib/model/parameters.h"

#include <ATen/core/grad_mode.h>

#include <functional>
#include <numeric>
#include <utility>

#include "lib/core/random.h"

namespace isoflop {
namespace {

/// Keeps the numbers that weights start from apart from those that order the
/// data, which come from the same seed.
constexpr std::uint64_t kInitStream = 0x696e6974;

std::int64_t Elements(const ParameterSpec& spec) {
  return std::accumulate(spec.sizes.begin(), spec.sizes.end(), std::int64_t{1},
                         std::multiplies<>());
}

std::int64_t AlignedElements(const ParameterSpec& spec) {
  const std::int64_t unit = Parameters::kAlignment;
  return (Elements(spec) + unit - 1) / unit * unit;
}

/// Fills `view` with normal numbers drawn from `key`.
void FillNormal(const at::Tensor& view, const ParameterSpec& spec,
                std::uint64_t key) {
  RandomStream random(key);
  // In double on the CPU, so that no dtype and no device draws others.
  at::Tensor values = at::empty(view.sizes(), at::kDouble);
  double* data = values.data_ptr<double>();
  for (std::int64_t i = 0; i < values.numel(); ++i) {
    data[i] = spec.init_mean + spec.init_std * random.Normal();
  }
  view.copy_(values);
}

}  // namespace

Parameters::Parameters(std::vector<ParameterSpec> specs,
                       at::TensorOptions options)
    : specs_(std::move(specs)) {
  std::int64_t size = 0;
  for (const ParameterSpec& spec : specs_) {
    size += AlignedElements(spec);
    if (spec.hidden_matrix) hidden_size_ = size;
  }
  values_ = at::zeros({size}, options);
  gradients_ = at::zeros({size}, options);
  std::int64_t offset = 0;
  for (const ParameterSpec& spec : specs_) {
    // Detached: a leaf of its own, for which only the storage is shared.
    const auto view = [&](const at::Tensor& buffer) {
      return buffer.narrow(0, offset, Elements(spec)).view(spec.sizes).detach();
    };
    at::Tensor tensor = view(values_);
    tensor.set_requires_grad(true);
    tensor.mutable_grad() = view(gradients_);
    tensors_.push_back(std::move(tensor));
    offset += AlignedElements(spec);
  }
}

void Parameters::Initialize(std::int64_t seed) {
  const at::NoGradGuard no_grad;
  const std::uint64_t key =
      MixBits(static_cast<std::uint64_t>(seed), kInitStream);
  for (std::size_t i = 0; i < specs_.size(); ++i) {
    FillNormal(tensors_[i], specs_[i], MixBits(key, i));
  }
}

std::int64_t Parameters::count() const {
  return std::transform_reduce(specs_.begin(), specs_.end(), std::int64_t{0},
                               std::plus<>(), Elements);
}

at::Tensor Parameters::Find(const std::string& name) const {
  for (std::size_t i = 0; i < specs_.size(); ++i) {
    if (specs_[i].name == name) return tensors_[i];
  }
  return {};
}

}  // namespace isoflop
