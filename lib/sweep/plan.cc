#include "lib/sweep/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "lib/core/quote.h"
#include "lib/sweep/advice.h"
#include "lib/sweep/cells.h"
#include "lib/sweep/group_cost.h"
#include "lib/sweep/group_memory.h"
#include "lib/sweep/plan_checks.h"
#include "lib/sweep/run_identity.h"
#include "lib/sweep/sizes.h"

namespace isoflop {
namespace {

/// Opens each of the sweep's tasks once, whatever the number of variants.
class TaskCache {
 public:
  explicit TaskCache(const std::string& file) : file_(file) {}

  /// Throws Error, naming the sweep file.
  const Task& Open(const DataConfig& config, std::int64_t context) {
    auto& task = tasks_[{CanonicalText(ToJson(config)), context}];
    try {
      if (!task) {
        task = OpenTask(config, context);
        const auto overlap = task->FindEvalOverlap();
        if (overlap) note_ = NoteOverlap(*overlap);
      }
    } catch (const Error& error) {
      throw Error(InFile(file_, error.what()));
    }
    return *task;
  }

  /// What there is to say of the task that was opened last; once.
  std::string TakeNote() { return std::exchange(note_, {}); }

 private:
  const std::string& file_;
  std::map<std::pair<std::string, std::int64_t>, std::unique_ptr<Task>> tasks_;
  std::string note_;
};

PlannedRun MakeRun(const RunGroup& group, const Cell& cell, const Task& task,
                   const IdMaker& ids) {
  PlannedRun run;
  run.steps = cell.steps;
  run.branch_step = BranchStep(MakeSchedule(group.training, cell.steps));
  run.tokens = cell.steps * group.training.batch_tokens;
  const auto tokens = static_cast<double>(run.tokens);
  run.flops =
      6.0 * static_cast<double>(Count(group.params, group.convention)) * tokens;
  run.flops_exact = TrainingFlopsPerToken(group.shape) * tokens;
  run.budget_flops = cell.budget_flops;
  run.epochs = Epochs(task, run.tokens);
  run.id = ids.RunId(group, run);
  return run;
}

/// Splits the cells of one shape and seed into groups: all that share a trunk
/// together, or each alone.
std::vector<RunGroup> GroupsOf(const RunGroup& common,
                               const std::vector<Cell>& cells, const Task& task,
                               const IdMaker& ids) {
  std::vector<RunGroup> groups;
  const bool alone = common.training.schedule == ScheduleKind::kCosine;
  for (const Cell& cell : cells) {
    if (groups.empty() || alone) groups.push_back(common);
    groups.back().runs.push_back(MakeRun(common, cell, task, ids));
  }
  for (RunGroup& group : groups) group.id = ids.GroupId(group);
  return groups;
}

/// Expands a sweep variant by variant, size by size, seed by seed.
class Expansion {
 public:
  Expansion(const SweepSpec& spec, const DevicePrecision& precision)
      : spec_(spec), precision_(precision), tasks_(spec.source) {
    plan_.name = spec.name;
    plan_.convention = spec.grid.params;
    const bool is_auto = UsesPrecision(spec, Precision::kAuto);
    if (is_auto) plan_.auto_precision = precision.of_auto;
    if (is_auto || UsesPrecision(spec, Precision::kBf16)) {
      plan_.bf16_products = precision.bf16;
    }
  }

  Plan Run() && {
    for (const Variant& variant : spec_.variants) Expand(variant);
    if (repeated_groups_ > 0) {
      plan_.notes.push_back(
          fmt::format("{} the same under several settings of \"vary\" and "
                      "trained once",
                      repeated_groups_ == 1
                          ? "1 group is"
                          : fmt::format("{} groups are", repeated_groups_)));
    }
    problems_.ThrowIfAny();
    RequireSomethingLeft();
    for (auto& note : Advice(spec_, plan_)) plan_.notes.push_back(note);
    return std::move(plan_);
  }

 private:
  void Expand(const Variant& variant) {
    const Task& task = tasks_.Open(variant.data, variant.model.context);
    if (plan_.groups.empty()) plan_.data = task.info();
    if (const auto note = tasks_.TakeNote(); !note.empty()) AddNote(note);
    const std::int64_t vocab_size = ModelVocabSize(variant);
    Require(vocab_size >= task.info().vocab_size,
            "{}: model.vocab_size: {} is smaller than the data's vocabulary of "
            "{}",
            spec_.source, vocab_size, task.info().vocab_size);
    std::vector<RunGroup> groups;
    for (std::size_t i = 0; i < spec_.grid.sizes.size(); ++i) {
      ExpandSize(variant, i, task, &groups);
    }
    CheckLengths(groups, spec_.source, &problems_);
    CheckData(groups, task, spec_.source, &problems_);
    for (RunGroup& group : groups) Add(std::move(group));
  }

  void ExpandSize(const Variant& variant, std::size_t index, const Task& task,
                  std::vector<RunGroup>* groups) {
    const GridConfig& grid = spec_.grid;
    const auto resolved = ResolveSize(
        grid.sizes[index], variant, grid.aspect_ratio,
        fmt::format("{}: grid.sizes[{}]", spec_.source, index), &problems_);
    RunGroup common;
    common.shape = resolved.shape;
    common.shape_note = resolved.note;
    common.params = CountParameters(common.shape);
    common.training = variant.training;
    // Before anything is hashed: an id has to say which of them it was.
    common.training.precision =
        PrecisionHere(common.shape, variant.training.precision);
    common.data = variant.data;
    common.data_fingerprint = task.info().fingerprint;
    common.bytes_per_token = task.info().bytes_per_token;
    common.convention = grid.params;
    common.variant = variant.settings;
    common.probes = spec_.probes;
    auto cells = CellsFor(
        GridOf(grid.sizes[index], grid), SizeLabel(common.shape),
        Count(common.params, grid.params), common.training.batch_tokens);
    for (auto& cell : cells.left_out) AddLeftOut(std::move(cell));
    for (const auto& note : cells.notes) AddNote(note);
    const IdMaker ids(common);
    for (const std::int64_t seed : spec_.seeds) {
      common.seed = seed;
      std::ranges::move(GroupsOf(common, cells.cells, task, ids),
                        std::back_inserter(*groups));
    }
  }

  bool HasBf16(const ModelShape& shape) const {
    return precision_.bf16 == Bf16Products::kEverywhere ||
           (precision_.bf16 == Bf16Products::kByHand && HasBf16Pass(shape));
  }

  Precision PrecisionHere(const ModelShape& shape, Precision asked) {
    if (asked == Precision::kFp32 || HasBf16(shape)) {
      // "auto" was measured with a Transformer of tokens.
      const bool measured =
          shape.architecture == Architecture::kTransformer && shape.d_in == 0;
      if (asked != Precision::kAuto) return asked;
      return measured ? precision_.of_auto : Precision::kFp32;
    }
    if (asked == Precision::kBf16) {
      AddNote(
          fmt::format("training.precision: {} {} trains in fp32: nothing "
                      "here adds up its products of bf16 numbers in fp32",
                      NameOf(shape.architecture), SizeLabel(shape)));
    }
    return Precision::kFp32;
  }

  void Add(RunGroup group) {
    if (!group_ids_.insert(group.id).second) {
      ++repeated_groups_;
      return;
    }
    plan_.groups.push_back(std::move(group));
  }

  void AddLeftOut(LeftOutCell cell) {
    const auto same = [&cell](const LeftOutCell& other) {
      return other.size == cell.size && other.tokens == cell.tokens;
    };
    // Several variants may leave out the same cell.
    if (std::ranges::any_of(plan_.left_out, same)) return;
    plan_.left_out.push_back(std::move(cell));
  }

  void AddNote(const std::string& note) {
    if (std::ranges::find(plan_.notes, note) == plan_.notes.end()) {
      plan_.notes.push_back(note);
    }
  }

  void RequireSomethingLeft() const {
    if (!plan_.groups.empty()) return;
    // A grid has cells; those that are no runs have been left out.
    const LeftOutCell& first = plan_.left_out.front();
    throw Error(fmt::format(
        "{}: grid: nothing is left to train: all {} cells are left out, the "
        "first, {}, because of its {}",
        spec_.source, plan_.left_out.size(), first.size, first.reason));
  }

  const SweepSpec& spec_;
  DevicePrecision precision_;
  TaskCache tasks_;
  Plan plan_;
  Problems problems_;
  std::set<std::string> group_ids_;
  int repeated_groups_ = 0;
};

}  // namespace

Plan MakePlan(const SweepSpec& spec, const DevicePrecision& precision) {
  return Expansion(spec, precision).Run();
}

std::vector<std::string> RunIds(const Plan& plan) {
  std::vector<std::string> ids;
  for (const RunGroup& group : plan.groups) {
    for (const PlannedRun& run : group.runs) ids.push_back(run.id);
  }
  return ids;
}

PlanTotals Totals(const Plan& plan) {
  PlanTotals totals;
  for (const RunGroup& group : plan.groups) {
    const std::int64_t tokens = TokensTrained(group);
    totals.runs += static_cast<std::int64_t>(group.runs.size());
    totals.tokens += tokens;
    totals.flops += 6.0 *
                    static_cast<double>(Count(group.params, group.convention)) *
                    static_cast<double>(tokens);
    for (const PlannedRun& run : group.runs) {
      totals.flops_without_shared_trunks += run.flops;
    }
    totals.disk_bytes +=
        EstimateCheckpointBytes(group) + EstimateRecordBytes(group);
  }
  return totals;
}

double HiddenLr(const RunGroup& group) {
  return group.training.peak_lr *
         WidthScale(group.training, group.shape.d_model);
}

std::optional<std::int64_t> UniqueTokens(const PlannedRun& run) {
  if (run.epochs <= 0.0) return std::nullopt;
  if (run.epochs <= 1.0) return run.tokens;
  return std::llround(static_cast<double>(run.tokens) / run.epochs);
}

double TokensPerParam(const RunGroup& group, const PlannedRun& run) {
  return static_cast<double>(run.tokens) /
         static_cast<double>(Count(group.params, group.convention));
}

}  // namespace isoflop
