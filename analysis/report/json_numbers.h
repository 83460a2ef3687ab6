// Numbers, intervals and spreads as JSON, the same way in every file.

#pragma once

#include <optional>
#include <string_view>

#include "analysis/solve/estimate.h"
#include "lib/core/json.h"

namespace isoflop {

/// Sets json[key], unless `value` is not finite: JSON has no such number.
void PutNumber(Json* json, std::string_view key, double value);
void PutNumber(Json* json, std::string_view key,
               const std::optional<double>& value);

/// Sets json[key] unless `text` is empty.
void PutText(Json* json, std::string_view key, std::string_view text);

/// Returns {"estimate", "standard_error", "interval95"}; each is left out by
/// itself where it is not finite.
Json ToJson(const Estimate& estimate);

/// Collects spreads by name, for objects that keep them apart from the values:
/// {"standard_error": {"E": ...}, "interval95": {"E": [..., ...]}}.
/// A standard error and an interval that are not finite are left out.
class SpreadTable {
 public:
  void Add(std::string_view name, const Spread& spread);
  void Add(std::string_view name, const Estimate& estimate);

  /// Sets both keys of `json`; none that would hold nothing.
  void PutInto(Json* json) const;

 private:
  Json standard_error_ = Json::object();
  Json interval95_ = Json::object();
};

/// Sets json[key] to the value, unless there is none, and keeps its spread.
void PutEstimate(Json* json, std::string_view key,
                 const std::optional<Estimate>& estimate, SpreadTable* spreads);

}  // namespace isoflop
