#include "lib/model/cpu/linear_pass.h"

#include "lib/core/vectorise.h"
#include "lib/model/cpu/reductions.h"

namespace isoflop {
namespace {

/// errors = head x - target; returns their squared length.
ISOFLOP_VECTORISE
double Errors(std::int64_t outputs, std::int64_t d, const float* head,
              const float* x, const float* target, float* errors) {
  double squares = 0.0;
  for (std::int64_t j = 0; j < outputs; ++j) {
    const float* w = head + j * d;
    errors[j] =
        SumOf(d, [=](std::int64_t i) { return w[i] * x[i]; }) - target[j];
    squares += static_cast<double>(errors[j]) * static_cast<double>(errors[j]);
  }
  return squares;
}

/// gradient += scale errors x^T.
ISOFLOP_VECTORISE
void AddOuter(std::int64_t outputs, std::int64_t d, float scale,
              const float* errors, const float* x, float* gradient) {
  for (std::int64_t j = 0; j < outputs; ++j) {
    const float factor = scale * errors[j];
    float* g = gradient + j * d;
    for (std::int64_t i = 0; i < d; ++i) g[i] += factor * x[i];
  }
}

bool Counts(const CpuBatch& batch, std::int64_t row) {
  return batch.counts == nullptr || batch.counts[row] != 0.0F;
}

}  // namespace

LinearPass::LinearPass(const ModelShape& shape, const Parameters& parameters)
    : shape_(shape),
      parameters_(parameters),
      head_(parameters.Find("head").data_ptr<float>()),
      gradient_(parameters.Find("head").grad().data_ptr<float>()),
      errors_(static_cast<std::size_t>(shape.d_out)) {}

double LinearPass::AddGradient(const CpuBatch& batch, double weight) {
  const std::int64_t rows = batch.windows * shape_.context;
  const double counted = CountedRows(batch.counts, rows);
  const auto scale = static_cast<float>(weight / counted);
  double sum = 0.0;
  for (std::int64_t row = 0; row < rows; ++row) {
    if (!Counts(batch, row)) continue;
    const float* x = batch.vectors + row * shape_.d_in;
    sum += Errors(shape_.d_out, shape_.d_model, head_, x,
                  batch.target_vectors + row * shape_.d_out, errors_.data());
    AddOuter(shape_.d_out, shape_.d_model, scale, errors_.data(), x, gradient_);
  }
  return sum / counted;
}

void LinearPass::Losses(const CpuBatch& batch, float* losses) {
  for (std::int64_t row = 0; row < batch.windows * shape_.context; ++row) {
    losses[row] =
        !Counts(batch, row)
            ? 0.0F
            : static_cast<float>(Errors(
                  shape_.d_out, shape_.d_model, head_,
                  batch.vectors + row * shape_.d_in,
                  batch.target_vectors + row * shape_.d_out, errors_.data()));
  }
}

}  // namespace isoflop
