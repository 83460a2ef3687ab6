// Who wants to know how far a fit is. The libraries that fit print nothing:
// they report to this, and whoever has a terminal shows it.

#pragma once

#include <string_view>

namespace isoflop {

class FitProgress {
 public:
  virtual ~FitProgress() = default;

  /// Called when `done` of `of` pieces of a stage ("bootstrap") are done, and
  /// with `of` = 0 when a stage without pieces begins. From several threads at
  /// once, so that `done` may go back by a few; thousands of times a second.
  virtual void Report(std::string_view stage, int done, int of) = 0;
};

/// Reports, if anybody listens.
inline void Report(FitProgress* progress, std::string_view stage, int done = 0,
                   int of = 0) {
  if (progress != nullptr) progress->Report(stage, done, of);
}

}  // namespace isoflop
