// Asks a worker what machine it runs on.

#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "lib/record/worker_protocol.h"
#include "lib/sweep/training_config.h"

namespace isoflop {

/// Runs `worker probe`, in the environment that training will have, and returns
/// what it measured. Throws Error, with the last lines that it wrote, when it
/// cannot be started, fails, hangs for a minute, or prints something else.
ProbeReport Probe(const std::filesystem::path& worker);

/// Asks a worker when somebody first wants to know, and once.
class LazyProbe {
 public:
  explicit LazyProbe(std::filesystem::path worker)
      : worker_(std::move(worker)) {}

  const std::filesystem::path& worker() const { return worker_; }

  /// Throws Error as Probe does.
  const ProbeReport& Get() {
    if (!report_) report_ = Probe(worker_);
    return *report_;
  }

 private:
  std::filesystem::path worker_;
  std::optional<ProbeReport> report_;
};

/// Returns the precision that trains faster on a device, by at least a tenth;
/// fp32 where that was not measured.
Precision FasterPrecision(const ProbeReport& probe, const std::string& device);

}  // namespace isoflop
