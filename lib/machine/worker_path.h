// Where the isoflop-worker program is, and how it is started.

#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace isoflop {

struct WorkerProgram {
  std::filesystem::path path = {};
  // "NAME=value": what it is started with besides worker_environment.h; what
  // the user has set stays.
  std::vector<std::string> environment = {};
};

/// Returns the worker program: `given` (--worker PATH) unless it is empty, else
/// `isoflop-worker` beside the running executable. Throws Error that says what
/// to do when there is no such program.
std::filesystem::path FindWorker(const std::string& given);

/// Returns the same, or nothing where FindWorker would throw for want of a
/// worker beside the executable: a build without LibTorch has none, and can
/// plan all the same. Throws Error for a
/// `given` path that is no program.
std::optional<std::filesystem::path> FindWorkerIfAny(const std::string& given);

}  // namespace isoflop
