#include "lib/execute/sweep_clock.h"

#include <algorithm>
#include <utility>

#include "lib/core/clock.h"
#include "lib/execute/shared_device.h"
#include "lib/sweep/group_cost.h"

namespace isoflop {

SweepClock::SweepClock(const Plan& plan, CostModel cost,
                       const std::vector<Slot>& slots)
    : plan_(plan),
      cost_(std::move(cost)),
      slots_(slots),
      start_(MonotonicSeconds()) {}

double SweepClock::ElapsedSeconds() const {
  return MonotonicSeconds() - start_;
}

void SweepClock::Estimate(const Work& work) {
  // Seconds of a worker, of which a group may take a part while it trains.
  const auto of_worker = [this](const RunGroup& group, double seconds) {
    return seconds * ShareOfWorker(group, slots_, cost_);
  };
  const std::string& device = slots_.front().device;
  double left = 0.0;
  double longest = 0.0;  // no group can be split
  const auto add = [&](const RunGroup& group, double seconds) {
    left += of_worker(group, seconds);
    longest = std::max(longest, seconds);
  };
  for (const GroupTask& task : work.queue.tasks()) {
    add(*task.group, cost_.Seconds(*task.group, device, task.tokens_left));
  }
  for (const WorkLeft& one : work.busy) {
    add(*one.group, cost_.Seconds(*one.group, one.device, one.tokens));
  }
  double undone = left;
  for (const WorkLeft& one : work.aside) {
    undone += of_worker(*one.group,
                        cost_.Seconds(*one.group, one.device, one.tokens));
  }
  double total = 0.0;
  for (const RunGroup& group : plan_.groups) {
    total +=
        of_worker(group, cost_.Seconds(group, device, TokensTrained(group)));
  }
  fraction_ = total > 0.0 ? std::clamp(1.0 - undone / total, 0.0, 1.0) : 0.0;
  const bool measured = std::ranges::all_of(
      slots_, [this](const Slot& slot) { return cost_.Measured(slot.device); });
  const auto workers = static_cast<double>(CountWorkers(slots_));
  seconds_left_ = measured ? std::optional(std::max(left / workers, longest))
                           : std::nullopt;
}

void SweepClock::Read(const Work& work, SweepProgress* progress) {
  const double now = MonotonicSeconds();
  // What is over is not as it was a second ago.
  if (work.busy.empty() || !estimated_at_ || now - *estimated_at_ >= 1.0) {
    Estimate(work);
    estimated_at_ = now;
  }
  progress->fraction = fraction_;
  progress->elapsed_seconds = ElapsedSeconds();
  if (seconds_left_) {
    progress->seconds_left =
        std::max(0.0, *seconds_left_ - (now - *estimated_at_));
  }
}

}  // namespace isoflop
