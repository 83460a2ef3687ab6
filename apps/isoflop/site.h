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

/// What a worker is asked while the caller does something else.
class BegunSite {
 public:
  /// As FindSite has them. Throws Error when the worker cannot be started.
  BegunSite(const std::string& worker, std::string devices,
            std::optional<std::int64_t> jobs);

  /// Waits, once. Throws Error.
  std::optional<Site> Wait();

 private:
  std::optional<BegunProbe> probe_;
  std::string devices_;
  std::optional<std::int64_t> jobs_;
};

/// Asks a worker; nothing where there is none. `worker` is its path or empty,
/// `devices` and `jobs` are as on the command line. Throws Error.
std::optional<Site> FindSite(const std::string& worker,
                             const std::string& devices,
                             std::optional<std::int64_t> jobs);

}  // namespace isoflop
