#include "apps/isoflop-worker/exit_status.h"

#include <csignal>
#include <cstdlib>

#include "apps/isoflop-worker/output.h"
#include "apps/isoflop-worker/stop_signals.h"
#include "lib/core/error.h"
#include "lib/model/torch_compat.h"

namespace isoflop {

int StatusAfterStop() {
  const int signal = StopSignal();
  const bool interrupted =
      signal == SIGINT || signal == SIGTERM || signal == SIGHUP;
  return interrupted ? kSignalBase + signal : kStoppedAtCheckpoint;
}

void EndFor(const std::exception& error) {
  const bool bad_usage = dynamic_cast<const Error*>(&error) != nullptr;
  Note(bad_usage ? error.what() : compat::Message(error));
  std::_Exit(bad_usage ? kBadUsage : kBrokeDown);
}

}  // namespace isoflop
