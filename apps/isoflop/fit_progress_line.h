// One line on a terminal that says how far a long fit is, and is gone when the
// fit is done.

#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

#include "lib/core/fit_progress.h"

namespace isoflop {

/// Shows nothing of a fit of less than a second, and nothing at all where the
/// descriptor is no terminal, or one that cannot erase a line (TERM=dumb). It
/// is drawn from a thread of its own: a stage without pieces is seen too, and
/// fits need not wait for a terminal.
class FitProgressLine : public FitProgress {
 public:
  /// `descriptor` is usually standard error.
  explicit FitProgressLine(int descriptor);

  /// Erases the line.
  ~FitProgressLine() override;

  FitProgressLine(const FitProgressLine&) = delete;
  FitProgressLine& operator=(const FitProgressLine&) = delete;

  void Report(std::string_view stage, int done, int of) override;

 private:
  void Redraw(const std::stop_token& stop);
  std::string Line() const;

  int descriptor_;
  std::mutex mutex_;
  std::condition_variable_any stopped_;
  std::string stage_;
  int done_ = 0;
  int of_ = 0;
  std::jthread drawing_;  // last: it uses all the others
};

}  // namespace isoflop
