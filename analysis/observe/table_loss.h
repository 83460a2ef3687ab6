// Losses as others write them, and what they are in nats per token.

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

/// What the losses of a table are in, unless a row says otherwise.
struct LossScale {
  TableLoss unit = TableLoss::kNats;
  std::optional<double> bytes_per_token = std::nullopt;  // of bits per byte
};

/// Returns `loss` in what it is fitted in: nats, or squared error as it is.
/// Nothing for a perplexity of 1 or less, which no loss has.
/// REQUIRES: loss > 0; bytes_per_token where the unit is bits per byte.
std::optional<double> FittedLoss(double loss, const LossScale& scale);

/// Returns d FittedLoss / d loss, by which a standard error is multiplied.
double FittedLossSlope(double loss, const LossScale& scale);

/// Returns what a loss of this unit is fitted in.
constexpr LossUnit FittedUnit(TableLoss unit) {
  return unit == TableLoss::kSquaredError ? LossUnit::kSquaredError
                                          : LossUnit::kNats;
}

}  // namespace isoflop
