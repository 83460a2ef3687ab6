// The training curves of a sweep directory as events.

#pragma once

#include <map>
#include <string>
#include <vector>

#include "lib/record/event_file.h"
#include "lib/record/sweep_dir.h"
#include "lib/sweep/plan.h"

namespace isoflop {

/// The curve of one run from its first step on.
struct RunEvents {
  std::string run;                       // its id
  std::vector<ScalarEvent> events = {};  // one for each line of metrics.jsonl
  std::string damage = {};  // why it has none, in words; else empty
};

/// Returns the curve of every run of the group that has ended, by `finished_at`
/// of its id: its trunk's lines up to the branch, then its own. The step of an
/// event is the tokens trained on so far. Its scalars are loss/train and
/// loss/validation (in the unit of the task), learning_rate, gradient_norm,
/// tokens_per_second and step (updates done); what is not finite is left out.
///
/// Times end with finished_at, and go back from there by tokens over
/// tokens_per_second: as though the run had been trained in one piece. They
/// begin at 0 where finished_at is no time.
std::vector<RunEvents> EventsOf(
    const SweepDir& dir, const RunGroup& group,
    const std::map<std::string, std::string>& finished_at);

}  // namespace isoflop
