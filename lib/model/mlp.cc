// A multilayer perceptron, position by position: see lib/sweep/mlp_traits.cc.

#include <vector>

#include "lib/model/layers.h"
#include "lib/model/network.h"

namespace isoflop {
namespace {

class Mlp final : public Network {
 public:
  Mlp(const ModelShape& shape, const NetworkWeights& weights)
      : activation_(shape.ffn), embedding_(weights.masters.Find("embedding")) {
    for (std::int64_t i = 0; i < shape.layers; ++i) {
      layers_.push_back({.fc = weights.products.Find(InLayer(i, "fc")),
                         .bias = weights.masters.Find(InLayer(i, "bias"))});
    }
  }

  at::Tensor Embed(const at::Tensor& inputs) const override {
    return embedding_.defined() ? at::embedding(embedding_, inputs) : inputs;
  }

  at::Tensor HiddenOf(const at::Tensor& embedded) const override {
    at::Tensor x = embedded;
    for (const Layer& layer : layers_) {
      const at::ScalarType product = layer.fc.scalar_type();
      const at::Tensor sum =
          at::linear(x.to(product), layer.fc).to(layer.bias.scalar_type()) +
          layer.bias;
      x = Activate(sum, activation_);
    }
    return x.to(layers_.front().fc.scalar_type());
  }

 private:
  struct Layer {
    at::Tensor fc, bias;
  };

  FfnKind activation_;
  at::Tensor embedding_;  // undefined where inputs are vectors
  std::vector<Layer> layers_;
};

}  // namespace

std::unique_ptr<Network> MakeMlp(const ModelShape& shape,
                                 const NetworkWeights& weights) {
  return std::make_unique<Mlp>(shape, weights);
}

}  // namespace isoflop
