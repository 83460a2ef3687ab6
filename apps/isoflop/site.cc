#include "apps/isoflop/site.h"

#include <utility>

#include "lib/machine/worker_path.h"

namespace isoflop {

BegunSite::BegunSite(const std::string& worker, std::string devices,
                     std::optional<std::int64_t> jobs)
    : devices_(std::move(devices)), jobs_(jobs) {
  const auto path = FindWorkerIfAny(worker);
  if (path) probe_.emplace(WorkerProgram{*path});
}

std::optional<Site> BegunSite::Wait() {
  if (!probe_) return std::nullopt;
  Site site{.machine = ProbeMachine(*std::move(probe_)), .slots = {}};
  site.slots = ResolveSlots(devices_, jobs_, site.machine.probe);
  return site;
}

std::optional<Site> FindSite(const std::string& worker,
                             const std::string& devices,
                             std::optional<std::int64_t> jobs) {
  return BegunSite(worker, devices, jobs).Wait();
}

}  // namespace isoflop
