// Long short-term memory. With gates i, f, g, o in this order in a = ih x +
// bias
// + hh h:
//
//   c = sigmoid(a_f + 1) c + sigmoid(a_i) tanh(a_g)
//   h = sigmoid(a_o) tanh(c)
//
// The 1 keeps memories at first. Source: Hochreiter & Schmidhuber 1997; Gers et
// al. 2000 for f, Jozefowicz et al. 2015 for the 1.

#include "lib/model/recurrent.h"

namespace isoflop {
namespace {

class Lstm final : public Cell {
 public:
  CellState Step(const CellWeights& /*weights*/, const at::Tensor& from_input,
                 const at::Tensor& from_state,
                 const CellState& state) const override {
    const std::vector<at::Tensor> a =
        at::chunk(from_input + from_state, 4, /*dim=*/1);
    CellState next;
    next.c =
        at::sigmoid(a[1] + 1.0) * state.c + at::sigmoid(a[0]) * at::tanh(a[2]);
    next.h = at::sigmoid(a[3]) * at::tanh(next.c);
    return next;
  }
};

}  // namespace

std::unique_ptr<Network> MakeLstm(const ModelShape& shape,
                                  const NetworkWeights& weights) {
  return MakeRecurrent(shape, weights, std::make_unique<Lstm>());
}

}  // namespace isoflop
