// The Transformer: pre-norm, without biases outside layer norms.
//
//   x = embedding[token] (+ positions)
//   x = x + out attention(qkv norm(x))     per layer
//   x = x + proj activate(fc norm(x))
//   hidden = norm(x)

#include <limits>
#include <string>
#include <vector>

#include "lib/model/layers.h"
#include "lib/model/network.h"
#include "lib/model/torch_compat.h"

namespace isoflop {
namespace {

at::Tensor CausalMask(std::int64_t context, at::TensorOptions options) {
  const double minus_infinity = -std::numeric_limits<double>::infinity();
  return at::triu(at::full({context, context}, minus_infinity, options), 1);
}

class Transformer final : public Network {
 public:
  Transformer(const ModelShape& shape, const NetworkWeights& weights);

  at::Tensor Embed(const at::Tensor& inputs) const override;
  at::Tensor HiddenOf(const at::Tensor& embedded) const override;
  std::vector<at::Tensor> PartOf(const at::Tensor& embedded,
                                 LayerPart part) const override;

 private:
  /// By head, [B, heads, T, head size] each.
  struct Heads {
    at::Tensor q, k, v;
  };

  struct Norm {
    at::Tensor gain, bias;
  };
  struct Layer {
    Norm attention_norm, ffn_norm;
    at::Tensor qkv, out, fc, proj;
    at::Tensor query_gain, key_gain;  // with qk_norm only
  };

  Norm FindNorm(const std::string& name) const;
  at::Tensor Mask(std::int64_t length) const;
  at::Tensor ForEachHead(const at::Tensor& x) const;
  at::Tensor Prepare(const at::Tensor& x, const at::Tensor& gain) const;
  Heads HeadsOf(const at::Tensor& qkv, const Layer& layer) const;
  at::Tensor Attend(const Layer& layer, const at::Tensor& x) const;
  at::Tensor Weights(const Layer& layer, const at::Tensor& x) const;
  at::Tensor Activation(const Layer& layer, const at::Tensor& x) const;
  at::Tensor FeedForward(const Layer& layer, const at::Tensor& x) const;
  at::Tensor NormaliseForProduct(const Norm& norm, const at::Tensor& x) const;

  ModelShape shape_;
  const Parameters& masters_;
  at::ScalarType product_dtype_;
  InputLayer input_;
  std::vector<Layer> layers_;
  Norm final_norm_;
  RotaryTables rotary_;
  at::Tensor sinusoidal_;
  mutable at::Tensor mask_;  // made when it is first needed
};

Transformer::Transformer(const ModelShape& shape, const NetworkWeights& weights)
    : shape_(shape),
      masters_(weights.masters),
      product_dtype_(weights.products.values().scalar_type()),
      input_(weights.masters),
      rotary_(RotaryTablesOf(shape, masters_.values().options())),
      sinusoidal_(SinusoidalPositions(shape, masters_.values().options())) {
  for (std::int64_t i = 0; i < shape.layers; ++i) {
    const auto in_layer = [&](const char* name) {
      return weights.products.Find(InLayer(i, name));
    };
    layers_.push_back({.attention_norm = FindNorm(InLayer(i, "attention_norm")),
                       .ffn_norm = FindNorm(InLayer(i, "ffn_norm")),
                       .qkv = in_layer("qkv"),
                       .out = in_layer("out"),
                       .fc = in_layer("fc"),
                       .proj = in_layer("proj"),
                       .query_gain = masters_.Find(InLayer(i, "query_gain")),
                       .key_gain = masters_.Find(InLayer(i, "key_gain"))});
  }
  final_norm_ = FindNorm("final_norm");
}

Transformer::Norm Transformer::FindNorm(const std::string& name) const {
  return {.gain = masters_.Find(name + ".gain"),
          .bias = masters_.Find(name + ".bias")};
}

at::Tensor Transformer::NormaliseForProduct(const Norm& norm,
                                            const at::Tensor& x) const {
  return Normalise(x, norm.gain, norm.bias).to(product_dtype_);
}

/// [length, length], or nothing where the attention makes do without.
at::Tensor Transformer::Mask(std::int64_t length) const {
  if (!compat::kAttentionNeedsMask) return {};
  if (!mask_.defined()) {
    mask_ = CausalMask(shape_.context, masters_.values().options());
  }
  return mask_.narrow(0, 0, length).narrow(1, 0, length);
}

/// Keys or values [B, T, kv heads, head size], each for its group of the heads.
at::Tensor Transformer::ForEachHead(const at::Tensor& x) const {
  const std::int64_t group = shape_.heads / x.size(2);
  if (group == 1) return x;
  return x.unsqueeze(3)
      .expand({x.size(0), x.size(1), x.size(2), group, x.size(3)})
      .reshape({x.size(0), x.size(1), shape_.heads, x.size(3)});
}

/// One head of queries and keys after another: [B, T, heads, head size].
at::Tensor Transformer::Prepare(const at::Tensor& x,
                                const at::Tensor& gain) const {
  // Without a gain it is x itself.
  const at::Tensor normalised = Normalise(x, gain, {}).to(product_dtype_);
  return shape_.position == Position::kRotary ? Rotate(normalised, rotary_)
                                              : normalised;
}

/// Takes apart what the product gives, [B, T, d + 2 kv].
Transformer::Heads Transformer::HeadsOf(const at::Tensor& qkv,
                                        const Layer& layer) const {
  const std::int64_t size = shape_.d_model / shape_.heads;
  const std::int64_t kv = KvHeads(shape_) * size;
  const std::vector<at::Tensor> parts =
      at::split_with_sizes(qkv, {shape_.d_model, kv, kv}, 2);
  const auto heads_of = [&](const at::Tensor& part) {
    return part.reshape({part.size(0), part.size(1), -1, size});
  };
  return {.q = Prepare(heads_of(parts[0]), layer.query_gain).transpose(1, 2),
          .k = ForEachHead(Prepare(heads_of(parts[1]), layer.key_gain))
                   .transpose(1, 2),
          .v = ForEachHead(heads_of(parts[2])).transpose(1, 2)};
}

at::Tensor Transformer::Attend(const Layer& layer, const at::Tensor& x) const {
  const std::int64_t batch = x.size(0);
  const std::int64_t length = x.size(1);
  const at::Tensor qkv =
      at::linear(NormaliseForProduct(layer.attention_norm, x), layer.qkv);
  const auto by_head = [](const at::Tensor& by_token) {
    return by_token.transpose(1, 2);  // [B, heads, T, head size]
  };
  at::Tensor attended;
  if (HasPlainAttention(shape_)) {
    // Split, because gradients of its parts come together in one operation.
    const std::vector<at::Tensor> parts = at::split_with_sizes(
        qkv.view({batch, length, 3, shape_.heads, -1}), {2, 1}, 2);
    const std::vector<at::Tensor> query_key = at::unbind(
        shape_.position == Position::kRotary ? Rotate(parts[0], rotary_)
                                             : parts[0],
        2);
    attended =
        compat::CausalAttention(by_head(query_key[0]), by_head(query_key[1]),
                                by_head(parts[1].squeeze(2)), Mask(length));
  } else {
    const Heads heads = HeadsOf(qkv, layer);
    attended = AttendByScores(heads.q, heads.k, heads.v, shape_.context,
                              AttentionOptionsOf(shape_));
  }
  return at::linear(attended.transpose(1, 2).reshape(x.sizes()), layer.out);
}

/// How attention weights positions, [B, heads, T, T].
at::Tensor Transformer::Weights(const Layer& layer, const at::Tensor& x) const {
  const Heads heads = HeadsOf(
      at::linear(NormaliseForProduct(layer.attention_norm, x), layer.qkv),
      layer);
  return AttentionWeights(heads.q, heads.k, shape_.context,
                          AttentionOptionsOf(shape_));
}

at::Tensor Transformer::Activation(const Layer& layer,
                                   const at::Tensor& x) const {
  return Activate(at::linear(NormaliseForProduct(layer.ffn_norm, x), layer.fc),
                  shape_.ffn);
}

at::Tensor Transformer::FeedForward(const Layer& layer,
                                    const at::Tensor& x) const {
  return at::linear(Activation(layer, x), layer.proj);
}

at::Tensor Transformer::Embed(const at::Tensor& inputs) const {
  const at::Tensor x = input_(inputs);
  return sinusoidal_.defined() ? x + sinusoidal_.narrow(0, 0, x.size(1)) : x;
}

std::vector<at::Tensor> Transformer::PartOf(const at::Tensor& embedded,
                                            LayerPart part) const {
  const bool softmax = shape_.attention == AttentionKind::kSoftmax;
  std::vector<at::Tensor> parts;
  at::Tensor x = embedded;
  for (const Layer& layer : layers_) {
    if (part == LayerPart::kAttention && softmax) {
      parts.push_back(Weights(layer, x));
    }
    x = x + Attend(layer, x);
    if (layer.fc.defined()) {
      if (part == LayerPart::kActivation) parts.push_back(Activation(layer, x));
      x = x + FeedForward(layer, x);
    }
    if (part == LayerPart::kStream) parts.push_back(x);
  }
  return parts;
}

at::Tensor Transformer::HiddenOf(const at::Tensor& embedded) const {
  at::Tensor x = embedded;
  for (const Layer& layer : layers_) {
    x = x + Attend(layer, x);
    if (layer.fc.defined()) x = x + FeedForward(layer, x);
  }
  return NormaliseForProduct(final_norm_, x);
}

}  // namespace

std::unique_ptr<Network> MakeTransformer(const ModelShape& shape,
                                         const NetworkWeights& weights) {
  return std::make_unique<Transformer>(shape, weights);
}

}  // namespace isoflop
