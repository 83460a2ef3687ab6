#include "lib/model/cpu/fp32_pass.h"

#include <ATen/ops/empty.h>

#include <algorithm>

#include "lib/core/vectorise.h"
#include "lib/model/layers.h"

namespace isoflop {
namespace {

ISOFLOP_VECTORISE
void AddTo(std::int64_t size, const float* x, float* sum) {
  for (std::int64_t i = 0; i < size; ++i) sum[i] += x[i];
}

}  // namespace

Fp32Pass::Fp32Pass(const ModelShape& shape, const Parameters& parameters)
    : shape_(shape),
      parameters_(parameters),
      sinusoidal_(SinusoidalPositions(shape, at::kFloat)),
      embedding_(Find("embedding")),
      input_(Find("input")),
      positions_(Find("positions")),
      // Tied, the head and the lookups add to one gradient.
      head_(Find(HasTiedHead(shape) ? "embedding" : "head")),
      final_norm_(FindNorm("final_norm")) {}

Fp32Pass::Weights Fp32Pass::Find(const std::string& name) const {
  const at::Tensor tensor = parameters_.Find(name);
  if (!tensor.defined()) return {};
  return {.values = tensor.data_ptr<float>(),
          .gradient = tensor.grad().data_ptr<float>()};
}

Fp32Pass::Norm Fp32Pass::FindNorm(const std::string& name) const {
  const Weights gain = Find(name + ".gain");
  const Weights bias = Find(name + ".bias");
  return {.weights = {.gain = gain.values, .bias = bias.values},
          .gradients = {.gain = gain.gradient, .bias = bias.gradient}};
}

Fp32Pass::NormState Fp32Pass::TakeNorm(const Norm& norm,
                                       Divider* divider) const {
  NormState state{.x = divider->Take<float>(rows() * shape_.d_model)};
  if (norm.weights.gain == nullptr) {
    state.y = state.x;
  } else {
    state.y = divider->Take<float>(rows() * shape_.d_model);
    state.statistics = {.mean = divider->Take<float>(rows()),
                        .inverse = divider->Take<float>(rows())};
  }
  return state;
}

void Fp32Pass::Reserve(std::int64_t windows, Room room) {
  if (windows == windows_ && room == room_) return;
  windows_ = windows;
  room_ = room;
  const auto divide = [&](char* memory) {
    Divider divider(memory);
    DivideLayers(room, &divider);
    final_norm_state_ = TakeNorm(final_norm_, &divider);
    outputs_ = divider.Take<float>(rows() * HeadOutputs(shape_));
    if (room == Room::kBothWays) {
      losses_ = divider.Take<float>(rows());
      dx_ = divider.Take<float>(rows() * shape_.d_model);
      dnorm_ = divider.Take<float>(rows() * shape_.d_model);
    }
    return divider.taken();
  };
  memory_.reset();  // or there would be both for a moment
  memory_ = at::empty({divide(nullptr)}, at::kByte);
  divide(static_cast<char*>(memory_.data_ptr()));
}

double Fp32Pass::AddGradient(const CpuBatch& batch, double weight) {
  Reserve(batch.windows, Room::kBothWays);
  const double counted = CountedRows(batch.counts, rows());
  Forward(batch);
  LossOf(batch, weight / counted, losses_);
  // LossOf has left the gradient of the outputs in their place.
  LinearBackward(shape_.d_model, HeadOutputs(shape_), final_norm_state_.y,
                 head_, outputs_, dnorm_);
  std::fill_n(dx_, rows() * shape_.d_model, 0.0F);
  BackwardNorm(final_norm_, final_norm_state_);
  BackwardLayers(batch);
  ReadInputsBackward(batch);
  double sum = 0.0;
  // In double: thousands of losses would lose digits in fp32.
  for (std::int64_t i = 0; i < rows(); ++i) {
    sum += static_cast<double>(losses_[i]);
  }
  return sum / counted;
}

void Fp32Pass::Losses(const CpuBatch& batch, float* losses) {
  Reserve(batch.windows, Room::kForwardOnly);
  Forward(batch);
  // The gradient is not wanted: a scale of 0 makes zeros of the outputs.
  LossOf(batch, 0.0, losses);
}

void Fp32Pass::Forward(const CpuBatch& batch) {
  if (float* x = FirstInput(); x != nullptr) ReadInputs(batch, x);
  ForwardLayers(batch, final_norm_state_.x);
  ForwardNorm(final_norm_, final_norm_state_);
  Linear(shape_.d_model, HeadOutputs(shape_), final_norm_state_.y, head_,
         outputs_);
}

void Fp32Pass::ReadInputs(const CpuBatch& batch, float* x) const {
  const std::int64_t d = shape_.d_model;
  if (shape_.d_in > 0) {
    Linear(shape_.d_in, d, batch.vectors, input_, x);
    if (positions_.values != nullptr) {
      cpu::AddPositions(rows(), d, shape_.context, positions_.values, x);
    }
  } else {
    cpu::Embed(rows(), d, shape_.context, batch.tokens, embedding_.values,
               positions_.values, x);
  }
  if (sinusoidal_.defined()) {
    cpu::AddPositions(rows(), d, shape_.context, sinusoidal_.data_ptr<float>(),
                      x);
  }
}

void Fp32Pass::ReadInputsBackward(const CpuBatch& batch) const {
  const std::int64_t d = shape_.d_model;
  if (shape_.d_in == 0) {
    cpu::EmbedBackward(rows(), d, shape_.context, batch.tokens, dx_,
                       embedding_.gradient, positions_.gradient);
    return;
  }
  if (input_.values == nullptr) return;
  LinearBackward(shape_.d_in, d, batch.vectors, input_, dx_, nullptr);
  if (positions_.gradient != nullptr) {
    cpu::AddPositionsBackward(rows(), d, shape_.context, dx_,
                              positions_.gradient);
  }
}

void Fp32Pass::LossOf(const CpuBatch& batch, double scale, float* losses) {
  if (shape_.d_out > 0) {
    cpu::SquaredError(rows(), shape_.d_out, batch.target_vectors, batch.counts,
                      static_cast<float>(scale), outputs_, losses);
  } else {
    cpu::CrossEntropy(rows(), shape_.vocab_size, batch.target_tokens,
                      batch.counts, static_cast<float>(scale), outputs_,
                      losses);
  }
}

void Fp32Pass::ForwardNorm(const Norm& norm, const NormState& state) const {
  if (norm.weights.gain == nullptr) return;
  cpu::Normalise(rows(), shape_.d_model, state.x, norm.weights, state.y,
                 state.statistics);
}

void Fp32Pass::BackwardNorm(const Norm& norm, const NormState& state) {
  if (norm.weights.gain == nullptr) {
    AddTo(rows() * shape_.d_model, dnorm_, dx_);
    return;
  }
  cpu::NormaliseBackward(rows(), shape_.d_model, state.x, dnorm_, norm.weights,
                         state.statistics, dx_, norm.gradients);
}

void Fp32Pass::Linear(std::int64_t inputs, std::int64_t outputs, const float* x,
                      const Weights& w, float* y, Into into) const {
  const ProfiledSections timed(profile_, StepSection::kProducts);
  Multiply(rows(), inputs, outputs, RowMajor(x, inputs),
           RowMajor(w.values, inputs).Transposed(), y, outputs, into);
}

void Fp32Pass::LinearBackward(std::int64_t inputs, std::int64_t outputs,
                              const float* x, const Weights& w, const float* dy,
                              float* dx) const {
  const ProfiledSections timed(profile_, StepSection::kProducts);
  Multiply(outputs, rows(), inputs, RowMajor(dy, outputs).Transposed(),
           RowMajor(x, inputs), w.gradient, inputs, Into::kAdd);
  if (dx == nullptr) return;
  Multiply(rows(), outputs, inputs, RowMajor(dy, outputs),
           RowMajor(w.values, inputs), dx, inputs, Into::kOverwrite);
}

}  // namespace isoflop
