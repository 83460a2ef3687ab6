#include "lib/core/clock.h"

#include <fmt/chrono.h>

#include <charconv>
#include <chrono>
#include <cstddef>
#include <ctime>

namespace isoflop {
namespace {

constexpr std::string_view kPattern = "0000-00-00T00:00:00Z";

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool HasPattern(std::string_view utc) {
  if (utc.size() != kPattern.size()) return false;
  for (std::size_t i = 0; i < utc.size(); ++i) {
    const bool fits =
        kPattern[i] == '0' ? IsDigit(utc[i]) : utc[i] == kPattern[i];
    if (!fits) return false;
  }
  return true;
}

/// REQUIRES: `digits` are digits.
int NumberOf(std::string_view digits) {
  int number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

}  // namespace

double MonotonicSeconds() {
  using std::chrono::duration;
  using std::chrono::steady_clock;
  return duration<double>(steady_clock::now().time_since_epoch()).count();
}

std::string UtcNow() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

std::optional<std::int64_t> SecondsSince1970(std::string_view utc) {
  namespace chrono = std::chrono;
  if (!HasPattern(utc)) return std::nullopt;
  const auto number = [utc](std::size_t at, std::size_t digits) {
    return NumberOf(utc.substr(at, digits));
  };
  const chrono::year_month_day day(
      chrono::year(number(0, 4)),
      chrono::month(static_cast<unsigned>(number(5, 2))),
      chrono::day(static_cast<unsigned>(number(8, 2))));
  const int hours = number(11, 2);
  const int minutes = number(14, 2);
  const int seconds = number(17, 2);
  if (!day.ok() || hours > 23 || minutes > 59 || seconds > 60) {
    return std::nullopt;
  }
  const auto days = chrono::sys_days(day).time_since_epoch().count();
  return ((std::int64_t{days} * 24 + hours) * 60 + minutes) * 60 + seconds;
}

}  // namespace isoflop
