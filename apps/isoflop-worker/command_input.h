// Lines from a pipe, looked at without waiting: so a worker hears of a closed
// pipe while it trains, and needs no second thread for it.

#pragma once

#include <optional>
#include <string>

namespace isoflop {

class CommandInput {
 public:
  explicit CommandInput(int descriptor) : descriptor_(descriptor) {}

  /// Returns the next line, without its '\n'; waits up to `seconds` for it. A
  /// signal ends the wait early.
  std::optional<std::string> NextLine(double seconds);

  /// Whether the other end is closed, as far as can be told without waiting.
  bool Ended();

 private:
  void ReadWhatIsThere(double seconds);
  std::optional<std::string> TakeLine();

  int descriptor_;
  bool ended_ = false;
  std::string buffer_;
};

}  // namespace isoflop
