// Slots: how many groups are trained at the same time, and on which devices.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/record/worker_protocol.h"
#include "lib/sweep/group_memory.h"
#include "lib/sweep/plan.h"

namespace isoflop {

/// Groups that a GPU trains at the same time at most, where nobody asks for
/// another number: published gains end at about as many.
inline constexpr std::int64_t kMaxGroupsAtOnce = 8;

/// How a slot gets on with others of its device.
enum class Sharing {
  kOwnProcess,   // has a worker process of its own, whatever the others do
  kWhereItPays,  // one process for all, which takes another group where
                 // those fit into the device's memory and leave each
                 // other time
  kWhereItFits,  // the same, used where memory allows: somebody has asked for
                 // so many
};

/// Room for one group.
struct Slot {
  std::string device = "cpu";  // "cpu" or "cuda:<index>"
  Sharing sharing = Sharing::kOwnProcess;
  std::optional<double> memory_bytes = {};  // of a GPU, where it is known

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
/// per core, `cores` of them, and a GPU kMaxGroupsAtOnce, to be used where that
/// pays. `jobs` replaces the number of slots: whoever gives it knows what pays,
/// but a slot that memory has no room for is still not used. Several devices
/// take turns, so that each gets a group before one gets two. Throws Error for
/// a device that is not there, naming those that are.
std::vector<Slot> ResolveSlots(const std::string& devices,
                               std::optional<std::int64_t> jobs,
                               const ProbeReport& probe,
                               std::int64_t cores = UsableCores());

/// Returns how many worker processes there are: one for every slot that has its
/// own, and one for every device that slots share.
std::size_t CountWorkers(const std::vector<Slot>& slots);

/// Returns "2 x cpu", or "1 x cuda:0, up to 8 groups at once on each": the
/// workers, named after the first. REQUIRES: slots is not empty.
std::string Describe(const std::vector<Slot>& slots);

}  // namespace isoflop
