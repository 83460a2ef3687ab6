#include "lib/model/transformer.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <limits>

#include "lib/model/torch_compat.h"
#include "lib/sweep/group_memory.h"
#include "lib/sweep/plan.h"

namespace isoflop {
namespace {

at::TensorOptions MasterOptions(const ComputeOptions& options) {
  return at::TensorOptions(options.dtype).device(options.device);
}

at::Tensor CausalMask(std::int64_t context, at::TensorOptions options) {
  const double minus_infinity = -std::numeric_limits<double>::infinity();
  return at::triu(at::full({context, context}, minus_infinity, options), 1);
}

}  // namespace

Transformer::Transformer(const ModelShape& shape, const ComputeOptions& options)
    : shape_(shape),
      options_(options),
      parameters_(ParameterSpecs(shape), MasterOptions(options)) {
  if (shape.position == Position::kRotary) {
    rotary_ = MakeRotaryTables(shape.context, shape.d_model / shape.heads,
                               shape.rotary_base, MasterOptions(options));
  }
  if (options.by_hand && options.device.is_cpu() &&
      options.dtype == at::kFloat) {
    cpu_pass_ = MakeCpuPass(shape, options.precision, parameters_, rotary_);
  }
  if (options.precision == Precision::kBf16 && !cpu_pass_) {
    half_parameters_.emplace(parameters_.specs(),
                             MasterOptions(options).dtype(at::kBFloat16));
  }
  const Parameters& products = product_parameters();
  for (std::int64_t i = 0; i < shape.layers; ++i) {
    const auto in_layer = [&](const char* name) {
      return products.Find(InLayer(i, name));
    };
    layers_.push_back({.attention_norm = FindNorm(InLayer(i, "attention_norm")),
                       .ffn_norm = FindNorm(InLayer(i, "ffn_norm")),
                       .qkv = in_layer("qkv"),
                       .out = in_layer("out"),
                       .fc = in_layer("fc"),
                       .proj = in_layer("proj")});
  }
  final_norm_ = FindNorm("final_norm");
  embedding_ = parameters_.Find("embedding");
  positions_ = parameters_.Find("positions");
  const char* head = shape.tied_embeddings ? "embedding" : "head";
  head_ = products.Find(head);
  head_master_ = parameters_.Find(head);
}

Transformer::Norm Transformer::FindNorm(const std::string& name) const {
  return {.gain = parameters_.Find(name + ".gain"),
          .bias = parameters_.Find(name + ".bias")};
}

void Transformer::WeightsChanged() {
  if (half_parameters_) half_parameters_->values().copy_(parameters_.values());
  if (cpu_pass_) cpu_pass_->WeightsChanged();
}

at::Tensor Transformer::Embed(const at::Tensor& tokens) const {
  const at::Tensor x = at::embedding(embedding_, tokens);
  if (!positions_.defined()) return x;
  return x + positions_.narrow(0, 0, tokens.size(1));
}

at::Tensor Transformer::NormaliseForProduct(const Norm& norm,
                                            const at::Tensor& x) const {
  return Normalise(x, norm.gain, norm.bias)
      .to(product_parameters().values().scalar_type());
}

/// [length, length], or nothing where the attention makes do without.
at::Tensor Transformer::Mask(std::int64_t length) const {
  if (!compat::kAttentionNeedsMask) return {};
  if (!mask_.defined()) {
    mask_ = CausalMask(shape_.context, MasterOptions(options_));
  }
  return mask_.narrow(0, 0, length).narrow(1, 0, length);
}

at::Tensor Transformer::Attend(const Layer& layer, const at::Tensor& x) const {
  const std::int64_t batch = x.size(0);
  const std::int64_t length = x.size(1);
  const at::Tensor qkv =
      at::linear(NormaliseForProduct(layer.attention_norm, x), layer.qkv)
          .view({batch, length, 3, shape_.heads, -1});
  // Split, because gradients of its parts come together in one operation.
  const std::vector<at::Tensor> parts = at::split_with_sizes(qkv, {2, 1}, 2);
  const std::vector<at::Tensor> query_key = at::unbind(
      shape_.position == Position::kRotary ? Rotate(parts[0], rotary_)
                                           : parts[0],
      2);
  const auto by_head = [](const at::Tensor& by_token) {
    return by_token.transpose(1, 2);  // [B, heads, T, head size]
  };
  const at::Tensor attended =
      compat::CausalAttention(by_head(query_key[0]), by_head(query_key[1]),
                              by_head(parts[1].squeeze(2)), Mask(length));
  return at::linear(attended.transpose(1, 2).reshape(x.sizes()), layer.out);
}

at::Tensor Transformer::FeedForward(const Layer& layer,
                                    const at::Tensor& x) const {
  const at::Tensor hidden =
      at::linear(NormaliseForProduct(layer.ffn_norm, x), layer.fc);
  return at::linear(Activate(hidden, shape_.ffn), layer.proj);
}

/// What the head is multiplied with: [B, T, d_model].
at::Tensor Transformer::Hidden(const at::Tensor& tokens) const {
  at::Tensor x = Embed(tokens);
  for (const Layer& layer : layers_) {
    x = x + Attend(layer, x);
    x = x + FeedForward(layer, x);
  }
  return NormaliseForProduct(final_norm_, x);
}

at::Tensor Transformer::Head(const at::Tensor& hidden) const {
  return at::linear(hidden, head_).to(options_.dtype);
}

at::Tensor Transformer::Logits(const at::Tensor& tokens) const {
  return Head(Hidden(tokens));
}

/// It takes whole windows, one after another.
bool Transformer::UsesCpuPass(const at::Tensor& tokens,
                              const at::Tensor& targets) const {
  return cpu_pass_ && tokens.size(1) == shape_.context &&
         tokens.is_contiguous() && targets.is_contiguous();
}

at::Tensor Transformer::TokenLosses(const at::Tensor& tokens,
                                    const at::Tensor& targets) const {
  const at::NoGradGuard no_grad;
  if (UsesCpuPass(tokens, targets)) {
    at::Tensor losses = at::empty(tokens.sizes(), at::kFloat);
    cpu_pass_->TokenLosses(tokens.size(0), tokens.data_ptr<std::int64_t>(),
                           targets.data_ptr<std::int64_t>(),
                           losses.data_ptr<float>());
    return losses;
  }
  const at::Tensor logits = Logits(tokens).view({-1, shape_.vocab_size});
  return at::cross_entropy_loss(logits, targets.reshape({-1}), {},
                                at::Reduction::None)
      .view(tokens.sizes());
}

/// Adds the head's gradient to that of its master: pieces add up in fp32.
void Transformer::TakeHeadGradient() {
  const at::NoGradGuard no_grad;
  head_master_.grad().add_(head_.grad());
  head_.grad().zero_();
}

at::Tensor Transformer::AddGradient(const at::Tensor& tokens,
                                    const at::Tensor& targets, double weight) {
  if (UsesCpuPass(tokens, targets)) {
    const double loss =
        cpu_pass_->AddGradient(tokens.size(0), tokens.data_ptr<std::int64_t>(),
                               targets.data_ptr<std::int64_t>(), weight);
    return at::scalar_tensor(loss, at::kDouble);
  }
  const at::Tensor hidden = Hidden(tokens).view({-1, shape_.d_model});
  const at::Tensor flat_targets = targets.reshape({-1});
  const std::int64_t rows = hidden.size(0);
  at::Tensor loss = at::zeros({}, MasterOptions(options_));
  std::vector<at::Tensor> gradients;
  const std::int64_t most = LossRows(shape_, rows);
  for (std::int64_t begin = 0; begin < rows;) {
    const std::int64_t size = std::min(most, rows - begin);
    // A leaf of its own, so that backward ends there and frees the logits.
    const at::Tensor piece =
        hidden.narrow(0, begin, size).detach().set_requires_grad(true);
    // Summed afterwards: LibTorch's own sum keeps one block of a GPU busy.
    const at::Tensor part =
        at::cross_entropy_loss(Head(piece), flat_targets.narrow(0, begin, size),
                               {}, at::Reduction::None)
            .sum() /
        rows;
    part.backward(at::full_like(part, weight));
    if (half_parameters_) TakeHeadGradient();
    loss.add_(part.detach());
    gradients.push_back(piece.grad());
    begin += size;
  }
  hidden.backward(gradients.size() == 1 ? gradients[0] : at::cat(gradients));
  if (half_parameters_) {
    parameters_.gradients().add_(half_parameters_->gradients());
    half_parameters_->gradients().zero_();
  }
  return loss;
}

}  // namespace isoflop
