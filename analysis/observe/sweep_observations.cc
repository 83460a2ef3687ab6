#include "analysis/observe/sweep_observations.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "lib/core/error.h"
#include "lib/core/text.h"
#include "lib/sweep/vary.h"

namespace isoflop {
namespace {

ParamsKind KindOf(ParamsConvention convention) {
  return convention == ParamsConvention::kTotal ? ParamsKind::kTotal
                                                : ParamsKind::kNonEmbedding;
}

Observation ToObservation(const RunResult& run, ParamsConvention convention) {
  const ParameterCounts counts{.total = run.params_total,
                               .non_embedding = run.params_non_embedding};
  Observation observation;
  observation.N = static_cast<double>(Count(counts, convention));
  observation.D = static_cast<double>(run.tokens);
  observation.L = *run.loss;
  observation.C = run.flops;
  observation.budget_flops = run.budget_flops;
  observation.seed = run.seed;
  observation.group = run.group;
  observation.params_total = static_cast<double>(counts.total);
  observation.params_non_embedding = static_cast<double>(counts.non_embedding);
  observation.loss_std = run.loss_std_error;
  return observation;
}

void NoteLeftOut(int runs, const char* why, std::vector<std::string>* notes) {
  if (runs == 0) return;
  notes->push_back(fmt::format("{} {} and {} left out", Counted(runs, "run"),
                               why, runs == 1 ? "is" : "are"));
}

/// What the sweep file's own section says of "model.position", or null.
Json OwnValue(const Json& sweep_file, const std::string& axis) {
  std::string path = "/" + axis;
  std::ranges::replace(path, '.', '/');
  const Json::json_pointer place(path);
  return sweep_file.contains(place) ? sweep_file.at(place) : Json();
}

bool HasOwnValues(const Json& settings, const Json& sweep_file) {
  for (const auto& setting : settings.items()) {
    if (OwnValue(sweep_file, setting.key()) != setting.value()) return false;
  }
  return true;
}

/// The groups that were trained under `settings`.
std::set<std::string> GroupsOf(const Plan& plan, const Json& settings) {
  std::set<std::string> groups;
  for (const RunGroup& group : plan.groups) {
    if (group.variant == settings) groups.insert(group.id);
  }
  return groups;
}

std::size_t CountVariants(const Plan& plan) {
  std::set<std::string> variants;
  for (const RunGroup& group : plan.groups) {
    variants.insert(CanonicalText(group.variant));
  }
  return variants.size();
}

LearningRates CountLearningRates(const Plan& plan) {
  std::map<std::int64_t, std::set<double>> by_size;
  std::set<double> all;
  for (const RunGroup& group : plan.groups) {
    const double rate = HiddenLr(group);  // as the width scales it
    by_size[group.params.non_embedding].insert(rate);
    all.insert(rate);
  }
  if (all.empty()) return {};
  return {.in_all = static_cast<int>(all.size()),
          .at_smallest = static_cast<int>(by_size.begin()->second.size()),
          .at_largest = static_cast<int>(by_size.rbegin()->second.size())};
}

void WarnOfVariants(std::size_t variants, const Json& base, int left_out,
                    std::vector<std::string>* warnings) {
  if (variants < 2) return;
  warnings->push_back(fmt::format(
      "the sweep trained {} variants: only the one with {} is fitted, and the "
      "{} of the others {} left out",
      variants, SettingsInWords(base), Counted(left_out, "run"),
      left_out == 1 ? "is" : "are"));
}

/// Every axis, in the order of the sweep file.
std::vector<std::string> AxesOf(const Plan& plan) {
  std::vector<std::string> axes;
  for (const RunGroup& group : plan.groups) {
    for (const auto& setting : group.variant.items()) {
      if (std::ranges::find(axes, setting.key()) == axes.end()) {
        axes.push_back(setting.key());
      }
    }
  }
  return axes;
}

}  // namespace

RunTally Tally(const Plan& plan, const std::vector<RunResult>& results) {
  RunTally tally;
  for (const RunGroup& group : plan.groups) {
    tally.planned += static_cast<int>(group.runs.size());
  }
  for (const RunResult& result : results) {
    if (result.status == RunStatus::kOk) ++tally.ok;
    if (result.status == RunStatus::kDiverged) ++tally.diverged;
    if (result.status == RunStatus::kFailed) ++tally.failed;
  }
  return tally;
}

Json BaseVariant(const Plan& plan, const Json& sweep_file) {
  for (const RunGroup& group : plan.groups) {
    if (HasOwnValues(group.variant, sweep_file)) return group.variant;
  }
  return plan.groups.empty() ? Json::object() : plan.groups.front().variant;
}

ObservationSet SweepObservations(const Plan& plan,
                                 const std::vector<RunResult>& results,
                                 const Json& sweep_file) {
  const Json base = BaseVariant(plan, sweep_file);
  const std::set<std::string> groups = GroupsOf(plan, base);
  int other_variants = 0;
  std::set<LossUnit> units;
  ObservationSet set;
  set.source = plan.name;
  set.params = KindOf(plan.convention);
  set.flops = FlopsKind::kSixND;
  for (const RunResult& result : results) {
    if (result.status != RunStatus::kOk || !result.loss) continue;
    if (!groups.contains(result.group)) {
      ++other_variants;
      continue;
    }
    units.insert(result.loss_unit);
    set.loss_unit = result.loss_unit;
    set.rows.push_back(ToObservation(result, plan.convention));
  }
  Require(units.size() <= 1,
          "{}: some losses are in nats and others are squared errors: they "
          "cannot be in one fit",
          plan.name);
  const RunTally tally = Tally(plan, results);
  NoteLeftOut(tally.diverged, "diverged", &set.notes);
  NoteLeftOut(tally.failed, "failed", &set.notes);
  NoteLeftOut(tally.pending(),
              tally.pending() == 1 ? "has no result yet" : "have no result yet",
              &set.notes);
  WarnOfVariants(CountVariants(plan), base, other_variants, &set.warnings);
  set.learning_rates = CountLearningRates(plan);
  return set;
}

std::string RequireAxis(const Plan& plan, const std::string& axis) {
  const std::vector<std::string> axes = AxesOf(plan);
  Require(!axes.empty(),
          "{}: the sweep varies nothing: there are no recipes to compare; see "
          "\"vary\" in sweeps/README.md",
          plan.name);
  Require(!axis.empty() || axes.size() == 1,
          "--by: the sweep varies {}: which of them?", fmt::join(axes, ", "));
  if (axis.empty()) return axes.front();
  Require(std::ranges::find(axes, axis) != axes.end(),
          "--by: the sweep does not vary '{}'{}; it varies {}", axis,
          Suggestion(axis, axes), fmt::join(axes, ", "));
  return axis;
}

LabelledObservations SweepRecipes(const Plan& plan,
                                  const std::vector<RunResult>& results,
                                  const std::string& axis,
                                  const Json& sweep_file) {
  Plan others = plan;  // what varies beside
  std::map<std::string, std::string> label_of_group;
  for (RunGroup& group : others.groups) {
    label_of_group[group.id] = WordOf(group.variant.at(axis));
    group.variant.erase(axis);
  }
  LabelledObservations recipes{
      .set = SweepObservations(others, results, sweep_file), .labels = {}};
  for (const Observation& o : recipes.set.rows) {
    recipes.labels.push_back(label_of_group.at(o.group));
  }
  return recipes;
}

}  // namespace isoflop
