#include "analysis/report/claim_verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <string_view>
#include <utility>

#include "analysis/observe/result_values.h"
#include "analysis/report/experiment_report.h"
#include "analysis/report/text_page.h"
#include "lib/core/error.h"

namespace isoflop {
namespace {

/// Where numbers of an expectation stand, and those they are divided by.
struct Pair {
  const Json* value = nullptr;
  const Json* relative_to = nullptr;
};

/// The numbers at a path, or their mean.
std::vector<double> Numbers(const Json& json, const std::string& path,
                            bool mean) {
  std::vector<double> numbers = NumbersAt(json, path);
  if (!mean || numbers.empty()) return numbers;
  return {std::accumulate(numbers.begin(), numbers.end(), 0.0) /
          static_cast<double>(numbers.size())};
}

std::vector<double> ValuesOf(const Pair& pair, const std::string& path,
                             const std::string& relative_to, bool mean) {
  std::vector<double> values = Numbers(*pair.value, path, mean);
  if (relative_to.empty()) return values;
  if (pair.relative_to == nullptr) return {};
  const auto divisors = Numbers(*pair.relative_to, relative_to, mean);
  // One for all, or one for each.
  if (divisors.size() != 1 && divisors.size() != values.size()) return {};
  std::vector<double> ratios;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double divisor = divisors[divisors.size() == 1 ? 0 : i];
    if (divisor != 0.0) ratios.push_back(values[i] / divisor);
  }
  return ratios;
}

void Add(const std::vector<double>& values, ExpectationOutcome* outcome) {
  if (!values.empty()) ++outcome->runs;
  for (const double value : values) {
    const bool first = outcome->values++ == 0;
    outcome->least = first ? value : std::min(outcome->least, value);
    outcome->most = first ? value : std::max(outcome->most, value);
  }
}

/// The results of runs that ended ok, by id.
using Results = std::map<std::string, Json>;

void JudgeRuns(const Plan& plan, const Results& results,
               ExpectationOutcome* outcome) {
  const Expectation& expectation = outcome->expected;
  const bool divided = expectation.against || !expectation.relative_to.empty();
  const std::string& relative_to = expectation.relative_to.empty()
                                       ? expectation.value
                                       : expectation.relative_to;
  const auto result_of = [&](const std::string& id) -> const Json* {
    const auto found = results.find(id);
    return found == results.end() ? nullptr : &found->second;
  };
  const auto meant = MeantRuns(plan, expectation.of);
  outcome->planned = meant.size();
  for (const std::string& id : meant) {
    const Pair pair{
        .value = result_of(id),
        .relative_to = result_of(expectation.against
                                     ? PartnerOf(plan, id, *expectation.against)
                                     : id)};
    if (pair.value == nullptr) continue;
    Add(ValuesOf(pair, expectation.value, divided ? relative_to : "",
                 expectation.mean),
        outcome);
  }
}

/// "analyses.NAME.rest", taken apart.
struct AnalysisPath {
  std::string name;
  std::string rest;
};

constexpr std::string_view kAnalyses = "analyses.";

AnalysisPath TakeApart(std::string_view path) {
  path.remove_prefix(kAnalyses.size());
  const auto end = std::min(path.find('.'), path.size());
  return {.name = std::string(path.substr(0, end)),
          .rest = std::string(path.substr(std::min(end + 1, path.size())))};
}

const ExperimentFit* FindFit(const std::vector<ExperimentFit>& experiments,
                             const std::string& name) {
  const auto found = std::ranges::find_if(
      experiments, [&](const auto& fit) { return fit.request.name == name; });
  return found == experiments.end() ? nullptr : &*found;
}

/// Whether a curve has all of these settings, as far as it has them at all.
bool IsCurveOf(const CurveSeries& series, const Json& of) {
  return std::ranges::all_of(of.items(), [&](const auto& item) {
    const auto own = series.of.find(item.key());
    return own == series.of.end() || *own == item.value();
  });
}

void JudgeCurves(const std::vector<ExperimentFit>& experiments,
                 ExpectationOutcome* outcome) {
  const Expectation& expectation = outcome->expected;
  const AnalysisPath path = TakeApart(expectation.value);
  const ExperimentFit* fit = FindFit(experiments, path.name);
  if (fit == nullptr) return;
  AnalysisPath divisor;
  const ExperimentFit* other = fit;
  if (expectation.against) divisor = path;
  if (!expectation.relative_to.empty()) {
    divisor = TakeApart(expectation.relative_to);
    other = FindFit(experiments, divisor.name);
  }
  for (const CurveSeries& series : fit->series) {
    if (!IsCurveOf(series, expectation.of)) continue;
    ++outcome->planned;
    const Json value = SeriesJson(*fit, series);
    Json of_other = series.of;
    if (expectation.against) of_other.update(*expectation.against);
    Json relative_to;
    if (other != nullptr) {
      const auto found =
          std::ranges::find(other->series, of_other, &CurveSeries::of);
      if (found != other->series.end()) {
        relative_to = SeriesJson(*other, *found);
      }
    }
    Add(ValuesOf({.value = &value, .relative_to = &relative_to}, path.rest,
                 divisor.rest, expectation.mean),
        outcome);
  }
}

ExpectationOutcome Judge(const Expectation& expectation, const Plan& plan,
                         const Results& results,
                         const std::vector<ExperimentFit>& experiments) {
  ExpectationOutcome outcome{.expected = expectation};
  if (expectation.value.starts_with(kAnalyses)) {
    JudgeCurves(experiments, &outcome);
  } else {
    JudgeRuns(plan, results, &outcome);
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

void RequireMeantRuns(const SweepSpec& spec, const Plan& plan) {
  Problems problems;
  const auto require = [&](const char* list, std::size_t i, const Json& of) {
    if (!MeantRuns(plan, of).empty()) return;
    problems.Add(fmt::format("{}: {}[{}].of", spec.source, list, i),
                 "no run of the sweep is like " + of.dump());
  };
  for (std::size_t i = 0; i < spec.analyses.size(); ++i) {
    require("analyses", i, spec.analyses[i].of);
  }
  const auto& expectations = spec.claim.expectations;
  for (std::size_t i = 0; i < expectations.size(); ++i) {
    require("expect", i, expectations[i].of);
    if (!expectations[i].against ||
        expectations[i].value.starts_with(kAnalyses)) {
      continue;
    }
    for (const std::string& id : MeantRuns(plan, expectations[i].of)) {
      if (!PartnerOf(plan, id, *expectations[i].against).empty()) continue;
      problems.Add(fmt::format("{}: expect[{}].against", spec.source, i),
                   fmt::format("no run to compare {} with is like {}", id,
                               expectations[i].against->dump()));
      break;
    }
  }
  problems.ThrowIfAny();
}

ClaimVerdict JudgeClaim(const SweepClaim& claim, const Plan& plan,
                        const std::vector<RunResult>& results,
                        const std::vector<ExperimentFit>& experiments) {
  Results by_id;
  for (const RunResult& result : results) {
    if (result.status == RunStatus::kOk) by_id[result.id] = ToJson(result);
  }
  ClaimVerdict verdict{.claim = claim.text, .outcomes = {}};
  for (const Expectation& expectation : claim.expectations) {
    verdict.outcomes.push_back(Judge(expectation, plan, by_id, experiments));
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
