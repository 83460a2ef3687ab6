#include "lib/core/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace isoflop {

void Problems::Add(const std::string& where, const std::string& what) {
  messages_.push_back(where.empty() ? what : where + ": " + what);
}

void Problems::ThrowIfAny() const {
  if (!empty()) throw Error(fmt::format("{}", fmt::join(messages_, "\n")));
}

}  // namespace isoflop
