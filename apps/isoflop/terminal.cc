#include "apps/isoflop/terminal.h"

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace isoflop {

std::size_t OutputWidth() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
    return 80;
  }
  return std::clamp<std::size_t>(size.ws_col, 60, 100);
}

void SayWritten(const std::string& file) {
  std::fflush(stdout);
  fmt::print(stderr, "written: {}\n", file);
}

}  // namespace isoflop
