#include "lib/execute/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "lib/core/text.h"

namespace isoflop {
namespace {

/// "d32-l2-D262k-s0-1f0a9c3b5d7e" without its hash, which nobody reads.
std::string ShortId(const std::string& id) {
  return id.substr(0, id.rfind('-'));
}

std::string Rate(double tokens_per_second) {
  return FormatCount(tokens_per_second) + " tok/s";
}

/// Joins the parts that fit into `width`, the first in any case but cut.
std::string Fitted(const std::vector<std::string>& parts, std::size_t width) {
  std::string line = parts.front().substr(0, width);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (parts[i].empty()) continue;
    if (line.size() + 2 + parts[i].size() <= width) line += "  " + parts[i];
  }
  return line;
}

std::string CountOf(std::int64_t count, const char* what) {
  return count == 0 ? "" : fmt::format("{} {}", count, what);
}

/// Rounded down: what has not ended is never at 100 %.
std::string PercentDone(const SweepProgress& progress) {
  const bool over = progress.ended() == progress.runs;
  const double percent = std::floor(100.0 * progress.fraction + 1e-9);
  return fmt::format("{:.0f} %", over ? 100.0 : std::min(percent, 99.0));
}

/// What matters most comes first: it is what a narrow terminal shows.
std::vector<std::string> SummaryParts(const SweepProgress& progress) {
  std::vector<std::string> parts{
      fmt::format("{}/{} runs", progress.ended(), progress.runs),
      PercentDone(progress),
      progress.stopping ? "stopping at a checkpoint" : ""};
  if (progress.seconds_left && !progress.stopping) {
    parts.push_back(FormatDuration(*progress.seconds_left) + " left");
  }
  parts.push_back(CountOf(progress.failed, "failed"));
  parts.push_back(CountOf(progress.diverged, "diverged"));
  const double rate = progress.tokens_per_second();
  parts.push_back(rate > 0.0 ? Rate(rate) : "");
  parts.push_back(FormatDuration(progress.elapsed_seconds) + " elapsed");
  return parts;
}

/// "[########------------]", of the work that is done.
std::string Bar(double fraction) {
  constexpr std::size_t kWidth = 20;
  const auto done = static_cast<std::size_t>(std::clamp(fraction, 0.0, 1.0) *
                                             static_cast<double>(kWidth));
  return "[" + std::string(done, '#') + std::string(kWidth - done, '-') + "]";
}

std::string SlotLine(const SlotProgress& slot, std::size_t width) {
  std::vector<std::string> parts{
      "  " + ShortId(slot.run.empty() ? slot.group : slot.run),
      fmt::format("{:3.0f} %", 100.0 * slot.fraction)};
  parts.push_back(slot.variant);
  parts.push_back(slot.loss ? fmt::format("loss {:.3f}", *slot.loss) : "");
  parts.push_back(slot.tokens_per_second > 0.0 ? Rate(slot.tokens_per_second)
                                               : "");
  parts.push_back(slot.run.empty() ? "trunk" : "cooldown");
  parts.push_back("on " + slot.device);
  return Fitted(parts, width);
}

}  // namespace

double SweepProgress::tokens_per_second() const {
  return std::accumulate(slots.begin(), slots.end(), 0.0,
                         [](double sum, const SlotProgress& slot) {
                           return sum + slot.tokens_per_second;
                         });
}

std::vector<std::string> RenderProgress(const SweepProgress& progress,
                                        std::size_t width, std::size_t height) {
  std::vector<std::string> summary = SummaryParts(progress);
  summary.push_back(Bar(progress.fraction));
  std::vector<std::string> lines{Fitted(summary, width)};
  for (const SlotProgress& slot : progress.slots) {
    if (!slot.group.empty()) lines.push_back(SlotLine(slot, width));
  }
  if (lines.size() > height) {
    const std::size_t hidden = lines.size() - std::max<std::size_t>(height, 2);
    lines.resize(std::max<std::size_t>(height, 1));
    if (height >= 2) {
      lines.back() = Fitted({fmt::format("  and {} more", hidden + 1)}, width);
    }
  }
  return lines;
}

Json ToJson(const SweepProgress& progress) {
  Json json{{"runs", progress.runs},
            {"ended", progress.ended()},
            {"ok", progress.ok},
            {"diverged", progress.diverged},
            {"failed", progress.failed},
            {"fraction", progress.fraction},
            {"elapsed_seconds", progress.elapsed_seconds},
            {"tokens_per_second", progress.tokens_per_second()},
            {"stopping", progress.stopping},
            {"slots", Json::array()}};
  if (progress.seconds_left) json["seconds_left"] = *progress.seconds_left;
  for (const SlotProgress& slot : progress.slots) {
    if (slot.group.empty()) continue;
    Json entry{{"device", slot.device},
               {"group", slot.group},
               {"fraction", slot.fraction}};
    if (!slot.run.empty()) entry["run"] = slot.run;
    if (slot.loss) entry["loss"] = *slot.loss;
    json["slots"].push_back(std::move(entry));
  }
  return json;
}

std::string SummaryLine(const SweepProgress& progress) {
  return Fitted(SummaryParts(progress), std::string::npos / 2);
}

std::string RunLine(const RunResult& result, const SweepProgress& progress) {
  std::vector<std::string> parts{
      fmt::format("[{}/{}]", progress.ended(), progress.runs), result.id,
      std::string(NameOf(result.status))};
  if (!result.reason.empty()) parts.back() += ": " + result.reason;
  if (result.loss) parts.push_back(fmt::format("loss {:.4f}", *result.loss));
  if (result.tokens_per_second > 0.0) {
    parts.push_back(FormatDuration(result.wall_seconds));
    parts.push_back(Rate(result.tokens_per_second));
  }
  return Fitted(parts, std::string::npos / 2);
}

}  // namespace isoflop
