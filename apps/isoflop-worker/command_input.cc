#include "apps/isoflop-worker/command_input.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace isoflop {

std::optional<std::string> CommandInput::NextLine(double seconds) {
  if (auto line = TakeLine()) return line;
  ReadWhatIsThere(seconds);
  return TakeLine();
}

bool CommandInput::Ended() {
  ReadWhatIsThere(0.0);
  return ended_;
}

void CommandInput::ReadWhatIsThere(double seconds) {
  pollfd watched{.fd = descriptor_, .events = POLLIN, .revents = 0};
  int wait_ms = static_cast<int>(seconds * 1e3);
  while (!ended_ && ::poll(&watched, 1, wait_ms) > 0) {
    std::array<char, 4096> piece{};
    const ssize_t size = ::read(descriptor_, piece.data(), piece.size());
    if (size > 0) buffer_.append(piece.data(), static_cast<std::size_t>(size));
    ended_ = size == 0 || (size < 0 && errno != EINTR && errno != EAGAIN);
    wait_ms = 0;
  }
}

std::optional<std::string> CommandInput::TakeLine() {
  const std::size_t end = buffer_.find('\n');
  if (end == std::string::npos) return std::nullopt;
  std::string line = buffer_.substr(0, end);
  buffer_.erase(0, end + 1);
  return line;
}

}  // namespace isoflop
