// The gated recurrent unit. With gates r, z, n in this order in a = ih x + bias
// and b = hh h:
//
//   r = sigmoid(a_r + b_r),  z = sigmoid(a_z + b_z)
//   n = tanh(a_n + r (b_n + hidden_bias))
//   h = (1 - z) n + z h
//
// The reset gate acts after the product with h, so that one product serves all
// gates. Source: Cho et al. 2014 (arXiv:1406.1078), footnote 1 of version 3.

#include "lib/model/recurrent.h"

namespace isoflop {
namespace {

class Gru final : public Cell {
 public:
  CellState Step(const CellWeights& weights, const at::Tensor& from_input,
                 const at::Tensor& from_state,
                 const CellState& state) const override {
    const std::vector<at::Tensor> a = at::chunk(from_input, 3, /*dim=*/1);
    const std::vector<at::Tensor> b = at::chunk(from_state, 3, /*dim=*/1);
    const at::Tensor r = at::sigmoid(a[0] + b[0]);
    const at::Tensor z = at::sigmoid(a[1] + b[1]);
    const at::Tensor n = at::tanh(a[2] + r * (b[2] + weights.hidden_bias));
    return {.h = n + z * (state.h - n), .c = state.c};
  }
};

}  // namespace

std::unique_ptr<Network> MakeGru(const ModelShape& shape,
                                 const NetworkWeights& weights) {
  return MakeRecurrent(shape, weights, std::make_unique<Gru>());
}

}  // namespace isoflop
