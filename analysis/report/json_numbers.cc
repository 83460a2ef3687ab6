#include "analysis/report/json_numbers.h"

#include <cmath>
#include <string>

namespace isoflop {
namespace {

bool Finite(const Interval& interval) {
  return std::isfinite(interval.low) && std::isfinite(interval.high);
}

Json ToJson(const Interval& interval) {
  return Json::array({interval.low, interval.high});
}

}  // namespace

void PutNumber(Json* json, std::string_view key, double value) {
  if (std::isfinite(value)) (*json)[std::string(key)] = value;
}

void PutNumber(Json* json, std::string_view key,
               const std::optional<double>& value) {
  if (value) PutNumber(json, key, *value);
}

void PutText(Json* json, std::string_view key, std::string_view text) {
  if (!text.empty()) (*json)[std::string(key)] = text;
}

Json ToJson(const Estimate& estimate) {
  Json json = Json::object();
  PutNumber(&json, "estimate", estimate.value);
  if (!estimate.spread) return json;
  PutNumber(&json, "standard_error", estimate.spread->standard_error);
  if (Finite(estimate.spread->interval95)) {
    json["interval95"] = ToJson(estimate.spread->interval95);
  }
  return json;
}

void SpreadTable::Add(std::string_view name, const Spread& spread) {
  PutNumber(&standard_error_, name, spread.standard_error);
  if (Finite(spread.interval95)) {
    interval95_[std::string(name)] = ToJson(spread.interval95);
  }
}

void SpreadTable::Add(std::string_view name, const Estimate& estimate) {
  if (estimate.spread) Add(name, *estimate.spread);
}

void SpreadTable::PutInto(Json* json) const {
  if (!standard_error_.empty()) (*json)["standard_error"] = standard_error_;
  if (!interval95_.empty()) (*json)["interval95"] = interval95_;
}

void PutEstimate(Json* json, std::string_view key,
                 const std::optional<Estimate>& estimate,
                 SpreadTable* spreads) {
  if (!estimate) return;
  PutNumber(json, key, estimate->value);
  spreads->Add(key, *estimate);
}

}  // namespace isoflop
