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
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR2}) {
    struct sigaction before {};
    ::sigaction(signal, nullptr, &before);
    const bool nohup = signal == SIGHUP && before.sa_handler == SIG_IGN;
    // One terminal sends SIGHUP twice: the kernel, and the shell in it.
    action.sa_flags = signal == SIGHUP ? 0 : static_cast<int>(SA_RESETHAND);
    if (!nohup) ::sigaction(signal, &action, nullptr);
  }
  std::signal(SIGPIPE, SIG_IGN);
}

int StopSignal() { return stop_signal; }

}  // namespace isoflop
