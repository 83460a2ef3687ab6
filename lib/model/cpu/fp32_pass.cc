#include "lib/model/cpu/fp32_pass.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <string>
#include <type_traits>

namespace isoflop {
namespace {

/// Hands out pieces of a block of memory, or only counts them.
class Divider {
 public:
  explicit Divider(float* memory) : memory_(memory) {}

  float* Take(std::int64_t elements) {
    float* piece = memory_ == nullptr ? nullptr : memory_ + taken_;
    // Every piece begins at a cache line, as the whole does.
    const std::int64_t unit = Parameters::kAlignment;
    taken_ += (elements + unit - 1) / unit * unit;
    return piece;
  }

  std::int64_t taken() const { return taken_; }

 private:
  float* memory_;
  std::int64_t taken_ = 0;
};

}  // namespace

template <typename Float>
Fp32Pass::Matrices<Float> Fp32Pass::Find(const ModelShape& shape,
                                         const Parameters& parameters) {
  const auto find = [&](const std::string& name) -> Float* {
    const at::Tensor tensor = parameters.Find(name);
    if (!tensor.defined()) return nullptr;
    return std::is_const_v<Float> ? tensor.data_ptr<float>()
                                  : tensor.grad().data_ptr<float>();
  };
  const auto find_norm = [&](const std::string& name) {
    return cpu::NormWeights<Float>{.gain = find(name + ".gain"),
                                   .bias = find(name + ".bias")};
  };
  Matrices<Float> all;
  for (std::int64_t i = 0; i < shape.layers; ++i) {
    all.layers.push_back(
        {.attention_norm = find_norm(InLayer(i, "attention_norm")),
         .ffn_norm = find_norm(InLayer(i, "ffn_norm")),
         .qkv = find(InLayer(i, "qkv")),
         .out = find(InLayer(i, "out")),
         .fc = find(InLayer(i, "fc")),
         .proj = find(InLayer(i, "proj"))});
  }
  all.final_norm = find_norm("final_norm");
  all.embedding = find("embedding");
  all.input = find("input");
  all.positions = find("positions");
  // Tied, the head and the lookups add to one gradient.
  all.head = HasTiedHead(shape) ? all.embedding : find("head");
  return all;
}

Fp32Pass::Fp32Pass(const ModelShape& shape, const Parameters& parameters)
    : shape_(shape),
      parameters_(parameters),
      rotary_(RotaryTablesOf(shape, at::kFloat)),
      sinusoidal_(SinusoidalPositions(shape, at::kFloat)),
      weights_(Find<const float>(shape, parameters)),
      gradients_(Find<float>(shape, parameters)) {}

void Fp32Pass::Reserve(std::int64_t windows, Room room) {
  if (windows == windows_ && room == room_) return;
  windows_ = windows;
  room_ = room;
  attention_ = {.windows = windows,
                .context = shape_.context,
                .heads = shape_.heads,
                .head_size = shape_.d_model / shape_.heads};
  const std::int64_t rows = attention_.rows();
  const std::int64_t d = shape_.d_model;
  const bool both_ways = room == Room::kBothWays;
  const auto divide = [&](float* memory) {
    Divider divider(memory);
    const auto take_norm = [&] {
      return NormState{.x = divider.Take(rows * d),
                       .y = divider.Take(rows * d),
                       .statistics = {.mean = divider.Take(rows),
                                      .inverse = divider.Take(rows)}};
    };
    layers_.clear();
    for (std::int64_t i = 0; i < (both_ways ? shape_.layers : 1); ++i) {
      layers_.push_back({.attention_norm = take_norm(),
                         .ffn_norm = take_norm(),
                         .qkv = divider.Take(rows * 3 * d),
                         .weights = divider.Take(attention_.weights()),
                         .attended = divider.Take(rows * d),
                         .hidden = divider.Take(rows * FcOutputs(shape_)),
                         .activated = divider.Take(rows * shape_.d_ff)});
    }
    layers_.resize(static_cast<std::size_t>(shape_.layers), layers_.back());
    final_norm_ = take_norm();
    outputs_ = divider.Take(rows * HeadOutputs(shape_));
    if (!both_ways) return divider.taken();
    losses_ = divider.Take(rows);
    dx_ = divider.Take(rows * d);
    dnorm_ = divider.Take(rows * d);
    dwide_ = divider.Take(rows * std::max(3 * d, FcOutputs(shape_)));
    dactivated_ = divider.Take(rows * std::max(d, shape_.d_ff));
    scratch_ = divider.Take(shape_.context * shape_.context);
    return divider.taken();
  };
  memory_ = at::empty({divide(nullptr)}, at::kFloat);
  divide(memory_.data_ptr<float>());
}

void Fp32Pass::Linear(std::int64_t rows, std::int64_t inputs,
                      std::int64_t outputs, const float* x, const float* w,
                      float* y, Into into) const {
  const ProfiledSections timed(profile_, StepSection::kProducts);
  Multiply(rows, inputs, outputs, RowMajor(x, inputs),
           RowMajor(w, inputs).Transposed(), y, outputs, into);
}

void Fp32Pass::LinearBackward(std::int64_t rows, std::int64_t inputs,
                              std::int64_t outputs, const float* x,
                              const float* w, const float* dy, float* dx,
                              float* dw) const {
  const ProfiledSections timed(profile_, StepSection::kProducts);
  Multiply(outputs, rows, inputs, RowMajor(dy, outputs).Transposed(),
           RowMajor(x, inputs), dw, inputs, Into::kAdd);
  Multiply(rows, outputs, inputs, RowMajor(dy, outputs), RowMajor(w, inputs),
           dx, inputs, Into::kOverwrite);
}

double Fp32Pass::AddGradient(const CpuBatch& batch, double weight) {
  Reserve(batch.windows, Room::kBothWays);
  const double counted = CountedRows(batch.counts, attention_.rows());
  Forward(batch);
  LossOf(batch, weight / counted, losses_);
  Backward(batch);
  double sum = 0.0;
  // In double: thousands of losses would lose digits in fp32.
  for (std::int64_t i = 0; i < attention_.rows(); ++i) {
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

void Fp32Pass::LossOf(const CpuBatch& batch, double scale, float* losses) {
  if (shape_.d_out > 0) {
    cpu::SquaredError(attention_.rows(), shape_.d_out, batch.target_vectors,
                      batch.counts, static_cast<float>(scale), outputs_,
                      losses);
  } else {
    cpu::CrossEntropy(attention_.rows(), shape_.vocab_size, batch.target_tokens,
                      batch.counts, static_cast<float>(scale), outputs_,
                      losses);
  }
}

void Fp32Pass::Forward(const CpuBatch& batch) {
  const std::int64_t rows = attention_.rows();
  const std::int64_t d = shape_.d_model;
  float* x = layers_.front().attention_norm.x;
  if (shape_.d_in > 0) {
    Linear(rows, shape_.d_in, d, batch.vectors, weights_.input, x);
    if (weights_.positions != nullptr) {
      cpu::AddPositions(rows, d, shape_.context, weights_.positions, x);
    }
  } else {
    cpu::Embed(rows, d, shape_.context, batch.tokens, weights_.embedding,
               weights_.positions, x);
  }
  if (sinusoidal_.defined()) {
    cpu::AddPositions(rows, d, shape_.context, sinusoidal_.data_ptr<float>(),
                      x);
  }
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const bool last = i + 1 == layers_.size();
    ForwardLayer(weights_.layers[i], layers_[i],
                 last ? final_norm_.x : layers_[i + 1].attention_norm.x);
  }
  cpu::Normalise(rows, d, final_norm_.x, weights_.final_norm, final_norm_.y,
                 final_norm_.statistics);
  Linear(rows, d, HeadOutputs(shape_), final_norm_.y, weights_.head, outputs_);
}

void Fp32Pass::ForwardLayer(const LayerMatrices<const float>& w,
                            const LayerState& s, float* next) {
  const std::int64_t rows = attention_.rows();
  const std::int64_t d = shape_.d_model;
  cpu::Normalise(rows, d, s.attention_norm.x, w.attention_norm,
                 s.attention_norm.y, s.attention_norm.statistics);
  Linear(rows, d, 3 * d, s.attention_norm.y, w.qkv, s.qkv);
  if (rotary_.cos.defined()) {
    cpu::RotateInPlace(attention_, 0, rows, rotary_.cos.data_ptr<float>(),
                       rotary_.sin.data_ptr<float>(), 1.0F, s.qkv);
  }
  {
    const ProfiledSections timed(profile_, StepSection::kAttention);
    cpu::Attend(attention_, s.qkv, s.weights, s.attended);
  }
  // `next` may be attention_norm.x itself (Room::kForwardOnly): from here on
  // that is not read any more.
  std::copy_n(s.attention_norm.x, rows * d, s.ffn_norm.x);
  Linear(rows, d, d, s.attended, w.out, s.ffn_norm.x, Into::kAdd);

  cpu::Normalise(rows, d, s.ffn_norm.x, w.ffn_norm, s.ffn_norm.y,
                 s.ffn_norm.statistics);
  Linear(rows, d, FcOutputs(shape_), s.ffn_norm.y, w.fc, s.hidden);
  cpu::Activate(shape_.ffn, rows, shape_.d_ff, s.hidden, s.activated);
  std::copy_n(s.ffn_norm.x, rows * d, next);
  Linear(rows, shape_.d_ff, d, s.activated, w.proj, next, Into::kAdd);
}

void Fp32Pass::Backward(const CpuBatch& batch) {
  const std::int64_t rows = attention_.rows();
  const std::int64_t d = shape_.d_model;
  // LossOf has left the gradient of the outputs in their place.
  LinearBackward(rows, d, HeadOutputs(shape_), final_norm_.y, weights_.head,
                 outputs_, dnorm_, gradients_.head);
  std::fill_n(dx_, rows * d, 0.0F);
  BackwardNorm(final_norm_, weights_.final_norm, gradients_.final_norm);
  for (std::size_t i = layers_.size(); i-- > 0;) {
    BackwardLayer(weights_.layers[i], gradients_.layers[i], layers_[i]);
  }
  if (shape_.d_in == 0) {
    cpu::EmbedBackward(rows, d, shape_.context, batch.tokens, dx_,
                       gradients_.embedding, gradients_.positions);
    return;
  }
  Multiply(d, rows, shape_.d_in, RowMajor(dx_, d).Transposed(),
           RowMajor(batch.vectors, shape_.d_in), gradients_.input, shape_.d_in,
           Into::kAdd);
  if (gradients_.positions != nullptr) {
    cpu::AddPositionsBackward(rows, d, shape_.context, dx_,
                              gradients_.positions);
  }
}

void Fp32Pass::BackwardLayer(const LayerMatrices<const float>& w,
                             const LayerMatrices<float>& g,
                             const LayerState& s) {
  const std::int64_t rows = attention_.rows();
  const std::int64_t d = shape_.d_model;
  // dx_ is the gradient of the residual stream. A branch gets it as it is, and
  // what comes back through the norm of the branch is added to it.
  LinearBackward(rows, shape_.d_ff, d, s.activated, w.proj, dx_, dactivated_,
                 g.proj);
  cpu::ActivateBackward(shape_.ffn, rows, shape_.d_ff, s.hidden, dactivated_,
                        dwide_);
  LinearBackward(rows, d, FcOutputs(shape_), s.ffn_norm.y, w.fc, dwide_, dnorm_,
                 g.fc);
  BackwardNorm(s.ffn_norm, w.ffn_norm, g.ffn_norm);

  LinearBackward(rows, d, d, s.attended, w.out, dx_, dactivated_, g.out);
  {
    const ProfiledSections timed(profile_, StepSection::kAttention);
    cpu::AttendBackward(attention_, s.qkv, s.weights, dactivated_, scratch_,
                        dwide_);
  }
  if (rotary_.cos.defined()) {
    cpu::RotateInPlace(attention_, 0, rows, rotary_.cos.data_ptr<float>(),
                       rotary_.sin.data_ptr<float>(), -1.0F, dwide_);
  }
  LinearBackward(rows, d, 3 * d, s.attention_norm.y, w.qkv, dwide_, dnorm_,
                 g.qkv);
  BackwardNorm(s.attention_norm, w.attention_norm, g.attention_norm);
}

void Fp32Pass::BackwardNorm(const NormState& s,
                            const cpu::NormWeights<const float>& w,
                            const cpu::NormWeights<float>& g) {
  cpu::NormaliseBackward(attention_.rows(), shape_.d_model, s.x, dnorm_, w,
                         s.statistics, dx_, g);
}

}  // namespace isoflop
