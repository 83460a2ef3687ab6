#include "analysis/observe/observation_columns.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "lib/core/text.h"
#include "lib/record/run_result.h"

namespace isoflop {
namespace {

struct OtherName {
  Quantity quantity;
  const char* name;
};

constexpr OtherName kOtherNames[] = {{Quantity::kParams, "N"},
                                     {Quantity::kTokens, "D"},
                                     {Quantity::kLoss, "L"},
                                     {Quantity::kFlops, "C"},
                                     {Quantity::kLossStd, "loss_std_error"}};

Quantity RequireQuantity(const std::string& name) {
  const auto quantity = FromName<Quantity>(name);
  const auto all = AllNames<Quantity>();
  Require(quantity.has_value(),
          "--column: unknown quantity '{}'{}; known are {}", name,
          Suggestion(name, all), fmt::join(all, ", "));
  return *quantity;
}

bool Positive(double value) { return std::isfinite(value) && value > 0.0; }

}  // namespace

ColumnName ParseColumnName(std::string_view text) {
  const auto equals = text.find('=');
  Require(equals != std::string_view::npos && equals > 0 &&
              equals + 1 < text.size(),
          "--column: must be quantity=column, as in params=\"Model Size\", got "
          "'{}'",
          text);
  ColumnName name{std::string(text.substr(0, equals)),
                  std::string(text.substr(equals + 1))};
  RequireQuantity(name.quantity);
  return name;
}

ColumnDictionary::ColumnDictionary(const std::vector<ColumnName>& given)
    : given_(given) {
  for (const auto& entry : EnumNames(Quantity{})) {
    quantities_.emplace(entry.name, entry.value);
  }
  for (const OtherName& other : kOtherNames) {
    quantities_.emplace(other.name, other.quantity);
  }
  for (const ColumnName& name : given) {
    const Quantity quantity = RequireQuantity(name.quantity);
    std::erase_if(quantities_,
                  [&](const auto& known) { return known.second == quantity; });
  }
  for (const ColumnName& name : given) {
    const Quantity quantity = *FromName<Quantity>(name.quantity);
    for (const ColumnName& other : given) {
      const bool same = &other != &name && other.quantity == name.quantity;
      Require(!same, "--column: {} is named twice", name.quantity);
    }
    const auto [place, is_new] = quantities_.emplace(name.column, quantity);
    Require(is_new, "--column: '{}' cannot be both {} and {}", name.column,
            NameOf(place->second), name.quantity);
  }
}

std::optional<Quantity> ColumnDictionary::Find(std::string_view column) const {
  const auto found = quantities_.find(column);
  if (found == quantities_.end()) return std::nullopt;
  return found->second;
}

void RawRow::Set(Quantity quantity, const Cell& cell) {
  switch (quantity) {
    case Quantity::kGroup:
      group_ = cell.word;
      break;
    case Quantity::kStatus:
      status_ = cell.word;
      break;
    case Quantity::kLossUnit:
      if (const auto unit = FromName<LossUnit>(cell.word)) {
        loss_unit_ = *unit;
      } else {
        Refuse(cell,
               fmt::format("one of {}", fmt::join(AllNames<LossUnit>(), ", ")),
               "");
      }
      break;
    case Quantity::kSeed:
      seed_ = cell.whole;
      if (!cell.whole) Refuse(cell, "a whole number", "");
      break;
    default:
      if (cell.number && Positive(*cell.number)) {
        numbers_[quantity] = *cell.number;
      } else {
        Refuse(cell, "a finite number above 0", cell.advice);
      }
  }
}

void RawRow::Refuse(const Cell& cell, std::string_view needed,
                    const std::string& advice) {
  refused_ = true;
  problems_->Add(
      line_, fmt::format("column '{}': must be {}, got {}{}",
                         Shortened(cell.column), needed, cell.shown, advice));
}

void RawRow::NeedLabel(const std::string& column) {
  if (!label_.empty()) return;
  refused_ = true;
  problems_->Add(line_, fmt::format("column '{}': no value", column));
}

bool RawRow::unfinished() const {
  const auto status = FromName<RunStatus>(status_);
  return status && *status != RunStatus::kOk;
}

std::optional<double> RawRow::Number(Quantity quantity) const {
  const auto found = numbers_.find(quantity);
  if (found == numbers_.end()) return std::nullopt;
  return found->second;
}

ParamsKind RawRow::params() const {
  if (Has(Quantity::kParams)) return ParamsKind::kAsGiven;
  return Has(Quantity::kParamsTotal) ? ParamsKind::kTotal
                                     : ParamsKind::kNonEmbedding;
}

bool RawRow::Complete() const {
  if (refused_) return false;
  const bool has_params = Has(Quantity::kParams) ||
                          Has(Quantity::kParamsTotal) ||
                          Has(Quantity::kParamsNonEmbedding);
  if (!has_params) problems_->Add(line_, "column 'params': no value");
  if (!Has(Quantity::kLoss)) problems_->Add(line_, "column 'loss': no value");
  const bool has_tokens = Has(Quantity::kTokens) || Has(Quantity::kFlops);
  if (!has_tokens) {
    problems_->Add(line_, "column 'tokens': no value, nor one of 'flops'");
  }
  return has_params && Has(Quantity::kLoss) && has_tokens;
}

std::optional<Observation> RawRow::ToObservation() const {
  if (!Complete()) return std::nullopt;
  Observation o;
  o.params_total = Number(Quantity::kParamsTotal);
  o.params_non_embedding = Number(Quantity::kParamsNonEmbedding);
  o.N = Number(Quantity::kParams)
            .value_or(
                o.params_total.value_or(o.params_non_embedding.value_or(0.0)));
  const auto tokens = Number(Quantity::kTokens);
  const auto flops = Number(Quantity::kFlops);
  o.D = tokens ? *tokens : TokensOf(*flops, o.N);
  o.C = flops ? *flops : SixND(o.N, o.D);
  o.L = *Number(Quantity::kLoss);
  o.weight = Number(Quantity::kWeight).value_or(1.0);
  o.loss_std = Number(Quantity::kLossStd);
  o.budget_flops = Number(Quantity::kBudgetFlops);
  o.unique_tokens = Number(Quantity::kUniqueTokens);
  o.seed = seed_;
  o.group = group_;
  if (Positive(o.D) && Positive(o.C)) return o;
  problems_->Add(line_, fmt::format("tokens {} and FLOPs {} that follow from "
                                    "the row are not finite and above 0",
                                    o.D, o.C));
  return std::nullopt;
}

}  // namespace isoflop
