#include "lib/model/recurrent.h"

#include <string>
#include <utility>

#include "lib/model/layers.h"

namespace isoflop {
namespace {

class Recurrent final : public Network {
 public:
  Recurrent(const ModelShape& shape, const NetworkWeights& weights,
            std::unique_ptr<Cell> cell);

  at::Tensor Embed(const at::Tensor& inputs) const override {
    return input_(inputs);
  }
  at::Tensor HiddenOf(const at::Tensor& embedded) const override;

 private:
  struct Norm {
    at::Tensor gain, bias;
  };
  struct Layer {
    Norm norm;
    CellWeights cell;
  };

  at::Tensor Run(const Layer& layer, const at::Tensor& x) const;
  at::Tensor NormaliseForProduct(const Norm& norm, const at::Tensor& x) const {
    return Normalise(x, norm.gain, norm.bias).to(product_dtype_);
  }

  std::unique_ptr<Cell> cell_;
  at::ScalarType product_dtype_;
  InputLayer input_;
  std::vector<Layer> layers_;
  Norm final_norm_;
};

Recurrent::Recurrent(const ModelShape& shape, const NetworkWeights& weights,
                     std::unique_ptr<Cell> cell)
    : cell_(std::move(cell)),
      product_dtype_(weights.products.values().scalar_type()),
      input_(weights.masters) {
  const auto norm = [&](const std::string& name) {
    return Norm{.gain = weights.masters.Find(name + ".gain"),
                .bias = weights.masters.Find(name + ".bias")};
  };
  for (std::int64_t i = 0; i < shape.layers; ++i) {
    layers_.push_back(
        {.norm = norm(InLayer(i, "norm")),
         .cell = {
             .ih = weights.products.Find(InLayer(i, "ih")),
             .hh = weights.products.Find(InLayer(i, "hh")),
             .bias = weights.masters.Find(InLayer(i, "bias")),
             .hidden_bias = weights.masters.Find(InLayer(i, "hidden_bias"))}});
  }
  final_norm_ = norm("final_norm");
}

/// x [B, T, d] is normalised; returns h of every position, in the dtype of the
/// masters, like all that is not a product.
at::Tensor Recurrent::Run(const Layer& layer, const at::Tensor& x) const {
  const at::ScalarType dtype = layer.cell.bias.scalar_type();
  const at::Tensor from_input =
      at::linear(x, layer.cell.ih).to(dtype) + layer.cell.bias;
  const at::Tensor zero =
      at::zeros({x.size(0), x.size(2)}, x.options().dtype(dtype));
  CellState state{.h = zero, .c = zero};
  std::vector<at::Tensor> outputs;
  for (std::int64_t t = 0; t < x.size(1); ++t) {
    const at::Tensor from_state =
        at::linear(state.h.to(product_dtype_), layer.cell.hh).to(dtype);
    state = cell_->Step(layer.cell, from_input.select(1, t), from_state, state);
    outputs.push_back(state.h);
  }
  return at::stack(outputs, 1);
}

at::Tensor Recurrent::HiddenOf(const at::Tensor& embedded) const {
  at::Tensor x = embedded;
  for (const Layer& layer : layers_) {
    x = x + Run(layer, NormaliseForProduct(layer.norm, x));
  }
  return NormaliseForProduct(final_norm_, x);
}

}  // namespace

std::unique_ptr<Network> MakeRecurrent(const ModelShape& shape,
                                       const NetworkWeights& weights,
                                       std::unique_ptr<Cell> cell) {
  return std::make_unique<Recurrent>(shape, weights, std::move(cell));
}

}  // namespace isoflop
