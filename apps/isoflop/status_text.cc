#include "apps/isoflop/status_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "lib/core/text.h"
#include "lib/core/text_table.h"
#include "lib/sweep/vary.h"

namespace isoflop {
namespace {

std::string Percent(std::int64_t part, std::int64_t whole) {
  if (whole == 0) return "-";
  // Rounded down: what is not finished is never at 100 %.
  return fmt::format("{:.0f} %", std::floor(100.0 * static_cast<double>(part) /
                                            static_cast<double>(whole)));
}

std::string HolderName(const GroupProgress& group) {
  if (!group.holder) return std::string(NameOf(group.state));
  return fmt::format("{}:{}{}", group.holder->host, group.holder->pid,
                     group.stale ? " (stale)" : "");
}

std::string GroupTable(const SweepStatus& status) {
  if (status.groups.empty()) return {};
  const bool varies = std::ranges::any_of(
      status.groups, [](const auto& group) { return !group.variant.empty(); });
  std::vector<std::string> head{"group"};
  if (varies) head.emplace_back("variant");
  for (const char* column : {"runs", "tokens", "loss", "tokens/s", "worker"}) {
    head.emplace_back(column);
  }
  TextTable table(head);
  for (const GroupProgress& group : status.groups) {
    std::vector<std::string> row{group.group};
    if (varies) row.push_back(SettingsInWords(group.variant));
    row.push_back(fmt::format("{}/{}", group.ended, group.runs));
    row.push_back(Percent(group.tokens_done, group.tokens_total));
    row.push_back(group.train_loss ? fmt::format("{:.3f}", *group.train_loss)
                                   : "-");
    row.push_back(group.holder ? FormatCount(group.tokens_per_second) : "-");
    row.push_back(HolderName(group));
    table.AddRow(row);
  }
  return "\n" + table.ToString();
}

/// Of many that are alike, the rest is in the JSON.
constexpr std::size_t kMostNamed = 20;

std::string AndMore(std::size_t count) {
  if (count <= kMostNamed) return {};
  return fmt::format("and {} more: `--json` names them all\n",
                     count - kMostNamed);
}

std::string EndedBadlyText(const std::vector<EndedBadly>& runs) {
  std::string text;
  const std::size_t named = std::min(runs.size(), kMostNamed);
  for (const EndedBadly& run : std::span(runs).first(named)) {
    text +=
        fmt::format("\n{}: {}: {}{}\n  {}: {}\n", NameOf(run.status), run.run,
                    run.cause, run.curve.empty() ? "" : " (" + run.curve + ")",
                    run.status == RunStatus::kDiverged
                        ? "it would diverge again; to try it all the same"
                        : "to try it again",
                    run.retry);
  }
  return text + AndMore(runs.size());
}

/// What stopped groups, and what to do once that is mended.
std::string CausesText(const SweepStatus& status) {
  std::string text;
  std::size_t count = 0;
  for (const GroupProgress& group : status.groups) {
    if (group.cause.empty() || group.state == GroupState::kInWork) continue;
    if (++count > kMostNamed) continue;
    text += fmt::format("\nstopped: {}: {}\n", group.group, group.cause);
  }
  return text + AndMore(count);
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
  text += EndedBadlyText(status.ended_badly);
  text += CausesText(status);
  if (status.pending > 0 && !status.front_end) {
    text += fmt::format("\nto go on with what is pending: {}\n", status.go_on);
  }
  for (const std::string& note : status.notes) text += "note: " + note + "\n";
  return text;
}

}  // namespace isoflop
