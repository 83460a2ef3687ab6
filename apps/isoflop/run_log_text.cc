#include "apps/isoflop/run_log_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "lib/core/text.h"
#include "lib/core/text_table.h"

namespace isoflop {
namespace {

template <typename T>
std::span<const T> Last(std::span<const T> all, std::size_t count) {
  return all.last(std::min(all.size(), count));
}

std::string StateLine(const RunLog& log) {
  if (log.ended_badly) {
    return fmt::format("{}: {}\n  to try it again: {}\n",
                       NameOf(log.ended_badly->status), log.ended_badly->cause,
                       log.ended_badly->retry);
  }
  if (!log.result) {
    return log.curve.empty() ? "has not been begun\n" : "has not ended\n";
  }
  const RunResult& result = *log.result;
  std::string line = std::string(NameOf(result.status));
  if (result.loss) {
    line += fmt::format(", loss {:.4f} {}", *result.loss,
                        InWords(result.loss_unit));
  }
  return line +
         fmt::format(", {} of training\n", FormatDuration(result.wall_seconds));
}

std::string CurveTable(const RunLog& log, std::size_t lines) {
  if (log.curve.empty()) return {};
  TextTable table({"step", "tokens", "train loss", "validation", "lr",
                   "gradient norm", "tokens/s"});
  for (const MetricsLine& line : Last(std::span(log.curve), lines)) {
    table.AddRow({std::to_string(line.step),
                  FormatCount(static_cast<double>(line.tokens)),
                  fmt::format("{:.4f}", line.train_loss),
                  line.eval_loss ? fmt::format("{:.4f}", *line.eval_loss) : "-",
                  fmt::format("{:.3g}", line.lr),
                  fmt::format("{:.3g}", line.grad_norm),
                  FormatCount(line.tokens_per_second)});
  }
  std::string text = "\n" + table.ToString();
  for (const auto& file : log.files) text += "  " + file.string() + "\n";
  return text;
}

}  // namespace

std::string RunLogText(const RunLog& log, std::size_t lines) {
  std::string text =
      fmt::format("{}, group {}: {}", log.run, log.group, StateLine(log));
  text += CurveTable(log, lines);
  if (!log.lines.empty()) text += "\nwhat workers wrote about it\n";
  for (const WorkerLine& line : Last(std::span(log.lines), lines)) {
    text += fmt::format("  {}:{}: {}\n", line.file.filename().string(),
                        line.number, line.text);
  }
  return text;
}

std::string WorkerLogsText(std::span<const WorkerLine> all, std::size_t lines) {
  if (all.empty()) return "no worker has written anything\n";
  std::string text;
  for (auto first = all.begin(); first != all.end();) {
    const auto next = std::find_if(first, all.end(), [&](const auto& line) {
      return line.file != first->file;
    });
    text += first->file.string() + "\n";
    for (const WorkerLine& line :
         Last(std::span<const WorkerLine>(first, next), lines)) {
      text += fmt::format("  {}: {}\n", line.number, line.text);
    }
    first = next;
  }
  return text;
}

}  // namespace isoflop
