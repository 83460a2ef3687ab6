#include "apps/isoflop/version_text.h"

#include <fmt/format.h>

#include "apps/isoflop/output_file.h"
#include "lib/core/error.h"
#include "lib/machine/worker_answer.h"
#include "lib/machine/worker_path.h"

namespace isoflop {
namespace {

/// "LibTorch 1.13.0 (libtorch1.13 1.13.1+dfsg-4)" and "BLAS: OpenBLAS 0.3.21".
std::string LibrariesOf(const Json& software) {
  std::string text = "LibTorch " + TextAt(software, "/libtorch");
  const std::string package = TextAt(software, "/libtorch_package");
  if (!package.empty()) text += fmt::format(" ({})", package);
  return text + "\nBLAS: " + TextAt(software, "/blas");
}

}  // namespace

std::string VersionText() {
  const std::string text = "isoflop " ISOFLOP_VERSION "\n";
  const auto worker = FindWorkerIfAny("");
  if (!worker) {
    return text +
           "LibTorch: none, for there is no isoflop-worker beside isoflop";
  }
  try {
    return text + LibrariesOf(AskWorker({.path = *worker, .environment = {}},
                                        {.verb = "version"}));
  } catch (const Error& error) {
    return text + "LibTorch: not known: " + error.what();
  }
}

}  // namespace isoflop
