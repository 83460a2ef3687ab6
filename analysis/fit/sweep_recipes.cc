#include "analysis/fit/sweep_recipes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "analysis/fit/sweep_observations.h"
#include "lib/core/error.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

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

/// The value without the quotes of a JSON string.
std::string Word(const Json& value) {
  return value.is_string() ? value.get<std::string>() : CanonicalText(value);
}

}  // namespace

std::string RequireAxis(const Plan& plan, const std::string& axis) {
  const std::vector<std::string> axes = AxesOf(plan);
  Require(!axes.empty(),
          "{}: the sweep varies nothing: there are no recipes to compare; see "
          "\"vary\" in sweeps/README.md",
          plan.name);
  Require(!axis.empty() || axes.size() == 1,
          "--by: the sweep varies {}: which of them?", fmt::join(axes, ", "));
  if (axis.empty()) return axes.front();
  const std::vector<std::string_view> known(axes.begin(), axes.end());
  Require(std::ranges::find(axes, axis) != axes.end(),
          "--by: the sweep does not vary '{}'{}; it varies {}", axis,
          Suggestion(axis, known), fmt::join(axes, ", "));
  return axis;
}

LabelledObservations SweepRecipes(const Plan& plan,
                                  const std::vector<RunResult>& results,
                                  const std::string& axis,
                                  const Json& sweep_file) {
  Plan others = plan;  // what varies beside
  std::map<std::string, std::string> label_of_group;
  for (RunGroup& group : others.groups) {
    label_of_group[group.id] = Word(group.variant.at(axis));
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
