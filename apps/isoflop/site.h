// This machine, with what of it a sweep would have.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/machine/probe.h"
#include "lib/machine/slots.h"

namespace isoflop {

struct Site {
  Machine machine;
  std::vector<Slot> slots;
};

/// Asks a worker; nothing where there is none. `worker` is its path or empty,
/// `devices` and `jobs` are as on the command line. Throws Error.
std::optional<Site> FindSite(const std::string& worker,
                             const std::string& devices,
                             std::optional<std::int64_t> jobs);

}  // namespace isoflop
