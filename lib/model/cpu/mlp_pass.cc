#include "lib/model/cpu/mlp_pass.h"

#include "lib/core/vectorise.h"

namespace isoflop {
namespace {

/// Adds the bias to every row of x [rows, d].
ISOFLOP_VECTORISE
void AddBias(std::int64_t rows, std::int64_t d, const float* bias, float* x) {
  for (std::int64_t row = 0; row < rows; ++row, x += d) {
    for (std::int64_t i = 0; i < d; ++i) x[i] += bias[i];
  }
}

}  // namespace

MlpPass::MlpPass(const ModelShape& shape, const Parameters& parameters)
    : Fp32Pass(shape, parameters) {
  for (std::int64_t i = 0; i < shape.layers; ++i) {
    layers_.push_back(
        {.fc = Find(InLayer(i, "fc")), .bias = Find(InLayer(i, "bias"))});
  }
}

void MlpPass::DivideLayers(Room room, Divider* divider) {
  const std::int64_t elements = rows() * shape().d_model;
  // Forward only, all layers use the room of the first that has some.
  const bool shared = room == Room::kForwardOnly;
  const std::size_t first_x = ReadsVectors() ? 1 : 0;
  states_.assign(layers_.size(), {});
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    LayerState& s = states_[i];
    s.sum = shared && i > 0 ? states_[0].sum : divider->Take<float>(elements);
    if (i < first_x) continue;
    s.x = shared && i > first_x ? states_[first_x].x
                                : divider->Take<float>(elements);
  }
  if (room == Room::kBothWays) dsum_ = divider->Take<float>(elements);
}

void MlpPass::ForwardLayers(const CpuBatch& batch, float* last) {
  const std::int64_t d = shape().d_model;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    Linear(InputsOf(i), d, InputOf(i, batch), layers_[i].fc, states_[i].sum);
    AddBias(rows(), d, layers_[i].bias.values, states_[i].sum);
    cpu::Activate(shape().ffn, rows(), d, states_[i].sum,
                  i + 1 == layers_.size() ? last : states_[i + 1].x);
  }
}

void MlpPass::BackwardLayers(const CpuBatch& batch) {
  const std::int64_t d = shape().d_model;
  for (std::size_t i = layers_.size(); i-- > 0;) {
    cpu::ActivateBackward(shape().ffn, rows(), d, states_[i].sum, dx(), dsum_);
    cpu::AddRows(rows(), d, dsum_, d, layers_[i].bias.gradient);
    // Nothing is before the inputs of the batch.
    LinearBackward(InputsOf(i), d, InputOf(i, batch), layers_[i].fc, dsum_,
                   i == 0 && ReadsVectors() ? nullptr : dx());
  }
}

}  // namespace isoflop
