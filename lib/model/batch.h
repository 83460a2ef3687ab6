// A batch of examples on the device that trains.

#pragma once

#include "lib/model/tensor.h"

namespace isoflop {

/// B examples of T positions; see ExampleShape in lib/data/example.h.
struct Batch {
  at::Tensor inputs = {};   // tokens: int64 [B, T]; vectors: fp32 [B, T, d_in]
  at::Tensor targets = {};  // tokens: int64 [B, T]; vectors: fp32 [B, T, d_out]
  at::Tensor counts = {};   // fp32 [B, T]: 1 where the loss counts, else 0;
                            // undefined where it does everywhere
};

/// Returns what `change` makes of each tensor that is defined.
template <typename Change>
Batch ForEachTensor(const Batch& batch, const Change& change) {
  Batch changed{.inputs = change(batch.inputs),
                .targets = change(batch.targets),
                .counts = {}};
  if (batch.counts.defined()) changed.counts = change(batch.counts);
  return changed;
}

}  // namespace isoflop
