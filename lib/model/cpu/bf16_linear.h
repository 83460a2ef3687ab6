// A matrix of weights that is multiplied in bf16: its masters stay in fp32, its
// copies are packed once per update for the products of both directions.

#pragma once

#include <cstdint>
#include <vector>

#include "lib/model/cpu/bf16_product.h"
#include "lib/model/step_profile.h"

namespace isoflop::bf16 {

/// Returns how far apart rows of `columns` bf16 numbers are kept.
constexpr std::int64_t StrideOf(std::int64_t columns) {
  return 2 * PairsOf(columns);
}

/// y = x to the nearest bf16: x [rows, columns] dense, y with rows StrideOf
/// apart and zeros between them.
void ConvertRows(std::int64_t rows, std::int64_t columns, const float* x,
                 Number* y);

/// The other way round.
void ConvertRows(std::int64_t rows, std::int64_t columns, const Number* x,
                 float* y);

/// Room to pack the factors of one product in.
struct PackingRoom {
  std::vector<Number> left, right;

  Number* Left(std::int64_t size) { return Grow(&left, size); }
  Number* Right(std::int64_t size) { return Grow(&right, size); }

 private:
  static Number* Grow(std::vector<Number>* room, std::int64_t size) {
    const auto wanted = static_cast<std::size_t>(size);
    if (room->size() < wanted) room->resize(wanted);
    return room->data();
  }
};

/// All bf16 matrices here have rows StrideOf(columns) apart, fp32 ones are
/// dense.
class Linear {
 public:
  /// weights, gradient [outputs, inputs], fp32. REQUIRES: both outlive this.
  Linear(std::int64_t outputs, std::int64_t inputs, const float* weights,
         float* gradient);

  /// Takes over the weights, which have changed.
  void Pack(PackingRoom* room);

  /// y = x w^T (+ y): x [rows, inputs], y fp32 [rows, outputs].
  void Forward(std::int64_t rows, const Number* x, float* y,
               Into into = Into::kOverwrite) const;

  /// dx = dy w: dy [rows, outputs], dx fp32 [rows, inputs].
  void Backward(std::int64_t rows, const Number* dy, float* dx) const;

  /// dw += dy^T x.
  void AddGradient(std::int64_t rows, const Number* dy, const Number* x,
                   PackingRoom* room) const;

  /// From now on all of these count their time there, unless it is null.
  void set_profile(StepProfile* profile) { profile_ = profile; }

 private:
  std::int64_t outputs_, inputs_;
  const float* weights_;
  float* gradient_;
  std::vector<Number> packed_forward_, packed_backward_;
  Right forward_, backward_;
  StepProfile* profile_ = nullptr;
};

}  // namespace isoflop::bf16
