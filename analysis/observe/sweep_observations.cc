#include "analysis/observe/sweep_observations.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "analysis/observe/best_of.h"
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
  if (run.unique_tokens) {
    observation.unique_tokens = static_cast<double>(*run.unique_tokens);
  }
  observation.budget_flops = run.budget_flops;
  observation.seed = run.seed;
  observation.group = run.group;
  observation.params_total = static_cast<double>(counts.total);
  observation.params_non_embedding = static_cast<double>(counts.non_embedding);
  observation.loss_std = run.loss_std_error;
  return observation;
}

void ToBitsPerByte(const std::vector<std::optional<double>>& bytes_per_token,
                   ObservationSet* set) {
  Require(set->loss_unit == LossUnit::kNats,
          "--bits-per-byte: {}: squared errors are of no text", set->source);
  for (std::size_t i = 0; i < set->rows.size(); ++i) {
    const auto& bytes = bytes_per_token[i];
    Require(bytes.has_value(),
            "--bits-per-byte: {}: how many bytes of text a token stands for is "
            "not known: it is of text, and of tokens with the tokens.json that "
            "isoflop data tokenize writes, when the sweep is planned",
            set->source);
    Observation& row = set->rows[i];
    row.L = BitsPerByte(row.L, *bytes);
    if (row.loss_std) row.loss_std = BitsPerByte(*row.loss_std, *bytes);
  }
  set->loss_unit = LossUnit::kBitsPerByte;
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

/// The variants of a plan of which some axes have been settled: runs of one of
/// them are of one recipe.
class Variants {
 public:
  /// `label` is the axis that tells recipes apart; empty: none. Throws Error as
  /// SweepObservations does.
  Variants(const Plan& plan, const VariantChoice& choice,
           const std::string& label = "")
      : plan_(plan) {
    for (const RowCondition& condition : choice.where) KeepWhere(condition);
    for (const RunGroup& group : plan_.groups) whole_[group.id] = group.variant;
    for (const std::string& axis : choice.best_of) {
      RequireOneOf("--best-of", axis);
      Forget(axis);
    }
    for (const RowCondition& condition : choice.where) {
      if (CountValues(condition.column) == 1) Forget(condition.column);
    }
    if (!label.empty()) Forget(label);
    for (const RunGroup& group : plan_.groups)
      settled_[group.id] = group.variant;
  }

  Json Base(const Json& sweep_file) const {
    return BaseVariant(plan_, sweep_file);
  }

  /// Returns the variant of a group, without the axes that are settled; nothing
  /// where it is not wanted.
  const Json* Of(const std::string& group) const {
    const auto found = settled_.find(group);
    return found == settled_.end() ? nullptr : &found->second;
  }

  /// Returns the variant of a group that is wanted, whole.
  const Json& WholeOf(const std::string& group) const {
    return whole_.at(group);
  }

  std::size_t Count() const {
    std::set<std::string> variants;
    for (const auto& [id, variant] : settled_) {
      variants.insert(CanonicalText(variant));
    }
    return variants.size();
  }

 private:
  void KeepWhere(const RowCondition& condition) {
    RequireOneOf("--where", condition.column);
    std::erase_if(plan_.groups, [&](const RunGroup& group) {
      return !Meets(WordOf(group.variant.at(condition.column)), condition);
    });
    Require(!plan_.groups.empty(), "--where: no variant of {} meets {}",
            plan_.name, condition.text);
  }

  void RequireOneOf(const char* option, const std::string& axis) const {
    const std::vector<std::string> axes = AxesOf(plan_);
    Require(
        std::ranges::find(axes, axis) != axes.end(),
        "{}: the sweep does not vary '{}'{}; it varies {}", option, axis,
        Suggestion(axis, axes),
        axes.empty() ? "nothing" : fmt::format("{}", fmt::join(axes, ", ")));
  }

  /// How many values an axis has in the groups that are left; 0 where it is
  /// settled already.
  std::size_t CountValues(const std::string& axis) const {
    std::set<std::string> values;
    for (const RunGroup& group : plan_.groups) {
      if (group.variant.contains(axis)) {
        values.insert(WordOf(group.variant.at(axis)));
      }
    }
    return values.size();
  }

  void Forget(const std::string& axis) {
    for (RunGroup& group : plan_.groups) group.variant.erase(axis);
  }

  Plan plan_;  // of the groups that are wanted
  std::map<std::string, Json> settled_;
  std::map<std::string, Json> whole_;
};

/// The variant with the most runs that ended well; of equal ones the first.
Json MostFinished(const Variants& variants,
                  const std::vector<const RunResult*>& finished) {
  std::vector<std::pair<const Json*, int>> counts;
  for (const RunResult* result : finished) {
    const Json* variant = variants.Of(result->group);
    if (variant == nullptr) continue;
    const auto known = std::ranges::find_if(
        counts, [&](const auto& entry) { return *entry.first == *variant; });
    if (known == counts.end()) {
      counts.emplace_back(variant, 1);
    } else {
      ++known->second;
    }
  }
  const auto most = std::ranges::max_element(
      counts, {}, [](const auto& entry) { return entry.second; });
  return most == counts.end() ? Json::object() : *most->first;
}

/// The runs that ended well, of whichever variant.
std::vector<const RunResult*> Finished(const std::vector<RunResult>& results) {
  std::vector<const RunResult*> finished;
  for (const RunResult& result : results) {
    if (result.status == RunStatus::kOk && result.loss) {
      finished.push_back(&result);
    }
  }
  return finished;
}

/// A variant that was chosen is a note; one that was not, a warning.
void SayWhatIsFitted(const VariantChoice& choice, std::size_t variants,
                     const Json& base, int left_out, ObservationSet* set) {
  for (const RowCondition& condition : choice.where) {
    set->notes.push_back(fmt::format("runs with {} only", condition.text));
  }
  if (variants < 2) return;
  set->warnings.push_back(fmt::format(
      "the sweep trained {} variants: only the one with {} is fitted, and the "
      "{} of the others {} left out; --where chooses others",
      variants, SettingsInWords(base), Counted(left_out, "run"),
      left_out == 1 ? "is" : "are"));
}

/// The settings of the axes of which the best is taken, for one run.
std::vector<int> SettingsOf(const Json& variant,
                            const std::vector<std::string>& axes,
                            std::vector<SettingColumn>* columns) {
  std::vector<int> settings;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    std::vector<std::string>& values = (*columns)[i].values;
    const std::string value = WordOf(variant.at(axes[i]));
    const auto known = std::ranges::find(values, value);
    settings.push_back(static_cast<int>(known - values.begin()));
    if (known == values.end()) values.push_back(value);
  }
  return settings;
}

/// Returns the variant that is fitted, with a warning where it is not the
/// sweep's own.
Json ChooseVariant(const Variants& variants, const Json& sweep_file,
                   const std::vector<const RunResult*>& finished,
                   std::vector<std::string>* warnings) {
  Json own = variants.Base(sweep_file);
  const bool has_runs =
      std::ranges::any_of(finished, [&](const RunResult* result) {
        const Json* variant = variants.Of(result->group);
        return variant != nullptr && *variant == own;
      });
  Json most = MostFinished(variants, finished);
  if (has_runs || most.empty()) return own;
  warnings->push_back(
      fmt::format("no run of the sweep's own variant, with {}, has ended well: "
                  "the one with "
                  "{} is fitted",
                  SettingsInWords(own), SettingsInWords(most)));
  return most;
}

void NoteHowRunsEnded(const RunTally& tally, std::vector<std::string>* notes) {
  NoteLeftOut(tally.diverged, "diverged", notes);
  NoteLeftOut(tally.failed, "failed", notes);
  NoteLeftOut(tally.pending(),
              tally.pending() == 1 ? "has no result yet" : "have no result yet",
              notes);
}

/// Returns the observations of one variant, with the settings of the axes of
/// which the best will be taken.
ObservationSet Observe(const Plan& plan, const std::vector<RunResult>& results,
                       const Json& sweep_file, const VariantChoice& choice,
                       const Variants& variants) {
  ObservationSet set;
  const std::vector<const RunResult*> finished = Finished(results);
  const Json base =
      ChooseVariant(variants, sweep_file, finished, &set.warnings);
  for (const std::string& axis : choice.best_of) {
    set.settings.push_back({axis, {}});
  }
  std::set<LossUnit> units;
  set.source = plan.name;
  set.params = KindOf(plan.convention);
  set.flops = FlopsKind::kSixND;
  int others = 0;
  std::vector<std::optional<double>> bytes_per_token;  // of each row
  for (const RunResult* result : finished) {
    const Json* variant = variants.Of(result->group);
    if (variant == nullptr || *variant != base) {
      ++others;
      continue;
    }
    units.insert(result->loss_unit);
    set.loss_unit = result->loss_unit;
    bytes_per_token.push_back(result->bytes_per_token);
    set.rows.push_back(ToObservation(*result, plan.convention));
    set.rows.back().settings = SettingsOf(variants.WholeOf(result->group),
                                          choice.best_of, &set.settings);
  }
  Require(units.size() <= 1,
          "{}: some losses are in nats and others are squared errors: they "
          "cannot be in one fit",
          plan.name);
  if (choice.in_bits_per_byte) ToBitsPerByte(bytes_per_token, &set);
  NoteHowRunsEnded(Tally(plan, results), &set.notes);
  SayWhatIsFitted(choice, variants.Count(), base, others, &set);
  set.learning_rates = CountLearningRates(plan);
  return set;
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

Json BaseVariant(const Plan& plan, const Json& sweep_file) {
  for (const RunGroup& group : plan.groups) {
    if (HasOwnValues(group.variant, sweep_file)) return group.variant;
  }
  return plan.groups.empty() ? Json::object() : plan.groups.front().variant;
}

ObservationSet SweepObservations(const Plan& plan,
                                 const std::vector<RunResult>& results,
                                 const Json& sweep_file,
                                 const VariantChoice& choice) {
  LabelledObservations observations{
      Observe(plan, results, sweep_file, choice, Variants(plan, choice)), {}};
  TakeBest(choice.best_of, &observations);
  return std::move(observations.set);
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
                                  const Json& sweep_file,
                                  const VariantChoice& choice) {
  const Variants variants(plan, choice, axis);
  LabelledObservations recipes{
      .set = Observe(plan, results, sweep_file, choice, variants),
      .labels = {}};
  for (const Observation& o : recipes.set.rows) {
    recipes.labels.push_back(WordOf(variants.WholeOf(o.group).at(axis)));
  }
  TakeBest(choice.best_of, &recipes);
  return recipes;
}

}  // namespace isoflop
