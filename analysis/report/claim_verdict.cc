#include "analysis/report/claim_verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>
#include <utility>

#include "analysis/report/text_page.h"
#include "lib/core/error.h"
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

/// Takes the first key, with the places in arrays behind it, off a path and
/// returns what stands there; null where there is nothing.
const Json* Step(const Json* at, std::string_view* path) {
  constexpr auto kNone = std::string_view::npos;
  const auto end = path->find_first_of(".[]");
  const std::string key(path->substr(0, end));
  *path = end == kNone ? std::string_view() : path->substr(end);
  if (!at->is_object()) return nullptr;
  const auto found = at->find(key);
  at = found == at->end() ? nullptr : &*found;
  while (at != nullptr && path->starts_with('[')) {
    const auto close = path->find(']');
    if (close == kNone) return nullptr;
    at = ElementOf(at, path->substr(1, close - 1));
    *path = path->substr(close + 1);
  }
  return at;
}

/// Returns what stands at "a.b[0].c[-1]"; null where there is nothing.
const Json* Find(const Json& json, std::string_view path) {
  const Json* at = &json;
  while (at != nullptr) {
    at = Step(at, &path);
    if (path.empty()) return at;
    if (!path.starts_with('.')) return nullptr;
    path = path.substr(1);
  }
  return nullptr;
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

/// Whether an expectation is about this run.
bool IsMeant(const RunGroup& group, const PlannedRun& run, const Json& of) {
  const auto is = [](const Json& value, std::int64_t number) {
    return value == Json(number) || value == Json(static_cast<double>(number));
  };
  for (const auto& item : of.items()) {
    const std::string& key = item.key();
    const Json& value = item.value();
    if (key == "tokens") {
      // D is rounded to whole batches.
      const double difference =
          static_cast<double>(run.tokens) - value.get<double>();
      const auto batch = static_cast<double>(group.training.batch_tokens);
      if (std::abs(difference) >= batch) return false;
    } else if (key == "seed") {
      if (!is(value, group.seed)) return false;
    } else if (key == "d_model") {
      if (!is(value, group.shape.d_model)) return false;
    } else if (key == "layers") {
      if (!is(value, group.shape.layers)) return false;
    } else if (group.variant.value(key, Json()) != value) {
      return false;
    }
  }
  return true;
}

/// Returns the ids of the runs that an expectation is about.
std::set<std::string> MeantRuns(const Plan& plan, const Json& of) {
  std::set<std::string> ids;
  for (const RunGroup& group : plan.groups) {
    for (const PlannedRun& run : group.runs) {
      if (IsMeant(group, run, of)) ids.insert(run.id);
    }
  }
  return ids;
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

ExpectationOutcome Judge(const Expectation& expectation, const Plan& plan,
                         const std::vector<RunResult>& results) {
  const auto meant = MeantRuns(plan, expectation.of);
  ExpectationOutcome outcome{.expected = expectation, .planned = meant.size()};
  for (const RunResult& result : results) {
    if (result.status != RunStatus::kOk || !meant.contains(result.id)) continue;
    const auto values = ValuesOf(ToJson(result), expectation);
    if (!values.empty()) ++outcome.runs;
    for (const double value : values) {
      const bool first = outcome.values++ == 0;
      outcome.least = first ? value : std::min(outcome.least, value);
      outcome.most = first ? value : std::max(outcome.most, value);
    }
  }
  outcome.held =
      outcome.values > 0 && outcome.runs == outcome.planned &&
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
  if (outcome.values == 0) {
    return fmt::format("no such number in {}",
                       outcome.planned == 1
                           ? "the run"
                           : fmt::format("any of {} runs", outcome.planned));
  }
  std::string text =
      outcome.values == 1
          ? fmt::format("{:.4g}", outcome.least)
          : fmt::format("{:.4g} to {:.4g}", outcome.least, outcome.most);
  if (outcome.runs < outcome.planned) {
    text += fmt::format(" in {} of {} runs", outcome.runs, outcome.planned);
  }
  return text;
}

}  // namespace

bool ClaimVerdict::held() const {
  return std::ranges::all_of(outcomes, &ExpectationOutcome::held);
}

void RequireRunsOf(const SweepClaim& claim, const Plan& plan,
                   const std::string& source) {
  Problems problems;
  for (std::size_t i = 0; i < claim.expectations.size(); ++i) {
    const Json& of = claim.expectations[i].of;
    if (!MeantRuns(plan, of).empty()) continue;
    problems.Add(fmt::format("{}: expect[{}].of", source, i),
                 "no run of the sweep is like " + of.dump());
  }
  problems.ThrowIfAny();
}

ClaimVerdict JudgeClaim(const SweepClaim& claim, const Plan& plan,
                        const std::vector<RunResult>& results) {
  ClaimVerdict verdict{.claim = claim.text, .outcomes = {}};
  for (const Expectation& expectation : claim.expectations) {
    verdict.outcomes.push_back(Judge(expectation, plan, results));
  }
  return verdict;
}

Json ToJson(const ClaimVerdict& verdict) {
  Json outcomes = Json::array();
  for (const ExpectationOutcome& outcome : verdict.outcomes) {
    Json json{{"that", outcome.expected.that},
              {"planned", outcome.planned},
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
