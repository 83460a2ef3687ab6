#include "lib/core/clock.h"

#include <fmt/chrono.h>

#include <chrono>
#include <ctime>

namespace isoflop {

double MonotonicSeconds() {
  using std::chrono::duration;
  using std::chrono::steady_clock;
  return duration<double>(steady_clock::now().time_since_epoch()).count();
}

std::string UtcNow() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

}  // namespace isoflop
