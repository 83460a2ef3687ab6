// A linear predictor: the head alone.

#include "lib/model/network.h"

namespace isoflop {
namespace {

class Linear final : public Network {
 public:
  explicit Linear(const NetworkWeights& weights)
      : dtype_(weights.products.values().scalar_type()) {}

  at::Tensor Embed(const at::Tensor& inputs) const override { return inputs; }
  at::Tensor HiddenOf(const at::Tensor& embedded) const override {
    return embedded.to(dtype_);
  }

 private:
  at::ScalarType dtype_;
};

}  // namespace

std::unique_ptr<Network> MakeLinear(const ModelShape& /*shape*/,
                                    const NetworkWeights& weights) {
  return std::make_unique<Linear>(weights);
}

}  // namespace isoflop
