#include "analysis/report/claim_verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "analysis/report/text_page.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

/// Returns an element of an array, counted from the end if negative.
const Json* ElementOf(const Json* array, std::string_view index) {
  const auto number = ParseNumber<std::int64_t>(index);
  if (!number || !array->is_array()) return nullptr;
  const auto size = static_cast<std::int64_t>(array->size());
  const std::int64_t at = *number < 0 ? size + *number : *number;
  if (at < 0 || at >= size) return nullptr;
  return &(*array)[static_cast<std::size_t>(at)];
}

/// Returns what stands at "a.b[0].c[-1]"; null where there is nothing.
const Json* Find(const Json& json, std::string_view path) {
  const Json* at = &json;
  while (at != nullptr && !path.empty()) {
    const auto end = path.find_first_of(".[]");
    const std::string key(path.substr(0, end));
    if (!key.empty()) {
      if (!at->is_object()) return nullptr;
      const auto found = at->find(key);
      at = found == at->end() ? nullptr : &*found;
    }
    path = end == std::string_view::npos ? "" : path.substr(end);
    if (path.starts_with('[')) {
      const auto close = path.find(']');
      if (close == std::string_view::npos || at == nullptr) return nullptr;
      at = ElementOf(at, path.substr(1, close - 1));
      path = path.substr(close + 1);
    }
    if (path.starts_with('.')) path = path.substr(1);
  }
  return at;
}

/// Returns the number, or the numbers of an array.
std::vector<double> NumbersAt(const Json& json, std::string_view path) {
  const Json* found = Find(json, path);
  std::vector<double> numbers;
  if (found == nullptr) return numbers;
  if (found->is_number()) return {found->get<double>()};
  if (!found->is_array()) return numbers;
  for (const Json& element : *found) {
    if (element.is_number()) numbers.push_back(element.get<double>());
  }
  return numbers;
}

/// Whether the expectation is about this run.
bool IsMeant(const RunResult& result, const Json& of) {
  for (const auto& item : of.items()) {
    const std::string& key = item.key();
    if (key == "tokens") {
      // D is rounded to whole batches.
      const double batch =
          result.config["training"]["batch_tokens"].get<double>();
      const auto tokens = static_cast<double>(result.tokens);
      if (std::abs(tokens - item.value().get<double>()) >= batch) return false;
    } else if (key == "seed") {
      if (item.value() != Json(result.seed)) return false;
    } else if (key == "d_model" || key == "layers") {
      if (result.config["model"].value(key, Json()) != item.value()) {
        return false;
      }
    } else if (result.variant.value(key, Json()) != item.value()) {
      return false;
    }
  }
  return true;
}

std::vector<double> ValuesOf(const Json& result,
                             const Expectation& expectation) {
  std::vector<double> values = NumbersAt(result, expectation.value);
  if (expectation.relative_to.empty()) return values;
  const auto divisors = NumbersAt(result, expectation.relative_to);
  // One for all, or one for each.
  if (divisors.size() != 1 && divisors.size() != values.size()) return {};
  std::vector<double> ratios;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double divisor = divisors[divisors.size() == 1 ? 0 : i];
    if (divisor != 0.0) ratios.push_back(values[i] / divisor);
  }
  return ratios;
}

ExpectationOutcome Judge(const Expectation& expectation,
                         const std::vector<RunResult>& results) {
  ExpectationOutcome outcome{.expected = expectation};
  for (const RunResult& result : results) {
    if (result.status != RunStatus::kOk || !IsMeant(result, expectation.of)) {
      continue;
    }
    ++outcome.runs;
    for (const double value : ValuesOf(ToJson(result), expectation)) {
      const bool first = outcome.values++ == 0;
      outcome.least = first ? value : std::min(outcome.least, value);
      outcome.most = first ? value : std::max(outcome.most, value);
    }
  }
  outcome.held =
      outcome.values > 0 &&
      (!expectation.at_least || outcome.least >= *expectation.at_least) &&
      (!expectation.at_most || outcome.most <= *expectation.at_most);
  return outcome;
}

std::string RangeText(const Expectation& expectation) {
  const auto& low = expectation.at_least;
  const auto& high = expectation.at_most;
  if (low && high) return fmt::format("{:.4g} to {:.4g}", *low, *high);
  return low ? fmt::format("at least {:.4g}", *low)
             : fmt::format("at most {:.4g}", *high);
}

std::string SeenText(const ExpectationOutcome& outcome) {
  if (outcome.runs == 0) return "no such run ended ok";
  if (outcome.values == 0) return "the results have no such number";
  if (outcome.values == 1) return fmt::format("{:.4g}", outcome.least);
  return fmt::format("{:.4g} to {:.4g}", outcome.least, outcome.most);
}

}  // namespace

bool ClaimVerdict::held() const {
  return std::ranges::all_of(outcomes, &ExpectationOutcome::held);
}

ClaimVerdict JudgeClaim(const SweepClaim& claim,
                        const std::vector<RunResult>& results) {
  ClaimVerdict verdict{.claim = claim.text, .outcomes = {}};
  for (const Expectation& expectation : claim.expectations) {
    verdict.outcomes.push_back(Judge(expectation, results));
  }
  return verdict;
}

Json ToJson(const ClaimVerdict& verdict) {
  Json outcomes = Json::array();
  for (const ExpectationOutcome& outcome : verdict.outcomes) {
    Json json{{"that", outcome.expected.that},
              {"runs", outcome.runs},
              {"values", outcome.values}};
    if (outcome.values > 0) {
      json["least"] = outcome.least;
      json["most"] = outcome.most;
    }
    if (outcome.expected.at_least) {
      json["at_least"] = *outcome.expected.at_least;
    }
    if (outcome.expected.at_most) json["at_most"] = *outcome.expected.at_most;
    json["held"] = outcome.held;
    outcomes.push_back(std::move(json));
  }
  return {{"schema", "isoflop.claim/1"},
          {"claim", verdict.claim},
          {"held", verdict.held()},
          {"expected", std::move(outcomes)}};
}

std::string ClaimText(const ClaimVerdict& verdict, std::size_t width) {
  TextPage page(width);
  std::size_t held = 0;
  for (const auto& outcome : verdict.outcomes) held += outcome.held ? 1 : 0;
  page.Heading(fmt::format("The claim {}: {} of {} expectations",
                           verdict.held() ? "held" : "did not hold", held,
                           verdict.outcomes.size()));
  page.Line(verdict.claim);
  std::vector<std::string> items;
  for (const auto& outcome : verdict.outcomes) {
    items.push_back(fmt::format(
        "{}: {}; expected {}: {}", outcome.expected.that, SeenText(outcome),
        RangeText(outcome.expected), outcome.held ? "held" : "not held"));
  }
  page.List("Expected and seen", items);
  return page.text();
}

}  // namespace isoflop
