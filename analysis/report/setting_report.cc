#include "analysis/report/setting_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/report/json_numbers.h"
#include "analysis/report/number_text.h"
#include "lib/core/text.h"
#include "lib/core/text_table.h"

namespace isoflop {
namespace {

Json ToJson(const PlaceOptimum& place) {
  Json json{{"params", place.N},      {"tokens", place.D},
            {"values", place.values}, {"best", place.best},
            {"loss", place.loss},     {"worst", place.worst}};
  if (place.vertex) json["vertex"] = *place.vertex;
  return json;
}

Json ToJson(const SettingExponent& exponent) {
  return {{"estimate", exponent.value},
          {"standard_error", exponent.standard_error},
          {"interval95", {exponent.interval95.low, exponent.interval95.high}}};
}

/// "falls with N, exponent -0.230 [-0.300, -0.160]", or that no move is seen.
std::string MoveInWords(const char* quantity, const SettingExponent& exponent) {
  const auto [low, high] = exponent.interval95;
  const std::string numbers = fmt::format("exponent {:.3f} [{:.3f}, {:.3f}]",
                                          exponent.value, low, high);
  if (low > 0.0) return fmt::format("rises with {}, {}", quantity, numbers);
  if (high < 0.0) return fmt::format("falls with {}, {}", quantity, numbers);
  return fmt::format("is not seen to move with {}, {}", quantity, numbers);
}

std::string LawInWords(const SettingLaw& law) {
  std::string words = "the best value ";
  if (law.params) words += MoveInWords("N", *law.params);
  if (law.params && law.tokens) words += ", and ";
  if (law.tokens) words += MoveInWords("D", *law.tokens);
  return words + fmt::format("; from {} places", law.places);
}

}  // namespace

Json ToJson(const SettingOptima& optima) {
  Json json{{"places", Json::array()}};
  for (const PlaceOptimum& place : optima.places) {
    json["places"].push_back(ToJson(place));
  }
  if (!optima.law) return json;
  Json law{{"coefficient", optima.law->coefficient},
           {"places", optima.law->places}};
  if (optima.law->params) law["params"] = ToJson(*optima.law->params);
  if (optima.law->tokens) law["tokens"] = ToJson(*optima.law->tokens);
  json["law"] = std::move(law);
  return json;
}

void AddOptima(const std::string& name, const SettingOptima& optima,
               TextPage* page) {
  page->Heading(fmt::format("The best {} at each N and D", name));
  TextTable table({"N", "D", "tried", "best", "vertex", "loss", "worst"});
  for (const PlaceOptimum& place : optima.places) {
    table.AddRow({FormatCount(place.N), FormatCount(place.D),
                  std::to_string(place.values), FormatNumber(place.best),
                  place.vertex ? FormatNumber(*place.vertex) : "at the end",
                  FormatNumber(place.loss), FormatNumber(place.worst)});
  }
  page->Table(table);
  const auto ends = std::ranges::count_if(
      optima.places, [](const PlaceOptimum& p) { return !p.vertex; });
  if (ends > 0) {
    page->Line(fmt::format(
        "at {} of {} places the best is the smallest or the largest that was "
        "tried: the true best may lie beyond",
        ends, optima.places.size()));
  }
  page->Line(optima.law ? LawInWords(*optima.law)
                        : "too few places have their best inside of what was "
                          "tried to see whether it moves");
}

}  // namespace isoflop
