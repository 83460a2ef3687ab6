#include "lib/model/cpu/recurrent_pass.h"

#include <algorithm>

#include "lib/core/vectorise.h"

namespace isoflop {
namespace {

/// y[row] += x[row], rows of `width`, `x_stride` and `y_stride` apart.
ISOFLOP_VECTORISE
void AddEachRow(std::int64_t rows, std::int64_t width, const float* x,
                std::int64_t x_stride, float* y, std::int64_t y_stride) {
  for (std::int64_t row = 0; row < rows; ++row, x += x_stride, y += y_stride) {
    for (std::int64_t i = 0; i < width; ++i) y[i] += x[i];
  }
}

}  // namespace

RecurrentPass::RecurrentPass(const ModelShape& shape,
                             const Parameters& parameters,
                             const cpu::CellKernel& kernel)
    : Fp32Pass(shape, parameters), kernel_(kernel) {
  for (std::int64_t i = 0; i < shape.layers; ++i) {
    layers_.push_back({.norm = FindNorm(InLayer(i, "norm")),
                       .ih = Find(InLayer(i, "ih")),
                       .hh = Find(InLayer(i, "hh")),
                       .bias = Find(InLayer(i, "bias")),
                       .hidden_bias = Find(InLayer(i, "hidden_bias"))});
  }
}

void RecurrentPass::DivideLayers(Room room, Divider* divider) {
  const std::int64_t d = shape().d_model;
  const std::size_t layers = layers_.size();
  states_.clear();
  for (std::size_t i = 0; i < (room == Room::kBothWays ? layers : 1); ++i) {
    states_.push_back({.norm = TakeNorm(layers_[i].norm, divider),
                       .gates = divider->Take<float>(rows() * all_gates()),
                       .memory = divider->Take<float>(rows() * d),
                       .previous = divider->Take<float>(rows() * d)});
  }
  states_.resize(layers, states_.back());
  from_state_ = divider->Take<float>(windows() * all_gates());
  h_ = divider->Take<float>(windows() * d);
  if (room == Room::kForwardOnly) return;
  dc_ = divider->Take<float>(windows() * d);
  dinput_ = divider->Take<float>(rows() * all_gates());
  dstate_ =
      kernel_.adds_state ? dinput_ : divider->Take<float>(rows() * all_gates());
}

void RecurrentPass::ForwardLayers(const CpuBatch& /*batch*/, float* last) {
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    ForwardLayer(layers_[i], states_[i],
                 i + 1 == layers_.size() ? last : states_[i + 1].norm.x);
  }
}

cpu::CellForward RecurrentPass::At(std::int64_t position, const Layer& layer,
                                   const LayerState& s) const {
  const std::int64_t d = shape().d_model;
  const bool first = position == 0;
  return {.windows = windows(),
          .d = d,
          .stride = shape().context,
          .gates = s.gates + position * all_gates(),
          .bias = layer.bias.values,
          .hidden_bias = layer.hidden_bias.values,
          .from_state = first ? nullptr : from_state_,
          .previous = s.previous + position * d,
          .memory_before = first ? nullptr : s.memory + (position - 1) * d,
          .memory = s.memory + position * d,
          .h = h_};
}

void RecurrentPass::ForwardLayer(const Layer& layer, const LayerState& s,
                                 float* next) {
  const std::int64_t d = shape().d_model;
  const std::int64_t T = shape().context;
  ForwardNorm(layer.norm, s.norm);
  Linear(d, all_gates(), s.norm.y, layer.ih, s.gates);
  // `next` may be norm.x itself (Room::kForwardOnly).
  if (next != s.norm.x) std::copy_n(s.norm.x, rows() * d, next);
  for (std::int64_t w = 0; w < windows(); ++w) {
    std::fill_n(s.previous + w * T * d, d, 0.0F);
  }
  for (std::int64_t t = 0; t < T; ++t) {
    if (t > 0) {
      const ProfiledSections timed(profile_, StepSection::kProducts);
      Multiply(windows(), d, all_gates(), RowMajor(h_, d),
               RowMajor(layer.hh.values, d).Transposed(), from_state_,
               all_gates(), Into::kOverwrite);
    }
    kernel_.forward(At(t, layer, s));
    AddEachRow(windows(), d, h_, d, next + t * d, T * d);
    if (t + 1 == T) break;
    for (std::int64_t w = 0; w < windows(); ++w) {
      std::copy_n(h_ + w * d, d, s.previous + (w * T + t + 1) * d);
    }
  }
}

void RecurrentPass::BackwardLayers(const CpuBatch& /*batch*/) {
  for (std::size_t i = layers_.size(); i-- > 0;) {
    BackwardLayer(layers_[i], states_[i]);
  }
}

void RecurrentPass::BackwardLayer(const Layer& layer, const LayerState& s) {
  const std::int64_t d = shape().d_model;
  const std::int64_t T = shape().context;
  std::fill_n(h_, windows() * d, 0.0F);
  std::fill_n(dc_, windows() * d, 0.0F);
  for (std::int64_t t = T; t-- > 0;) {
    // The gradient of h comes from the residual stream, and from the position
    // after.
    AddEachRow(windows(), d, dx() + t * d, T * d, h_, d);
    kernel_.backward({.forward = At(t, layer, s),
                      .dh = h_,
                      .dc = dc_,
                      .dinput = dinput_ + t * all_gates(),
                      .dstate = dstate_ + t * all_gates()});
    if (t == 0) break;
    const ProfiledSections timed(profile_, StepSection::kProducts);
    Multiply(windows(), all_gates(), d,
             RowMajor(dstate_ + t * all_gates(), T * all_gates()),
             RowMajor(layer.hh.values, d), h_, d, Into::kAdd);
  }
  // The state before the first position is 0, and adds nothing.
  LinearBackward(d, all_gates(), s.previous, layer.hh, dstate_, nullptr);
  LinearBackward(d, all_gates(), s.norm.y, layer.ih, dinput_, dnorm());
  cpu::AddRows(rows(), all_gates(), dinput_, all_gates(), layer.bias.gradient);
  if (layer.hidden_bias.gradient != nullptr) {
    cpu::AddRows(rows(), d, dstate_ + 2 * d, all_gates(),
                 layer.hidden_bias.gradient);
  }
  BackwardNorm(layer.norm, s.norm);
}

}  // namespace isoflop
