// A group to be queued.

#pragma once

#include <cstdint>

#include "lib/sweep/plan.h"

namespace isoflop {

/// Two layers of some width, and batches of so many sequences.
inline RunGroup GroupOf(std::int64_t d_model, std::int64_t sequences = 12) {
  RunGroup group;
  group.shape.d_model = d_model;
  group.shape.layers = 2;
  group.shape.heads = 1;
  group.shape.context = 16;
  group.shape.vocab_size = 64;
  group.shape.d_ff = 4 * d_model;
  group.training.batch_tokens = 16 * sequences;
  return group;
}

}  // namespace isoflop
