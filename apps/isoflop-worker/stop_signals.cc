#include "apps/isoflop-worker/stop_signals.h"

#include <csignal>
#include <initializer_list>

namespace isoflop {
namespace {

volatile std::sig_atomic_t stop_signal = 0;

void NoteSignal(int signal) {
  if (stop_signal == 0) stop_signal = signal;
}

}  // namespace

void CatchStopSignals() {
  struct sigaction action {};
  action.sa_handler = NoteSignal;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int signal : {SIGINT, SIGTERM, SIGUSR2}) {
    ::sigaction(signal, &action, nullptr);
  }
  std::signal(SIGPIPE, SIG_IGN);
}

int StopSignal() { return stop_signal; }

}  // namespace isoflop
