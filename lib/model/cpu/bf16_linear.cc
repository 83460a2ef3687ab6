#include "lib/model/cpu/bf16_linear.h"

#include <algorithm>

namespace isoflop::bf16 {

void ConvertRows(std::int64_t rows, std::int64_t columns, const float* x,
                 Number* y) {
  const std::int64_t stride = StrideOf(columns);
  if (stride == columns) return Convert(rows * columns, x, y);
  for (std::int64_t row = 0; row < rows; ++row, x += columns, y += stride) {
    Convert(columns, x, y);
    // The other half of the last pair, which products read.
    y[columns] = 0.0F;
  }
}

void ConvertRows(std::int64_t rows, std::int64_t columns, const Number* x,
                 float* y) {
  const std::int64_t stride = StrideOf(columns);
  if (stride == columns) return Convert(rows * columns, x, y);
  for (std::int64_t row = 0; row < rows; ++row, x += stride, y += columns) {
    Convert(columns, x, y);
  }
}

Linear::Linear(std::int64_t outputs, std::int64_t inputs, const float* weights,
               float* gradient)
    : outputs_(outputs),
      inputs_(inputs),
      weights_(weights),
      gradient_(gradient),
      packed_forward_(
          static_cast<std::size_t>(PackedSize(inputs, outputs, kRightPanel))),
      packed_backward_(
          static_cast<std::size_t>(PackedSize(outputs, inputs, kRightPanel))) {}

void Linear::Pack(PackingRoom* room) {
  const std::int64_t stride = StrideOf(inputs_);
  // Both directions from one rounded copy: they have to use the same weights.
  Number* copy = room->Left(outputs_ * stride);
  ConvertRows(outputs_, inputs_, weights_, copy);
  forward_ = PackRightTransposed(inputs_, outputs_, copy, stride,
                                 packed_forward_.data());
  backward_ =
      PackRight(outputs_, inputs_, copy, stride, packed_backward_.data());
}

void Linear::Forward(std::int64_t rows, const Number* x, float* y,
                     Into into) const {
  const ProfiledSections timed(profile_, StepSection::kProducts);
  Multiply(rows, outputs_, LeftOfRows(x, StrideOf(inputs_)), forward_, y,
           outputs_, into);
}

void Linear::Backward(std::int64_t rows, const Number* dy, float* dx) const {
  const ProfiledSections timed(profile_, StepSection::kProducts);
  Multiply(rows, inputs_, LeftOfRows(dy, StrideOf(outputs_)), backward_, dx,
           inputs_, Into::kOverwrite);
}

void Linear::AddGradient(std::int64_t rows, const Number* dy, const Number* x,
                         PackingRoom* room) const {
  const ProfiledSections timed(profile_, StepSection::kProducts);
  // Unlike weights these are new every time, so packing them belongs to the
  // product, and to its time.
  const auto left =
      PackLeftTransposed(rows, outputs_, dy, StrideOf(outputs_),
                         room->Left(PackedSize(rows, outputs_, kLeftPanel)));
  const auto right =
      PackRight(rows, inputs_, x, StrideOf(inputs_),
                room->Right(PackedSize(rows, inputs_, kRightPanel)));
  Multiply(outputs_, inputs_, left, right, gradient_, inputs_, Into::kAdd);
}

}  // namespace isoflop::bf16
