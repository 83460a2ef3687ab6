// Asks a worker what machine it runs on.

#pragma once

#include <filesystem>

#include "lib/record/worker_protocol.h"

namespace isoflop {

/// Runs `worker probe`, in the environment that training will have, and returns
/// what it measured. Throws Error, with the last lines that it wrote, when it
/// cannot be started, fails, hangs for a minute, or prints something else.
ProbeReport Probe(const std::filesystem::path& worker);

}  // namespace isoflop
