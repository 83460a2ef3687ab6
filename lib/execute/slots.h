// Slots: the places where worker processes run at the same time.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/record/worker_protocol.h"
#include "lib/sweep/plan.h"

namespace isoflop {

/// Room for one worker process.
struct Slot {
  std::string device = "cpu";  // "cpu" or "cuda:<index>"

  bool operator==(const Slot&) const = default;
};

/// Returns what kind of device a slot is on.
DeviceKind KindOf(const Slot& slot);

/// Returns the cores that this process may use: its CPU affinity, or less where
/// a control group grants less time than that. At least 1.
std::int64_t UsableCores();

/// Returns the slots that `devices` names: "auto", or a comma-separated list of
/// "cpu", "cuda" (all of them) and "cuda:<index>".
///
/// "auto" is every GPU that `probe` found, else the CPU. The CPU gives a slot
/// per core, `cores` of them, and a GPU one. `jobs` replaces the number of
/// slots; several devices take turns. Throws Error for a device that is not
/// there, naming those that are.
std::vector<Slot> ResolveSlots(const std::string& devices,
                               std::optional<std::int64_t> jobs,
                               const ProbeReport& probe,
                               std::int64_t cores = UsableCores());

}  // namespace isoflop
