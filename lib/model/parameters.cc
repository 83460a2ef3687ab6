#include "lib/model/parameters.h"

#include <ATen/core/grad_mode.h>
#include <fmt/core.h>

#include <cmath>
#include <functional>
#include <numeric>
#include <utility>

#include "lib/core/random.h"

namespace isoflop {
namespace {

/// Keeps the numbers that weights start from apart from those that order the
/// data, which come from the same seed.
constexpr std::uint64_t kInitStream = 0x696e6974;

double InverseRoot(std::int64_t value) {
  return 1.0 / std::sqrt(static_cast<double>(value));
}

ParameterSpec HiddenMatrix(std::string name, std::int64_t outputs,
                           std::int64_t inputs, double depth_factor = 1.0) {
  return {.name = std::move(name),
          .sizes = {outputs, inputs},
          .hidden_matrix = true,
          .init_std = InverseRoot(inputs) * depth_factor};
}

void AddHiddenMatrices(const ModelShape& shape, std::int64_t layer,
                       std::vector<ParameterSpec>* specs) {
  const std::int64_t d = shape.d_model;
  // So many branches add to the residual stream, whose variance should not grow
  // with depth. Source: Radford et al. 2019 (GPT-2).
  const double to_residual = InverseRoot(2 * shape.layers);
  specs->push_back(HiddenMatrix(InLayer(layer, "qkv"), 3 * d, d));
  specs->push_back(HiddenMatrix(InLayer(layer, "out"), d, d, to_residual));
  specs->push_back(HiddenMatrix(InLayer(layer, "fc"), FcOutputs(shape), d));
  specs->push_back(
      HiddenMatrix(InLayer(layer, "proj"), d, shape.d_ff, to_residual));
}

void AddNorm(const ModelShape& shape, const std::string& name,
             std::vector<ParameterSpec>* specs) {
  specs->push_back(
      {.name = name + ".gain", .sizes = {shape.d_model}, .init_mean = 1.0});
  if (shape.norm == NormKind::kLayer) {
    specs->push_back({.name = name + ".bias", .sizes = {shape.d_model}});
  }
}

ParameterSpec Embedding(const ModelShape& shape, std::string name,
                        std::int64_t rows) {
  return {.name = std::move(name),
          .sizes = {rows, shape.d_model},
          .init_std = InverseRoot(shape.d_model)};
}

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

std::string InLayer(std::int64_t layer, const char* name) {
  return fmt::format("layer{}.{}", layer, name);
}

std::vector<ParameterSpec> ParameterSpecs(const ModelShape& shape) {
  // Hidden matrices first, in one stretch, which the optimizer treats alike.
  std::vector<ParameterSpec> specs;
  for (std::int64_t layer = 0; layer < shape.layers; ++layer) {
    AddHiddenMatrices(shape, layer, &specs);
  }
  specs.push_back(Embedding(shape, "embedding", shape.vocab_size));
  if (shape.position == Position::kLearned) {
    specs.push_back(Embedding(shape, "positions", shape.context));
  }
  if (!shape.tied_embeddings) {
    specs.push_back(Embedding(shape, "head", shape.vocab_size));
  }
  for (std::int64_t layer = 0; layer < shape.layers; ++layer) {
    AddNorm(shape, InLayer(layer, "attention_norm"), &specs);
    AddNorm(shape, InLayer(layer, "ffn_norm"), &specs);
  }
  AddNorm(shape, "final_norm", &specs);
  return specs;
}

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
