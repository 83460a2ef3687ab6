#include "apps/isoflop/terminal.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>

#include "lib/core/standard_streams.h"

namespace isoflop {

std::size_t OutputWidth() {
  const std::size_t width = TerminalWidth(STDOUT_FILENO);
  return width == 0 ? 80 : std::clamp<std::size_t>(width, 60, 100);
}

void SayWritten(const std::string& file) {
  Say(fmt::format("written: {}", file));
}

}  // namespace isoflop
