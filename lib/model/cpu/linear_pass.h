// A linear predictor on the CPU in fp32, forward and backward by hand.

#pragma once

#include <cstdint>
#include <vector>

#include "lib/model/cpu/cpu_pass.h"
#include "lib/model/parameters.h"
#include "lib/sweep/model_shape.h"

namespace isoflop {

/// outputs = head x: x the inputs, head [d_out, d_model].
class LinearPass final : public CpuPass {
 public:
  LinearPass(const ModelShape& shape, const Parameters& parameters);

  void WeightsChanged() override {}
  double AddGradient(const CpuBatch& batch, double weight) override;
  void Losses(const CpuBatch& batch, float* losses) override;

 private:
  ModelShape shape_;
  Parameters parameters_;  // shares the buffers
  const float* head_;
  float* gradient_;
  std::vector<float> errors_;  // [d_out], of one row
};

}  // namespace isoflop
