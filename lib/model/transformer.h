// The Transformer: decoder-only, pre-norm, without biases outside layer norms.
//
//   x = embedding[token] (+ positions)
//   x = x + out attention(qkv norm(x))     per layer
//   x = x + proj activate(fc norm(x))
//   logits = head norm(x)                  head = embedding if tied

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/model/cpu/cpu_pass.h"
#include "lib/model/layers.h"
#include "lib/model/parameters.h"
#include "lib/model/tensor.h"
#include "lib/sweep/model_shape.h"
#include "lib/sweep/training_config.h"

namespace isoflop {

/// Where and in which numbers a model computes.
struct ComputeOptions {
  at::Device device = at::kCPU;
  Precision precision = Precision::kFp32;
  at::ScalarType dtype = at::kFloat;  // of the master weights; kDouble only to
                                      // check gradients
  bool by_hand = true;  // use a CpuPass where there is one; off for comparing
};

/// A model and its gradient. With Precision::kBf16, matrix products run in bf16
/// on a copy of the weights; the residual stream, norms, softmax and
/// cross-entropy stay in fp32. Where a CpuPass does that, it keeps its own
/// copies, and Logits is computed from the masters.
class Transformer {
 public:
  /// REQUIRES: Validate(shape) finds no problem.
  Transformer(const ModelShape& shape, const ComputeOptions& options);

  const ModelShape& shape() const { return shape_; }
  Parameters& parameters() { return parameters_; }
  const Parameters& parameters() const { return parameters_; }

  /// Takes over what was written to parameters().values(). To be called after
  /// every change of them.
  void WeightsChanged();

  /// Returns the logits [B, T, vocab] of tokens [B, T] (int64), fp32 (or the
  /// master dtype). T may be shorter than the context.
  at::Tensor Logits(const at::Tensor& tokens) const;

  /// Returns -ln p(target) for every token: fp32 [B, T], nats, without a graph.
  at::Tensor TokenLosses(const at::Tensor& tokens,
                         const at::Tensor& targets) const;

  /// Returns the mean cross-entropy over all targets in nats per token, a
  /// scalar on the device, and adds `weight` times its gradient to
  /// parameters().gradients(). tokens, targets [B, T], int64. Of the logits
  /// of tensor operations, LossRows(shape, B T) rows are there at a time.
  at::Tensor AddGradient(const at::Tensor& tokens, const at::Tensor& targets,
                         double weight);

  /// As CpuPass has it; without one nothing is counted.
  void set_profile(StepProfile* profile) {
    if (cpu_pass_) cpu_pass_->set_profile(profile);
  }

 private:
  struct Norm {
    at::Tensor gain, bias;
  };
  struct Layer {
    Norm attention_norm, ffn_norm;
    at::Tensor qkv, out, fc, proj;
  };

  bool UsesCpuPass(const at::Tensor& tokens, const at::Tensor& targets) const;
  at::Tensor Mask(std::int64_t length) const;
  Norm FindNorm(const std::string& name) const;
  at::Tensor Embed(const at::Tensor& tokens) const;
  at::Tensor Attend(const Layer& layer, const at::Tensor& x) const;
  at::Tensor FeedForward(const Layer& layer, const at::Tensor& x) const;
  at::Tensor Hidden(const at::Tensor& tokens) const;
  at::Tensor Head(const at::Tensor& hidden) const;
  void TakeHeadGradient();
  at::Tensor NormaliseForProduct(const Norm& norm, const at::Tensor& x) const;
  const Parameters& product_parameters() const {
    return half_parameters_ ? *half_parameters_ : parameters_;
  }

  ModelShape shape_;
  ComputeOptions options_;
  Parameters parameters_;
  std::optional<Parameters> half_parameters_;  // bf16 copy, of kBf16 only
  std::unique_ptr<CpuPass> cpu_pass_;          // where there is one
  std::vector<Layer> layers_;
  Norm final_norm_;
  at::Tensor embedding_, positions_, head_, head_master_;
  RotaryTables rotary_;
  mutable at::Tensor mask_;  // made when it is first needed
};

}  // namespace isoflop
