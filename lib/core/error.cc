#include "lib/core/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

namespace isoflop {

void Problems::Add(const std::string& where, const std::string& what) {
  messages_.push_back(where.empty() ? what : where + ": " + what);
}

void Problems::ThrowIfAny() const {
  if (!empty()) throw Error(fmt::format("{}", fmt::join(messages_, "\n")));
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
