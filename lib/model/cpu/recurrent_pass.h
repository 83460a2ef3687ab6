// Recurrent networks on the CPU in fp32, forward and backward by hand: what
// recurrent.cc computes from tensor operations, of which every position takes a
// dozen.

#pragma once

#include <cstdint>
#include <vector>

#include "lib/model/cpu/fp32_cells.h"
#include "lib/model/cpu/fp32_pass.h"

namespace isoflop {

class RecurrentPass final : public Fp32Pass {
 public:
  /// REQUIRES: `kernel` outlives it.
  RecurrentPass(const ModelShape& shape, const Parameters& parameters,
                const cpu::CellKernel& kernel);

 private:
  struct Layer {
    Norm norm;
    Weights ih, hh, bias, hidden_bias;
  };

  /// What a layer keeps for its backward pass.
  struct LayerState {
    NormState norm = {};
    float* gates = nullptr;     // [rows, G d]
    float* memory = nullptr;    // [rows, d], see CellForward
    float* previous = nullptr;  // [rows, d]: h of the position before
  };

  void DivideLayers(Room room, Divider* divider) override;
  float* FirstInput() override { return states_.front().norm.x; }
  void ForwardLayers(const CpuBatch& batch, float* last) override;
  void BackwardLayers(const CpuBatch& batch) override;

  std::int64_t all_gates() const { return kernel_.gates * shape().d_model; }
  void ForwardLayer(const Layer& layer, const LayerState& s, float* next);
  void BackwardLayer(const Layer& layer, const LayerState& s);
  cpu::CellForward At(std::int64_t position, const Layer& layer,
                      const LayerState& s) const;

  const cpu::CellKernel& kernel_;
  std::vector<Layer> layers_;
  std::vector<LayerState> states_;  // the same one each, of kForwardOnly
  float* from_state_ = nullptr;     // [windows, G d]
  float* h_ = nullptr;       // [windows, d], of one position, or its gradient
  float* dc_ = nullptr;      // [windows, d]
  float* dinput_ = nullptr;  // [rows, G d], of ih x + bias
  float* dstate_ =
      nullptr;  // [rows, G d], of hh h; dinput where it is the same
};

}  // namespace isoflop
