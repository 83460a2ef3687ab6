#include "analysis/observe/observation_row.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "analysis/table/cell.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

bool Positive(double value) { return std::isfinite(value) && value > 0.0; }

}  // namespace

void ObservationRow::Set(const QuantityColumn& column,
                         const std::string& text) {
  switch (column.quantity) {
    case Quantity::kStatus:
      return;  // told apart before
    case Quantity::kGroup:
      group_ = text;
      return;
    case Quantity::kLossUnit:
      SetLossUnit(column, text);
      return;
    case Quantity::kSeed:
      seed_ = WholeNumberOf(text);
      if (!seed_) Refuse(column, text, "a whole number");
      return;
    case Quantity::kBytesPerToken:
      SetNumber(column, text);
      scale_.bytes_per_token = Number(column.quantity);
      return;
    default:
      SetNumber(column, text);
  }
}

void ObservationRow::SetLossUnit(const QuantityColumn& column,
                                 const std::string& text) {
  if (const auto unit = FromName<TableLoss>(text)) {
    scale_.unit = *unit;
  } else {
    Refuse(column, text,
           fmt::format("one of {}", fmt::join(AllNames<TableLoss>(), ", ")));
  }
}

void ObservationRow::SetNumber(const QuantityColumn& column,
                               const std::string& text) {
  const auto number = NumberOf(text);
  if (number && Positive(*number * column.factor)) {
    numbers_[column.quantity] = *number * column.factor;
  } else {
    Refuse(column, text, "a finite number above 0");
  }
}

void ObservationRow::Refuse(const QuantityColumn& column,
                            const std::string& text,
                            const std::string& needed) {
  refused_ = true;
  problems_->Add(line_,
                 fmt::format("column '{}': must be {}, got '{}'{}",
                             Shortened(column.name, kLongestName), needed,
                             Shortened(text), NumberAdvice(text)));
}

std::optional<double> ObservationRow::Number(Quantity quantity) const {
  const auto found = numbers_.find(quantity);
  if (found == numbers_.end()) return std::nullopt;
  return found->second;
}

ParamsKind ObservationRow::params() const {
  if (Has(Quantity::kParams)) return ParamsKind::kAsGiven;
  if (Has(Quantity::kParamsTotal)) return ParamsKind::kTotal;
  return Has(Quantity::kParamsNonEmbedding) ? ParamsKind::kNonEmbedding
                                            : ParamsKind::kAsGiven;
}

bool ObservationRow::Complete() const {
  if (refused_) return false;
  const bool has_tokens = Has(Quantity::kTokens);
  const bool has_flops = Has(Quantity::kFlops);
  const bool has_params =
      Has(Quantity::kParams) || Has(Quantity::kParamsTotal) ||
      Has(Quantity::kParamsNonEmbedding) || (has_tokens && has_flops);
  if (!has_params) problems_->Add(line_, "column 'params': no value");
  if (!Has(Quantity::kLoss)) {
    problems_->Add(line_,
                   "column 'loss': no value; leave such rows out with --where "
                   "'loss!=nan', or name the column that says how runs ended: "
                   "--column status=...");
  }
  if (!has_tokens && !has_flops) {
    problems_->Add(line_, "column 'tokens': no value, nor one of 'flops'");
  }
  const bool has_bytes = !NeedsBytesPerToken(scale_) || scale_.bytes_per_token;
  if (!has_bytes) {
    problems_->Add(line_,
                   "bits per byte need the bytes of a token: give "
                   "--bytes-per-token");
  }
  return has_bytes && has_params && Has(Quantity::kLoss) &&
         (has_tokens || has_flops);
}

double ObservationRow::Params() const {
  for (const Quantity count : {Quantity::kParams, Quantity::kParamsTotal,
                               Quantity::kParamsNonEmbedding}) {
    if (const auto params = Number(count)) return *params;
  }
  return *Number(Quantity::kFlops) / (6.0 * *Number(Quantity::kTokens));
}

std::optional<double> ObservationRow::Loss() const {
  const double given = *Number(Quantity::kLoss);
  const auto loss = FittedLoss(given, scale_);
  if (!loss) {
    problems_->Add(line_, fmt::format("column 'loss': a perplexity must be "
                                      "above 1, got {}",
                                      given));
  }
  return loss;
}

std::optional<Observation> ObservationRow::ToObservation() const {
  if (!Complete()) return std::nullopt;
  const auto loss = Loss();
  if (!loss) return std::nullopt;
  Observation o;
  o.N = Params();
  const auto tokens = Number(Quantity::kTokens);
  const auto flops = Number(Quantity::kFlops);
  o.D = tokens ? *tokens : TokensOf(*flops, o.N);
  o.C = flops ? *flops : SixND(o.N, o.D);
  o.L = *loss;
  o.params_total = Number(Quantity::kParamsTotal);
  o.params_non_embedding = Number(Quantity::kParamsNonEmbedding);
  o.weight = Number(Quantity::kWeight).value_or(1.0);
  o.loss_std = Number(Quantity::kLossStd);
  if (o.loss_std) {
    *o.loss_std *= FittedLossSlope(*Number(Quantity::kLoss), scale_);
  }
  o.budget_flops = Number(Quantity::kBudgetFlops);
  o.unique_tokens = Number(Quantity::kUniqueTokens);
  const auto epochs = Number(Quantity::kEpochs);
  if (!o.unique_tokens && epochs) {
    o.unique_tokens = o.D / std::max(*epochs, 1.0);
  }
  o.seed = seed_;
  o.group = group_;
  o.line = line_;
  if (Positive(o.N) && Positive(o.D) && Positive(o.C) && Positive(o.L)) {
    return o;
  }
  problems_->Add(line_, fmt::format("parameters {}, tokens {} and FLOPs {} "
                                    "that follow from the row are not finite "
                                    "and above 0",
                                    o.N, o.D, o.C));
  return std::nullopt;
}

}  // namespace isoflop
