// A model in training: its parameters, its loss and the gradient of that.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "lib/model/batch.h"
#include "lib/model/cpu/cpu_pass.h"
#include "lib/model/network.h"
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
  bool by_hand = true;  // as a CPU trains: by a CpuPass where there is one, and
                        // else in PrecisionOnCpu; off for comparing
};

/// A network, its head and its loss:
///
///   outputs = head hidden          logits [V], or predicted vectors [d_out]
///   loss    = -ln softmax(outputs)[target]   for tokens, in nats
///             |outputs - target|^2           for vectors
///
/// With Precision::kBf16, matrix products run in bf16 on a copy of the weights;
/// the residual stream, norms, softmax and losses stay in fp32. Where a CpuPass
/// does that, it keeps its own copies, and Outputs is computed from the
/// masters.
class Model {
 public:
  /// REQUIRES: Validate(shape) finds no problem.
  Model(const ModelShape& shape, const ComputeOptions& options);

  const ModelShape& shape() const { return shape_; }
  Parameters& parameters() { return *parameters_; }
  const Parameters& parameters() const { return *parameters_; }

  /// Takes over what was written to parameters().values(). To be called after
  /// every change of them.
  void WeightsChanged();

  /// Returns the outputs [B, T, V] or [B, T, d_out] of a batch's inputs, fp32
  /// (or the master dtype). T may be shorter than the context.
  at::Tensor Outputs(const at::Tensor& inputs) const;

  /// The same in two steps: Outputs(inputs) is OutputsOf(Embed(inputs)).
  at::Tensor Embed(const at::Tensor& inputs) const {
    return network_->Embed(inputs);
  }
  at::Tensor OutputsOf(const at::Tensor& embedded) const {
    return Head(network_->HiddenOf(embedded));
  }

  /// Returns the loss at every position from the outputs of a batch: [B, T], 0
  /// where it does not count.
  at::Tensor LossesOf(const at::Tensor& outputs, const Batch& batch) const;

  /// As Network::PartOf, of a batch's inputs.
  std::vector<at::Tensor> PartOfLayers(const at::Tensor& inputs,
                                       LayerPart part) const {
    return network_->PartOf(network_->Embed(inputs), part);
  }

  /// Returns the loss at every position: fp32 [B, T], 0 where it does not
  /// count, without a graph.
  at::Tensor Losses(const Batch& batch) const;

  /// Returns the mean loss over the positions that count, a scalar on the
  /// device, and adds `weight` times its gradient to parameters().gradients();
  /// of squared errors half the gradient, so that a step of the learning rate
  /// is that of the theory. Of the outputs of tensor operations,
  /// LossRows(shape, B T) rows are there at a time.
  at::Tensor AddGradient(const Batch& batch, double weight);

  /// As CpuPass has it; without one nothing is counted.
  void set_profile(StepProfile* profile) {
    if (cpu_pass_) cpu_pass_->set_profile(profile);
  }

 private:
  bool UsesCpuPass(const Batch& batch) const;
  at::Tensor Head(const at::Tensor& hidden) const;
  at::Tensor RowLosses(const at::Tensor& outputs,
                       const at::Tensor& targets) const;
  void TakeHeadGradient();
  const Parameters& product_parameters() const {
    return half_parameters_ ? *half_parameters_ : *parameters_;
  }

  ModelShape shape_;
  ComputeOptions options_;
  // Where they stay when the model is moved: the network refers to them.
  std::unique_ptr<Parameters> parameters_;
  std::unique_ptr<Parameters> half_parameters_;  // bf16 copy, of kBf16 only
  std::unique_ptr<CpuPass> cpu_pass_;            // where there is one
  std::unique_ptr<Network> network_;
  at::Tensor head_, head_master_;
};

}  // namespace isoflop
