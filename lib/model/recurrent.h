// Recurrent networks as compositions of tensor operations: what cells have in
// common. A new cell is a file that defines Cell::Step, and its lines in
// network.cc and lib/sweep/recurrent_traits.cc.

#pragma once

#include <memory>
#include <vector>

#include "lib/model/network.h"

namespace isoflop {

/// The parameters of one layer.
struct CellWeights {
  at::Tensor ih;           // [G d, d]
  at::Tensor hh;           // [G d, d]
  at::Tensor bias;         // [G d]
  at::Tensor hidden_bias;  // [d], of a GRU only
};

/// What a cell carries from position to position: [B, d] each.
struct CellState {
  at::Tensor h;  // what it gives, between -1 and 1
  at::Tensor c;  // of an LSTM only
};

/// One kind of cell.
class Cell {
 public:
  virtual ~Cell() = default;

  /// Returns the state after one position. `from_input` [B, G d] is ih x +
  /// bias, `from_state` [B, G d] is hh h.
  virtual CellState Step(const CellWeights& weights,
                         const at::Tensor& from_input,
                         const at::Tensor& from_state,
                         const CellState& state) const = 0;
};

/// Returns layers of such cells. REQUIRES: the weights outlive it.
std::unique_ptr<Network> MakeRecurrent(const ModelShape& shape,
                                       const NetworkWeights& weights,
                                       std::unique_ptr<Cell> cell);

}  // namespace isoflop
