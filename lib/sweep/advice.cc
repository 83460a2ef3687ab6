#include "lib/sweep/advice.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>

#include "lib/core/text.h"

namespace isoflop {
namespace {

using Notes = std::vector<std::string>;

/// The extremes of what was seen.
class Span {
 public:
  void Add(double value) {
    lowest_ = lowest_ == 0.0 ? value : std::min(lowest_, value);
    highest_ = std::max(highest_, value);
  }
  double ratio() const { return lowest_ > 0.0 ? highest_ / lowest_ : 1.0; }
  double lowest() const { return lowest_; }
  double highest() const { return highest_; }

 private:
  double lowest_ = 0.0;
  double highest_ = 0.0;
};

void AdviseOnSeeds(const SweepSpec& spec, Notes* notes) {
  if (spec.seeds.size() > 1) return;
  notes->push_back(
      "one seed: intervals cannot tell seed noise from a law that does not "
      "fit; give two or more under \"seeds\"");
}

void AdviseOnLearningRate(const SweepSpec& spec, Notes* notes) {
  std::set<double> rates;
  for (const Variant& v : spec.variants) rates.insert(v.training.peak_lr);
  // Three, since the best of two is at an end of what was tried.
  if (rates.size() >= 3) return;
  notes->push_back(
      "the learning rate is not checked: in a sweep of the smallest and the "
      "largest size, vary training.peak_lr over three rates; a rate that is "
      "too high for large models bends the law");
}

void AdviseOnBudgets(const SweepSpec& spec, const Plan& plan, Notes* notes) {
  if (spec.grid.budgets_flops.empty()) return;
  std::map<double, std::set<std::int64_t>> sizes;  // N's of a budget
  // A budget of which no cell is left counts, with no size.
  for (const double budget : spec.grid.budgets_flops) sizes[budget];
  for (const RunGroup& group : plan.groups) {
    for (const PlannedRun& run : group.runs) {
      if (run.budget_flops) sizes[*run.budget_flops].insert(group.params.total);
    }
  }
  if (sizes.size() < kFewestSoundBudgets) {
    notes->push_back(
        fmt::format("only {}: a power law of N* needs five or more",
                    Counted(sizes.size(), "budget")));
  }
  for (const auto& [budget, of_budget] : sizes) {
    if (of_budget.size() >= kFewestSoundSizes) continue;
    notes->push_back(fmt::format(
        "budget {:.3g}: only {} left; an IsoFLOP parabola needs {} or more",
        budget, Counted(of_budget.size(), "size"), kFewestSoundSizes));
  }
}

void AdviseOnSteps(const Plan& plan, Notes* notes) {
  int runs = 0;
  std::int64_t fewest = kFewestSoundSteps;
  for (const RunGroup& group : plan.groups) {
    for (const PlannedRun& run : group.runs) {
      runs += run.steps < kFewestSoundSteps ? 1 : 0;
      fewest = std::min(fewest, run.steps);
    }
  }
  if (runs == 0) return;
  notes->push_back(fmt::format(
      "{} run{} fewer than {} steps, down to {}: their losses may be limited "
      "by steps, not by D, which makes B look huge; take smaller batches",
      runs, runs == 1 ? " has" : "s have", kFewestSoundSteps, fewest));
}

void AdviseOnEpochs(const Plan& plan, Notes* notes) {
  int runs = 0;
  double most = 0.0;
  for (const RunGroup& group : plan.groups) {
    for (const PlannedRun& run : group.runs) {
      runs += run.epochs > kSoundEpochs ? 1 : 0;
      most = std::max(most, run.epochs);
    }
  }
  if (runs == 0) return;
  notes->push_back(fmt::format(
      "{} see{} the data more than {} times, up to {:.3g}: repeated tokens are "
      "worth less than new ones, which laws of N and D do not know; give more "
      "data, or fit with --laws repeated_data",
      Counted(runs, "run"), runs == 1 ? "s" : "", kSoundEpochs, most));
}

void AdviseOnSpan(const char* what, const Span& span, Notes* notes) {
  // An exponent is a slope over ln(ratio): its error grows as that shrinks.
  if (span.ratio() >= 10.0) return;
  notes->push_back(
      fmt::format("{} ranges over a factor of only {:.2g} ({} to {}): its "
                  "exponent needs a factor of 10 or more to be certain",
                  what, span.ratio(), FormatCount(span.lowest()),
                  FormatCount(span.highest())));
}

}  // namespace

std::vector<std::string> Advice(const SweepSpec& spec, const Plan& plan) {
  Notes notes;
  AdviseOnSeeds(spec, &notes);
  AdviseOnLearningRate(spec, &notes);
  AdviseOnBudgets(spec, plan, &notes);
  AdviseOnSteps(plan, &notes);
  AdviseOnEpochs(plan, &notes);
  Span params;
  Span tokens;
  for (const RunGroup& group : plan.groups) {
    params.Add(static_cast<double>(Count(group.params, group.convention)));
    for (const PlannedRun& run : group.runs) {
      tokens.Add(static_cast<double>(run.tokens));
    }
  }
  AdviseOnSpan("N", params, &notes);
  AdviseOnSpan("D", tokens, &notes);
  return notes;
}

}  // namespace isoflop
