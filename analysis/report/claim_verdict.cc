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

/// What the analyses gave, as a claim asks for it.
struct AskedOfCurves {
  const ExperimentFit* fit = nullptr;    // null: no such analysis
  const ExperimentFit* other = nullptr;  // whose numbers it is divided by
  std::string path;
  std::string divisor;
};

AskedOfCurves AskedOf(const Expectation& expectation,
                      const std::vector<ExperimentFit>& experiments) {
  const AnalysisPath path = TakeApart(expectation.value);
  AskedOfCurves asked{
      .fit = FindFit(experiments, path.name), .path = path.rest, .divisor = {}};
  if (!expectation.relative_to.empty()) {
    const AnalysisPath divisor = TakeApart(expectation.relative_to);
    asked.other = FindFit(experiments, divisor.name);
    asked.divisor = divisor.rest;
  } else if (expectation.against) {
    asked.other = asked.fit;
    asked.divisor = path.rest;
  }
  return asked;
}

/// The curve whose numbers those of `series` are divided by; null: none.
const CurveSeries* DivisorOf(const AskedOfCurves& asked,
                             const CurveSeries& series,
                             const std::optional<Json>& against) {
  if (asked.other == nullptr) return nullptr;
  if (against) return FindPartner(asked.other->series, series, *against);
  const auto same =
      std::ranges::find(asked.other->series, series.of, &CurveSeries::of);
  return same == asked.other->series.end() ? nullptr : &*same;
}

void JudgeCurves(const std::vector<ExperimentFit>& experiments,
                 ExpectationOutcome* outcome) {
  const Expectation& expectation = outcome->expected;
  const AskedOfCurves asked = AskedOf(expectation, experiments);
  outcome->of_curves = true;
  if (asked.fit == nullptr) return;
  for (const CurveSeries& series : asked.fit->series) {
    if (!IsCurveOf(series, expectation.of)) continue;
    ++outcome->planned;
    const CurveSeries* divisor = DivisorOf(asked, series, expectation.against);
    // A curve of which runs are missing may yet become another.
    if (series.missing > 0 || (divisor != nullptr && divisor->missing > 0)) {
      continue;
    }
    const Json value = SeriesJson(*asked.fit, series);
    const Json relative_to =
        divisor == nullptr ? Json() : SeriesJson(*asked.other, *divisor);
    Add(ValuesOf({.value = &value, .relative_to = &relative_to}, asked.path,
                 asked.divisor, expectation.mean),
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
  const char* kind = outcome.of_curves ? "curve" : "run";
  if (outcome.values == 0) {
    return outcome.planned == 1 ? fmt::format("no such number in the {}", kind)
                                : fmt::format("no such number in any of {} {}s",
                                              outcome.planned, kind);
  }
  std::string text =
      outcome.values == 1
          ? fmt::format("{:.4g}", outcome.least)
          : fmt::format("{:.4g} to {:.4g}", outcome.least, outcome.most);
  if (outcome.runs < outcome.planned) {
    text +=
        fmt::format(" in {} of {} {}s", outcome.runs, outcome.planned, kind);
  }
  return text;
}

std::string NoneLike(const std::string& what, const Json& settings) {
  return fmt::format("no {} is like {}", what, settings.dump());
}

/// Why a key of an expectation can come to nothing.
struct Lack {
  const char* key = "of";
  std::string why;
};

std::optional<Lack> LackOfRuns(const Expectation& expectation,
                               const Plan& plan) {
  const auto meant = MeantRuns(plan, expectation.of);
  if (meant.empty()) {
    return Lack{.key = "of",
                .why = NoneLike("run of the sweep", expectation.of)};
  }
  if (!expectation.against) return std::nullopt;
  for (const std::string& id : meant) {
    if (!PartnerOf(plan, id, *expectation.against).empty()) continue;
    return Lack{.key = "against",
                .why = NoneLike("run to compare " + id + " with",
                                *expectation.against)};
  }
  return std::nullopt;
}

std::optional<Lack> LackOfCurves(
    const Expectation& expectation,
    const std::vector<ExperimentFit>& experiments) {
  const AskedOfCurves asked = AskedOf(expectation, experiments);
  bool any = false;
  for (const CurveSeries& series : asked.fit->series) {
    if (!IsCurveOf(series, expectation.of)) continue;
    any = true;
    if (asked.divisor.empty()) continue;
    if (DivisorOf(asked, series, expectation.against) != nullptr) continue;
    return Lack{.key = expectation.against ? "against" : "relative_to",
                .why = NoneLike(
                    "curve to compare with",
                    expectation.against ? *expectation.against : series.of)};
  }
  if (any) return std::nullopt;
  return Lack{.key = "of",
              .why = fmt::format("no curve of {} is like {}, but there is {}",
                                 asked.fit->request.name, expectation.of.dump(),
                                 asked.fit->series.empty()
                                     ? "none"
                                     : asked.fit->series.front().of.dump())};
}

/// Why an axis is no x.
std::string WhyNoCurve(const ExperimentFit& fit, const Plan& plan) {
  const std::string& over = fit.request.over;
  for (const RunGroup& group : plan.groups) {
    const Json value = group.variant.value(over, Json());
    if (value.is_null()) continue;
    if (!value.is_number() || value.get<double>() <= 0.0) {
      return fmt::format("needs numbers above 0, and {} is {}", over,
                         value.dump());
    }
  }
  return {};
}

}  // namespace

bool ClaimVerdict::held() const {
  return std::ranges::all_of(outcomes, &ExpectationOutcome::held);
}

void RequireMeantRuns(const SweepSpec& spec, const Plan& plan) {
  Problems problems;
  const auto path_of = [&](const char* list, std::size_t i, const char* key) {
    return fmt::format("{}: {}[{}].{}", spec.source, list, i, key);
  };
  const auto experiments = FitExperiments(spec.analyses, plan, {});
  for (std::size_t i = 0; i < experiments.size(); ++i) {
    const std::string why = WhyNoCurve(experiments[i], plan);
    if (!why.empty()) problems.Add(path_of("analyses", i, "over"), why);
    if (!experiments[i].series.empty()) continue;
    problems.Add(path_of("analyses", i, "of"),
                 NoneLike("run of the sweep", spec.analyses[i].of));
  }
  const auto& expectations = spec.claim.expectations;
  for (std::size_t i = 0; i < expectations.size(); ++i) {
    const auto lack = expectations[i].value.starts_with(kAnalyses)
                          ? LackOfCurves(expectations[i], experiments)
                          : LackOfRuns(expectations[i], plan);
    if (lack) problems.Add(path_of("expect", i, lack->key), lack->why);
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
