// A Transformer on the CPU in fp32, forward and backward by hand: what
// transformer.cc computes from tensor operations.

#pragma once

#include <cstdint>
#include <vector>

#include "lib/model/cpu/fp32_attention.h"
#include "lib/model/cpu/fp32_pass.h"
#include "lib/model/layers.h"

namespace isoflop {

/// REQUIRES: every head has keys and values of its own, and no norm of them.
class TransformerPass final : public Fp32Pass {
 public:
  TransformerPass(const ModelShape& shape, const Parameters& parameters);

 private:
  /// Without a feed-forward layer fc and proj are null.
  struct Layer {
    Norm attention_norm, ffn_norm;
    Weights qkv, out, fc, proj;
  };

  /// What a layer keeps for its backward pass.
  struct LayerState {
    NormState attention_norm = {}, ffn_norm = {};
    float* qkv = nullptr;      // rotated
    float* weights = nullptr;  // softmax of the scores
    float* attended = nullptr;
    float* hidden = nullptr;  // what fc gives
    float* activated = nullptr;
  };

  void DivideLayers(Room room, Divider* divider) override;
  float* FirstInput() override { return states_.front().attention_norm.x; }
  void ForwardLayers(const CpuBatch& batch, float* last) override;
  void BackwardLayers(const CpuBatch& batch) override;

  bool HasFfn() const { return shape().ffn != FfnKind::kNone; }
  void ForwardLayer(const Layer& layer, const LayerState& s, float* next);
  void BackwardLayer(const Layer& layer, const LayerState& s);

  RotaryTables rotary_;
  std::vector<Layer> layers_;
  cpu::AttentionShape attention_;
  std::vector<LayerState> states_;  // the same one each, of kForwardOnly
  // Gradients of the widest results within a layer.
  float* dwide_ = nullptr;
  float* dactivated_ = nullptr;
  float* scratch_ = nullptr;
};

}  // namespace isoflop
