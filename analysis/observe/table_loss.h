// Losses as others write them, and what they are in what is fitted.

#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "lib/core/names.h"
#include "lib/data/example.h"

namespace isoflop {

/// What a table gives its losses in.
enum class TableLoss {
  kNats,         // per token
  kBits,         // per token: nats / ln 2
  kBitsPerByte,  // nats / (ln 2 bytes per token)
  kPerplexity,   // e^nats
  kSquaredError
};

constexpr std::array<NamedValue<TableLoss>, 5> EnumNames(TableLoss) {
  return {{{TableLoss::kNats, "nats"},
           {TableLoss::kBits, "bits"},
           {TableLoss::kBitsPerByte, "bits_per_byte"},
           {TableLoss::kPerplexity, "perplexity"},
           {TableLoss::kSquaredError, "squared_error"}}};
}

/// What the losses of a table are in, unless a row says otherwise, and what
/// they are fitted in.
struct LossScale {
  TableLoss unit = TableLoss::kNats;
  std::optional<double> bytes_per_token = std::nullopt;  // of bits per byte
  bool in_bits_per_byte = false;  // fitted in; not in nats per token
};

/// Returns whether a loss cannot be fitted without the bytes of a token: one of
/// tokens becomes one of bytes, or the other way round.
constexpr bool NeedsBytesPerToken(const LossScale& scale) {
  return scale.unit != TableLoss::kSquaredError &&
         (scale.unit == TableLoss::kBitsPerByte) != scale.in_bits_per_byte;
}

/// Returns `loss` in what it is fitted in: nats per token or bits per byte, and
/// a squared error as it is. Nothing for a perplexity of 1 or less, which no
/// loss has. REQUIRES: loss > 0; bytes_per_token where it is needed.
std::optional<double> FittedLoss(double loss, const LossScale& scale);

/// Returns d FittedLoss / d loss, by which a standard error is multiplied.
double FittedLossSlope(double loss, const LossScale& scale);

/// Returns what losses of this scale are fitted in.
constexpr LossUnit FittedUnit(const LossScale& scale) {
  if (scale.unit == TableLoss::kSquaredError) return LossUnit::kSquaredError;
  return scale.in_bits_per_byte ? LossUnit::kBitsPerByte : LossUnit::kNats;
}

}  // namespace isoflop
