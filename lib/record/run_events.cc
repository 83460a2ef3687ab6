#include "lib/record/run_events.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>

#include "lib/core/clock.h"
#include "lib/core/error.h"
#include "lib/record/metrics.h"

namespace isoflop {
namespace {

/// A file of lines, or what is wrong with it.
struct Lines {
  std::vector<MetricsLine> lines;
  std::string damage;
};

Lines ReadLines(const std::filesystem::path& directory) {
  try {
    return {ReadMetrics(directory / "metrics.jsonl"), {}};
  } catch (const Error& error) {
    return {{}, error.what()};
  }
}

ScalarEvent EventOf(const MetricsLine& line) {
  ScalarEvent event{.step = line.tokens};
  const auto add = [&event](const char* tag, double value) {
    if (std::isfinite(value)) event.scalars.push_back({tag, value});
  };
  add("loss/train", line.train_loss);
  if (line.eval_loss) add("loss/validation", *line.eval_loss);
  add("learning_rate", line.lr);
  add("gradient_norm", line.grad_norm);
  add("tokens_per_second", line.tokens_per_second);
  add("step", static_cast<double>(line.step));
  return event;
}

/// Seconds that a line took to train; `before` are the tokens at its beginning.
double SecondsOf(const MetricsLine& line, std::int64_t before) {
  const auto tokens = static_cast<double>(line.tokens - before);
  const double seconds = tokens / line.tokens_per_second;
  return std::isfinite(seconds) && seconds > 0.0 ? seconds : 0.0;
}

std::vector<ScalarEvent> EventsOf(const std::vector<MetricsLine>& lines,
                                  std::optional<std::int64_t> end) {
  std::vector<ScalarEvent> events;
  events.reserve(lines.size());
  for (const MetricsLine& line : lines) events.push_back(EventOf(line));
  double time = 0.0;
  std::int64_t before = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    time += SecondsOf(lines[i], before);
    before = lines[i].tokens;
    events[i].wall_time = time;
  }
  const double start = end ? static_cast<double>(*end) - time : 0.0;
  for (ScalarEvent& event : events) event.wall_time += start;
  return events;
}

RunEvents EventsOf(const SweepDir& dir, const PlannedRun& run,
                   const std::string& finished_at, const Lines& trunk) {
  RunEvents events{.run = run.id};
  const Lines branch = ReadLines(dir.run(run.id));
  events.damage = trunk.damage.empty() ? branch.damage : trunk.damage;
  if (!events.damage.empty()) return events;
  events.events =
      EventsOf(JoinedCurve(trunk.lines, run.branch_step, branch.lines),
               SecondsSince1970(finished_at));
  return events;
}

}  // namespace

std::vector<RunEvents> EventsOf(
    const SweepDir& dir, const RunGroup& group,
    const std::map<std::string, std::string>& finished_at) {
  std::vector<RunEvents> curves;
  std::optional<Lines> trunk;
  for (const PlannedRun& run : group.runs) {
    const auto ended = finished_at.find(run.id);
    if (ended == finished_at.end()) continue;
    if (!trunk) trunk = ReadLines(dir.group(group.id));
    curves.push_back(EventsOf(dir, run, ended->second, *trunk));
  }
  return curves;
}

}  // namespace isoflop
