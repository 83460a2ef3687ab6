#include "apps/isoflop/plan_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <vector>

#include "lib/core/text.h"
#include "lib/core/text_table.h"
#include "lib/sweep/group_memory.h"
#include "lib/sweep/sizes.h"
#include "lib/sweep/vary.h"

namespace isoflop {
namespace {

std::string ShapeName(const ModelShape& shape) {
  std::string text = SizeLabel(shape);
  if (shape.heads > 0) text += fmt::format(" h{}", shape.heads);
  return text;
}

/// A line, or nothing where nothing varies.
std::string VariantHeading(const Json& variant) {
  return variant.empty() ? "" : SettingsInWords(variant) + ":\n";
}

std::vector<std::string> Row(const RunGroup& group, const PlannedRun& run,
                             DeviceKind device) {
  return {ShapeName(group.shape),
          fmt::format("{}", group.seed),
          FormatCount(static_cast<double>(group.params.total)),
          FormatCount(static_cast<double>(group.params.non_embedding)),
          FormatCount(static_cast<double>(run.tokens)),
          fmt::format("{:.3g}", TokensPerParam(group, run)),
          fmt::format("{:.2e}", run.flops),
          fmt::format("{}", run.steps),
          fmt::format("{:.2g}", HiddenLr(group)),
          FormatBytes(EstimateMemoryBytes(group, device))};
}

std::string RunTable(std::span<const RunGroup> groups, DeviceKind device) {
  TextTable table({"shape", "seed", "N total", "N non-emb", "D", "D/N",
                   "C (FLOPs)", "steps", "lr", "memory"});
  for (const RunGroup& group : groups) {
    for (const PlannedRun& run : group.runs) {
      table.AddRow(Row(group, run, device));
    }
  }
  return table.ToString();
}

/// A table for each variant.
std::string RunTables(const Plan& plan, DeviceKind device) {
  std::string text;
  for (auto first = plan.groups.begin(); first != plan.groups.end();) {
    const auto next = std::find_if(
        first, plan.groups.end(),
        [&](const RunGroup& group) { return group.variant != first->variant; });
    if (!text.empty()) text += "\n";
    text += VariantHeading(first->variant) + RunTable({first, next}, device);
    first = next;
  }
  return text;
}

std::string LeftOutText(const Plan& plan, std::size_t width) {
  if (plan.left_out.empty()) return {};
  std::string text =
      fmt::format("\nleft out: {}\n", Counted(plan.left_out.size(), "cell"));
  for (const LeftOutCell& cell : plan.left_out) {
    text += WrapText("  ",
                     fmt::format("{}, D {}: {}", cell.size,
                                 FormatCount(cell.tokens), cell.reason),
                     width);
  }
  return text;
}

std::string TotalsText(const Plan& plan) {
  const PlanTotals totals = Totals(plan);
  return fmt::format(
      "\ntotal: {} in {}, {} tokens, {:.3g} FLOPs (6ND)\n"
      "       {:.3g} FLOPs as separate runs: shared trunks save {:.2f} times\n",
      Counted(totals.runs, "run"), Counted(plan.groups.size(), "group"),
      FormatCount(static_cast<double>(totals.tokens)), totals.flops,
      totals.flops_without_shared_trunks,
      totals.flops_without_shared_trunks / totals.flops);
}

/// How often the longest run sees the data.
double MostEpochs(const Plan& plan) {
  double most = 0.0;
  for (const RunGroup& group : plan.groups) {
    for (const PlannedRun& run : group.runs) most = std::max(most, run.epochs);
  }
  return most;
}

std::string DataText(const Plan& plan, std::size_t width) {
  const TaskInfo& data = plan.data;
  std::string text = WrapText("data: ", data.description, width);
  if (data.train_tokens) {
    text += fmt::format("      {} training tokens, up to {:.3g} epochs\n",
                        FormatCount(static_cast<double>(*data.train_tokens)),
                        MostEpochs(plan));
  }
  if (data.optimum.expected) {
    text += fmt::format("      no model can beat a loss of {:.4f} ({})\n",
                        *data.optimum.expected, InWords(data.loss_unit));
  }
  for (const std::string& note : data.notes) {
    text += WrapText("      ", note, width);
  }
  return text;
}

std::string ShapeNotes(const Plan& plan, std::size_t width) {
  std::string text;
  std::string last;
  for (const RunGroup& group : plan.groups) {
    if (group.shape_note.empty() || group.shape_note == last) continue;
    last = group.shape_note;
    text += WrapText("  ", last, width);
  }
  return text.empty() ? text : "\nshapes chosen:\n" + text;
}

std::string PrecisionText(const Plan& plan, const PlanEstimate& estimate) {
  if (!plan.auto_precision) return {};
  return fmt::format("precision: {} ({})\n", NameOf(*plan.auto_precision),
                     estimate.slots.empty()
                         ? "auto: a worker would measure which is faster"
                         : "auto: the faster one here");
}

std::string EstimateText(const PlanEstimate& estimate, std::size_t width) {
  if (estimate.slots.empty()) return {};
  std::string text = WrapText(
      "here:  ", fmt::format("{} ({})", estimate.slots, estimate.hardware),
      width);
  if (estimate.wall_seconds) {
    text += fmt::format("       about {} (estimated)\n",
                        FormatDuration(*estimate.wall_seconds));
  }
  for (const auto& need : estimate.room.needs) {
    text += WrapText("       ", need, width);
  }
  for (const auto& tight : estimate.room.tight) {
    text += WrapText("warning: ", tight, width);
  }
  for (const auto& too_much : estimate.room.too_much) {
    text += WrapText("does not fit: ", too_much, width);
  }
  return text;
}

}  // namespace

std::string PlanText(const Plan& plan, const PlanEstimate& estimate,
                     std::size_t width) {
  std::string text = fmt::format("sweep: {}\n", plan.name);
  text += DataText(plan, width);
  text += fmt::format("N in C = 6ND and D/N: {}\n", NameOf(plan.convention));
  text += PrecisionText(plan, estimate) + "\n";
  text += RunTables(plan, estimate.device) + LeftOutText(plan, width) +
          ShapeNotes(plan, width);
  text += TotalsText(plan) + EstimateText(estimate, width);
  for (const std::string& note : plan.notes) {
    text += WrapText("note: ", note, width);
  }
  return text;
}

}  // namespace isoflop
