#include "lib/core/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <set>
#include <string_view>

namespace isoflop {

void Problems::Add(const std::string& where, const std::string& what) {
  messages_.push_back(where.empty() ? what : where + ": " + what);
}

void Problems::ThrowIfAny() const {
  if (empty()) return;
  std::vector<std::string> different;
  std::set<std::string_view> said;
  for (const std::string& message : messages_) {
    if (said.insert(message).second) different.push_back(message);
  }
  throw Error(fmt::format("{}", fmt::join(different, "\n")));
}

void CheckPositive(const char* name, double value, Problems* problems) {
  if (std::isfinite(value) && value > 0.0) return;
  problems->Add(name, fmt::format("must be above 0, got {}", value));
}

void CheckRange(const char* name, int value, int highest, Problems* problems) {
  if (0 <= value && value <= highest) return;
  problems->Add(name,
                fmt::format("must be from 0 to {}, got {}", highest, value));
}

}  // namespace isoflop
