#include "apps/isoflop/status_text.h"

#include <fmt/format.h>

#include "lib/core/text.h"
#include "lib/core/text_table.h"

namespace isoflop {
namespace {

std::string Percent(std::int64_t part, std::int64_t whole) {
  if (whole == 0) return "-";
  return fmt::format("{:.0f} %", 100.0 * static_cast<double>(part) /
                                     static_cast<double>(whole));
}

std::string HolderName(const GroupProgress& group) {
  if (!group.holder) return "stopped";
  return fmt::format("{}:{}{}", group.holder->host, group.holder->pid,
                     group.stale ? " (stale)" : "");
}

std::string GroupTable(const SweepStatus& status) {
  if (status.groups.empty()) return {};
  TextTable table({"group", "runs", "tokens", "loss", "tokens/s", "worker"});
  for (const GroupProgress& group : status.groups) {
    table.AddRow(
        {group.group, fmt::format("{}/{}", group.ended, group.runs),
         Percent(group.tokens_done, group.tokens_total),
         group.train_loss ? fmt::format("{:.3f}", *group.train_loss) : "-",
         group.holder ? FormatCount(group.tokens_per_second) : "-",
         HolderName(group)});
  }
  return "\n" + table.ToString();
}

std::string RateText(const SweepStatus& status) {
  std::string text =
      fmt::format("tokens: {} of {} ({})",
                  FormatCount(static_cast<double>(status.tokens_done)),
                  FormatCount(static_cast<double>(status.tokens_total)),
                  Percent(status.tokens_done, status.tokens_total));
  if (status.tokens_per_second > 0.0) {
    text += fmt::format(", {} tokens/s", FormatCount(status.tokens_per_second));
  }
  if (status.seconds_left) {
    text += ", about " + FormatDuration(*status.seconds_left) + " left";
  }
  return text + "\n";
}

}  // namespace

std::string StatusText(const SweepStatus& status) {
  std::string text = fmt::format(
      "{}: {} of {} runs ended ({} ok, {} diverged, {} failed), "
      "{} running, {} pending\n",
      status.name, status.done(), status.runs, status.ok, status.diverged,
      status.failed, status.running, status.pending);
  text += RateText(status);
  if (status.front_end) {
    text +=
        fmt::format("sweep command: {}:{} since {}{}\n", status.front_end->host,
                    status.front_end->pid, status.front_end->since,
                    status.front_end_stale ? " (stale: no sign of life)" : "");
  }
  text += GroupTable(status);
  for (const std::string& note : status.notes) text += "note: " + note + "\n";
  return text;
}

}  // namespace isoflop
