#include "apps/isoflop/site.h"

#include "lib/machine/worker_path.h"

namespace isoflop {

std::optional<Site> FindSite(const std::string& worker,
                             const std::string& devices,
                             std::optional<std::int64_t> jobs) {
  const auto path = FindWorkerIfAny(worker);
  if (!path) return std::nullopt;
  Site site{.machine = ProbeMachine(*path), .slots = {}};
  site.slots = ResolveSlots(devices, jobs, site.machine.probe);
  return site;
}

}  // namespace isoflop
