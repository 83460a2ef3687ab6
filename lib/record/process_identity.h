// Which process is which, and whether it still lives.

#pragma once

#include "lib/record/lease.h"

namespace isoflop {

/// Returns this process as a holder with no beats.
LeaseHolder ThisProcess();

enum class Liveness {
  kAlive,
  kDead,
  kUnknown,  // of another machine, or out of sight from here
};

/// Returns whether the process lives, as far as this machine can tell. A
/// process that has died but was not waited for is dead.
Liveness LivenessOf(const LeaseHolder& holder);

}  // namespace isoflop
