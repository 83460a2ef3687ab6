#include "apps/isoflop/bench_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "lib/core/text.h"
#include "lib/core/text_table.h"

namespace isoflop {
namespace {

std::string Mebibytes(double bytes) {
  return fmt::format("{:.0f}", bytes / (1024.0 * 1024.0));
}

/// "256", or "4096/512" where the batch comes in micro-batches.
std::string BatchName(const TrainingConfig& training) {
  if (!training.micro_batch_tokens) {
    return fmt::format("{}", training.batch_tokens);
  }
  return fmt::format("{}/{}", training.batch_tokens,
                     *training.micro_batch_tokens);
}

std::vector<std::string> Row(const BenchResult& result) {
  const BenchReport& report = result.report;
  return {CaseLabel(result.group),
          std::string(NameOf(result.group.training.precision)),
          BatchName(result.group.training),
          FormatCount(report.tokens_per_second.median),
          FormatCount(FlopsPerSecond6N(result)),
          FormatCount(ExactFlopsPerSecond(result)),
          FormatCount(report.matmul_flops_per_second.median),
          fmt::format("{:.0f} %", 100.0 * ShareOfMatmul(result)),
          report.peak_memory_bytes ? Mebibytes(*report.peak_memory_bytes) : "-",
          Mebibytes(result.estimated_memory_bytes)};
}

std::string CaseTable(const std::vector<BenchResult>& results,
                      std::size_t width) {
  TextTable table({"shape", "prec.", "batch", "tokens/s", "6N", "exact",
                   "matmul", "share", "peak", "plan"});
  for (const BenchResult& result : results) table.AddRow(Row(result));
  return table.ToString(width);
}

/// The widest range of a case, as a share of its median.
double WidestRange(const std::vector<BenchResult>& results) {
  double widest = 0.0;
  for (const BenchResult& result : results) {
    const MeasuredRate& rate = result.report.tokens_per_second;
    widest = std::max(widest, (rate.high - rate.low) / rate.median);
  }
  return widest;
}

std::string Legend(const std::vector<BenchResult>& results, std::size_t width) {
  const std::string_view convention = NameOf(results.front().group.convention);
  return WrapText("",
                  fmt::format("tokens/s: median of blocks, which lie within at "
                              "most {:.0f} % of one another.",
                              100.0 * WidestRange(results)),
                  width) +
         WrapText(
             "",
             fmt::format("FLOP/s: 6N with N {}; exact, with attention and the "
                         "output head; and of a plain matrix product in "
                         "between, of which exact is the share.",
                         convention),
             width) +
         WrapText("",
                  "Memory in MiB: the most that the worker had, and what plan "
                  "expects.",
                  width);
}

std::string ProfileText(const std::vector<BenchResult>& results) {
  std::string text;
  for (const BenchResult& result : results) {
    if (result.report.profile.empty()) continue;
    text += fmt::format("  {} {}:", CaseLabel(result.group),
                        NameOf(result.group.training.precision));
    for (const BenchReport::Section& section : result.report.profile) {
      text += fmt::format(" {} {:.1f} %", section.name, 100.0 * section.share);
    }
    text += "\n";
  }
  return text.empty() ? text : "\ntime of a step:\n" + text;
}

std::string SweepText(const SweepPrediction& sweep) {
  return fmt::format(
      "\nsweep {}: {} in {}, {} tokens\n  {}: {}\n", sweep.name,
      Counted(sweep.totals.runs, "run"), Counted(sweep.groups, "group"),
      FormatCount(static_cast<double>(sweep.totals.tokens)), sweep.slots,
      sweep.wall_seconds
          ? "about " + FormatDuration(*sweep.wall_seconds) + " (predicted)"
          : "no prediction");
}

}  // namespace

std::string BenchText(const std::vector<BenchResult>& results,
                      const std::optional<SweepPrediction>& sweep,
                      std::size_t width) {
  return CaseTable(results, width) + "\n" + Legend(results, width) +
         ProfileText(results) + (sweep ? SweepText(*sweep) : "");
}

}  // namespace isoflop
