#include "lib/sweep/lr_schedule.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

namespace isoflop {
namespace {

double Fraction(std::int64_t part, std::int64_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

double Cosine(const LrSchedule& s, std::int64_t step) {
  const double x = Fraction(step - s.warmup_steps,  //
                            s.total_steps - s.warmup_steps);
  const double f = s.final_lr_fraction;
  return s.peak_lr *
         (f + (1.0 - f) * 0.5 * (1.0 + std::cos(std::numbers::pi * x)));
}

}  // namespace

LrSchedule MakeSchedule(const TrainingConfig& config,
                        std::int64_t total_steps) {
  LrSchedule schedule{.kind = config.schedule,
                      .peak_lr = config.peak_lr,
                      .warmup_steps = config.warmup_steps,
                      .total_steps = total_steps,
                      .cooldown_steps = 0,
                      .final_lr_fraction = config.final_lr_fraction};
  if (config.schedule == ScheduleKind::kWsd) {
    const auto rounded = static_cast<std::int64_t>(std::llround(
        config.cooldown_fraction * static_cast<double>(total_steps)));
    // However short a run is, it ends in a cooldown: without one its loss would
    // be of another kind.
    schedule.cooldown_steps = std::max<std::int64_t>(1, rounded);
  }
  return schedule;
}

std::int64_t BranchStep(const LrSchedule& schedule) {
  if (schedule.kind == ScheduleKind::kCosine) return 0;
  return schedule.total_steps - schedule.cooldown_steps;
}

double LearningRate(const LrSchedule& s, std::int64_t step) {
  assert(0 <= step && step < s.total_steps);
  assert(s.warmup_steps + s.cooldown_steps <= s.total_steps);
  if (step < s.warmup_steps) {
    return s.peak_lr * Fraction(step + 1, s.warmup_steps);
  }
  if (s.kind == ScheduleKind::kCosine) return Cosine(s, step);
  const std::int64_t start = s.total_steps - s.cooldown_steps;
  if (step < start) return s.peak_lr;
  const double x = Fraction(step - start + 1, s.cooldown_steps + 1);
  return s.peak_lr * (1.0 - std::sqrt(x));
}

}  // namespace isoflop
