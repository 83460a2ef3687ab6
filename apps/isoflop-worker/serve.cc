#include "apps/isoflop-worker/serve.h"

#include <unistd.h>

#include <exception>

#include "apps/isoflop-worker/command_input.h"
#include "apps/isoflop-worker/exit_status.h"
#include "apps/isoflop-worker/output.h"
#include "apps/isoflop-worker/stop_signals.h"
#include "lib/core/process_end.h"
#include "lib/record/worker_protocol.h"
#include "lib/train/group_server.h"

namespace isoflop {
namespace {

// Until somebody hears that a thread has given up. Commands, the end of the
// input and signals are heard at once.
constexpr double kCheckSeconds = 0.25;

// For every group to reach a checkpoint: the longest step, and a slow disk.
constexpr unsigned kStopSeconds = 600;

int ServeUntilStopped(GroupServer* groups) {
  OutliveParent();  // whose death ends the input
  CommandInput input(STDIN_FILENO);
  while (StopSignal() == 0) {
    const auto line = input.NextLine(kCheckSeconds);
    groups->Check();
    if (line) groups->Begin(ParseTrainCommand(*line));
    if (!line && input.Ended()) break;
  }
  // Whoever waits for this group, or this process, is not to wait for ever.
  EndProcessAfter(kStopSeconds);
  const bool stopped = groups->Stop();
  return stopped || StopSignal() != 0 ? StatusAfterStop() : kDone;
}

}  // namespace

int Serve() {
  GroupServer groups([](const WorkerEvent& event) { Emit(ToJson(event)); },
                     Note);
  try {
    return ServeUntilStopped(&groups);
  } catch (const std::exception& error) {
    EndFor(error);
  }
}

}  // namespace isoflop
