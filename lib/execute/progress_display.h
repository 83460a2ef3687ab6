// Progress on a terminal and in a log file: the only place under lib/ that
// prints.

#pragma once

#include <array>
#include <memory>

#include "lib/core/names.h"
#include "lib/execute/progress.h"

namespace isoflop {

enum class ProgressStyle {
  kAuto,   // redrawn in place on a terminal, plain lines elsewhere
  kPlain,  // a line a run, and a sign of life once a minute
  kJson,   // a JSON object a line, for programs; see ToJson in progress.h
  kNone,
};
constexpr std::array<NamedValue<ProgressStyle>, 4> EnumNames(ProgressStyle) {
  return {{{ProgressStyle::kAuto, "auto"},
           {ProgressStyle::kPlain, "plain"},
           {ProgressStyle::kJson, "json"},
           {ProgressStyle::kNone, "none"}}};
}

/// Returns a display on a file descriptor (usually standard error). Colour only
/// on a terminal and never with NO_COLOR.
std::unique_ptr<Progress> MakeProgress(
    int descriptor, ProgressStyle style = ProgressStyle::kAuto);

}  // namespace isoflop
