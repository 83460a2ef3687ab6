// Will it fit? What training takes of memory and disk, against what is there,
// before anything is started.

#pragma once

#include <string>
#include <vector>

#include "lib/machine/find_room.h"
#include "lib/machine/slots.h"
#include "lib/record/worker_protocol.h"
#include "lib/sweep/plan.h"

namespace isoflop {

/// How needs and room compare, in sentences with both numbers.
struct RoomReport {
  std::vector<std::string> needs;  // always: "memory: at most 1.2 GiB of ..."
  std::vector<std::string> tight;  // fits, with less than a fifth to spare
  std::vector<std::string> too_much;  // cannot fit

  /// Throws Error with what cannot fit, a line each.
  void RequireEnough() const;
};

/// Returns the bytes that a worker takes at most while it trains the group on
/// the CPU, libraries included, as the probe found them: what `top` shows as
/// RES, and what the system weighs when it runs out of memory.
double EstimateWorkerBytes(const RunGroup& group, const ProbeReport& probe);

/// Compares the groups that are still to be trained with the room.
///
/// The workers of the CPU hold at most the largest groups, one each: every one
/// takes its process and the estimate for its group's micro-batch, and all
/// share the pages of the libraries, which are counted once.
///
/// A GPU trains several groups at once only where they fit, so it has to hold
/// the largest alone. One that runs out of memory is tried again with smaller
/// micro-batches, so there only one sequence at a time has to fit, and a
/// micro-batch that does not is tight. A GPU whose memory is not known is
/// passed over.
///
/// The disk holds the checkpoints of the groups in work, of a GPU no more than
/// memory lets be in work together, and the records of all.
RoomReport CheckRoom(const std::vector<RunGroup>& groups,
                     const std::vector<Slot>& slots, const ProbeReport& probe,
                     const Room& room);

}  // namespace isoflop
