#include "apps/isoflop-worker/output.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace isoflop {
namespace {

/// A reader that is gone, a log on a full disk: neither is a reason to stop
/// training. That nobody listens any more, the end of the input says.
void WriteWhole(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(descriptor, text.data(), text.size());
    if (n > 0) {
      text.remove_prefix(static_cast<std::size_t>(n));
    } else if (n < 0 && errno == EAGAIN) {
      pollfd ready{descriptor, POLLOUT, 0};
      ::poll(&ready, 1, /*timeout=*/1000);
    } else if (n == 0 || errno != EINTR) {
      return;
    }
  }
}

}  // namespace

void Emit(const Json& json) { WriteWhole(STDOUT_FILENO, json.dump() + "\n"); }

void Note(const std::string& text) {
  WriteWhole(STDERR_FILENO, fmt::format("isoflop-worker: {}\n", text));
}

}  // namespace isoflop
