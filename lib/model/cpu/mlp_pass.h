// A multilayer perceptron on the CPU in fp32, forward and backward by hand:
// what mlp.cc computes from tensor operations.

#pragma once

#include <cstdint>
#include <vector>

#include "lib/model/cpu/fp32_pass.h"

namespace isoflop {

class MlpPass final : public Fp32Pass {
 public:
  MlpPass(const ModelShape& shape, const Parameters& parameters);

 private:
  struct Layer {
    Weights fc, bias;
  };

  /// What a layer keeps for its backward pass.
  struct LayerState {
    float* x = nullptr;    // its inputs; null where they are the batch's
    float* sum = nullptr;  // fc x + bias
  };

  void DivideLayers(Room room, Divider* divider) override;
  float* FirstInput() override { return states_.front().x; }
  void ForwardLayers(const CpuBatch& batch, float* last) override;
  void BackwardLayers(const CpuBatch& batch) override;

  /// Whether the first layer reads vectors as they come.
  bool ReadsVectors() const { return shape().d_in > 0; }
  std::int64_t InputsOf(std::size_t layer) const {
    return layer == 0 && ReadsVectors() ? shape().d_in : shape().d_model;
  }
  const float* InputOf(std::size_t layer, const CpuBatch& batch) const {
    return layer == 0 && ReadsVectors() ? batch.vectors : states_[layer].x;
  }

  std::vector<Layer> layers_;
  std::vector<LayerState> states_;
  float* dsum_ = nullptr;  // [rows, d]
};

}  // namespace isoflop
