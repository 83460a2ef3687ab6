#include "lib/machine/worker_path.h"

#include <unistd.h>

#include <system_error>

#include "lib/core/error.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

bool IsProgram(const fs::path& path) {
  std::error_code ignored;
  // A directory, too, may be executed.
  return fs::is_regular_file(path, ignored) &&
         ::access(path.c_str(), X_OK) == 0;
}

fs::path BesideThisProgram() {
  std::error_code ignored;
  return fs::read_symlink("/proc/self/exe", ignored).parent_path() /
         "isoflop-worker";
}

}  // namespace

std::optional<fs::path> FindWorkerIfAny(const std::string& given) {
  if (!given.empty()) {
    Require(IsProgram(given), "--worker: {}: is not a program", given);
    return fs::absolute(given);
  }
  const fs::path beside = BesideThisProgram();
  return IsProgram(beside) ? std::optional(beside) : std::nullopt;
}

fs::path FindWorker(const std::string& given) {
  const auto worker = FindWorkerIfAny(given);
  Require(worker.has_value(),
          "isoflop-worker, which trains, is not in {}: build it with "
          "`./bootstrap.sh build` (it needs LibTorch), or say where it is with "
          "--worker PATH",
          BesideThisProgram().parent_path().string());
  return *worker;
}

}  // namespace isoflop
