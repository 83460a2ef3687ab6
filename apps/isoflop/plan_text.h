// A plan as a person reads it, before anything is spent.

#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "lib/execute/room.h"
#include "lib/sweep/group_memory.h"
#include "lib/sweep/plan.h"

namespace isoflop {

/// What a plan takes on a machine; empty where none could be asked.
struct PlanEstimate {
  std::optional<double> wall_seconds;
  std::string slots;  // "2 x cpu"
  DeviceKind device = DeviceKind::kCpu;
  std::string hardware;  // "some CPU (AVX2, OpenBLAS), LibTorch 1.13.0"
  RoomReport room;
};

/// Returns the data, a table with a row per run, what is left out and why, the
/// totals with and without shared trunks, what it takes on this machine, and
/// advice.
std::string PlanText(const Plan& plan, const PlanEstimate& estimate,
                     std::size_t width);

}  // namespace isoflop
