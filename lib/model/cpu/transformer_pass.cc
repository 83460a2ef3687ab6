#include "lib/model/cpu/transformer_pass.h"

#include <algorithm>

namespace isoflop {

TransformerPass::TransformerPass(const ModelShape& shape,
                                 const Parameters& parameters)
    : Fp32Pass(shape, parameters), rotary_(RotaryTablesOf(shape, at::kFloat)) {
  for (std::int64_t i = 0; i < shape.layers; ++i) {
    layers_.push_back({.attention_norm = FindNorm(InLayer(i, "attention_norm")),
                       .ffn_norm = FindNorm(InLayer(i, "ffn_norm")),
                       .qkv = Find(InLayer(i, "qkv")),
                       .out = Find(InLayer(i, "out")),
                       .fc = Find(InLayer(i, "fc")),
                       .proj = Find(InLayer(i, "proj"))});
  }
}

void TransformerPass::DivideLayers(Room room, Divider* divider) {
  attention_ = {.windows = windows(),
                .context = shape().context,
                .heads = shape().heads,
                .head_size = shape().d_model / shape().heads,
                .options = AttentionOptionsOf(shape())};
  const std::int64_t d = shape().d_model;
  const std::int64_t fc = FcOutputs(shape());
  const std::int64_t d_ff = shape().d_ff;
  const std::size_t layers = layers_.size();
  states_.clear();
  for (std::size_t i = 0; i < (room == Room::kBothWays ? layers : 1); ++i) {
    LayerState s{.attention_norm = TakeNorm(layers_[i].attention_norm, divider),
                 .qkv = divider->Take<float>(rows() * 3 * d),
                 .weights = divider->Take<float>(attention_.weights()),
                 .attended = divider->Take<float>(rows() * d)};
    if (HasFfn()) {
      s.ffn_norm = TakeNorm(layers_[i].ffn_norm, divider);
      s.hidden = divider->Take<float>(rows() * fc);
      s.activated = divider->Take<float>(rows() * d_ff);
    }
    states_.push_back(s);
  }
  states_.resize(layers, states_.back());
  if (room == Room::kForwardOnly) return;
  dwide_ = divider->Take<float>(rows() * std::max(3 * d, fc));
  dactivated_ = divider->Take<float>(rows() * std::max(d, d_ff));
  scratch_ = divider->Take<float>(shape().context * shape().context);
}

void TransformerPass::ForwardLayers(const CpuBatch& /*batch*/, float* last) {
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    ForwardLayer(
        layers_[i], states_[i],
        i + 1 == layers_.size() ? last : states_[i + 1].attention_norm.x);
  }
}

void TransformerPass::ForwardLayer(const Layer& layer, const LayerState& s,
                                   float* next) {
  const std::int64_t d = shape().d_model;
  ForwardNorm(layer.attention_norm, s.attention_norm);
  Linear(d, 3 * d, s.attention_norm.y, layer.qkv, s.qkv);
  if (rotary_.cos.defined()) {
    cpu::RotateInPlace(attention_, 0, rows(), rotary_.cos.data_ptr<float>(),
                       rotary_.sin.data_ptr<float>(), 1.0F, s.qkv);
  }
  {
    const ProfiledSections timed(profile_, StepSection::kAttention);
    cpu::Attend(attention_, s.qkv, s.weights, s.attended);
  }
  // `next` may be attention_norm.x itself (Room::kForwardOnly): from here on
  // that is not read any more.
  float* sum = HasFfn() ? s.ffn_norm.x : next;
  if (sum != s.attention_norm.x) {
    std::copy_n(s.attention_norm.x, rows() * d, sum);
  }
  Linear(d, d, s.attended, layer.out, sum, Into::kAdd);
  if (!HasFfn()) return;

  ForwardNorm(layer.ffn_norm, s.ffn_norm);
  Linear(d, FcOutputs(shape()), s.ffn_norm.y, layer.fc, s.hidden);
  cpu::Activate(shape().ffn, rows(), shape().d_ff, s.hidden, s.activated);
  std::copy_n(s.ffn_norm.x, rows() * d, next);
  Linear(shape().d_ff, d, s.activated, layer.proj, next, Into::kAdd);
}

void TransformerPass::BackwardLayers(const CpuBatch& /*batch*/) {
  for (std::size_t i = layers_.size(); i-- > 0;) {
    BackwardLayer(layers_[i], states_[i]);
  }
}

void TransformerPass::BackwardLayer(const Layer& layer, const LayerState& s) {
  const std::int64_t d = shape().d_model;
  // A branch gets the gradient of the residual stream as it is, and what comes
  // back through the norm of the branch is added to it.
  if (HasFfn()) {
    LinearBackward(shape().d_ff, d, s.activated, layer.proj, dx(), dactivated_);
    cpu::ActivateBackward(shape().ffn, rows(), shape().d_ff, s.hidden,
                          dactivated_, dwide_);
    LinearBackward(d, FcOutputs(shape()), s.ffn_norm.y, layer.fc, dwide_,
                   dnorm());
    BackwardNorm(layer.ffn_norm, s.ffn_norm);
  }

  LinearBackward(d, d, s.attended, layer.out, dx(), dactivated_);
  {
    const ProfiledSections timed(profile_, StepSection::kAttention);
    cpu::AttendBackward(attention_, s.qkv, s.weights, dactivated_, scratch_,
                        dwide_);
  }
  if (rotary_.cos.defined()) {
    cpu::RotateInPlace(attention_, 0, rows(), rotary_.cos.data_ptr<float>(),
                       rotary_.sin.data_ptr<float>(), -1.0F, dwide_);
  }
  LinearBackward(d, 3 * d, s.attention_norm.y, layer.qkv, dwide_, dnorm());
  BackwardNorm(layer.attention_norm, s.attention_norm);
}

}  // namespace isoflop
