// The one exception of the project, for what a user can fix.
//
// Expected outcomes (a diverged run, a fit without enough points) are values,
// and programmer errors are asserts; neither is thrown.

#pragma once

#include <fmt/core.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace isoflop {

/// Something that a user can fix. The message says where (file, key path),
/// what was wrong with the value, and what is allowed.
class Error : public std::runtime_error {
 public:
  /// A NUL in the message, which would be its end, is written out.
  explicit Error(const std::string& message);
};

/// Throws Error with the formatted message unless `holds`.
template <typename... Args>
void Require(bool holds, fmt::format_string<Args...> message, Args&&... args) {
  if (!holds) throw Error(fmt::format(message, std::forward<Args>(args)...));
}

/// Collects everything that is wrong with an input, so that it is all said at
/// once instead of one complaint per attempt.
class Problems {
 public:
  /// Adds one complaint: `where` (file and key path), then `what`.
  void Add(const std::string& where, const std::string& what);

  bool empty() const { return messages_.empty(); }
  const std::vector<std::string>& messages() const { return messages_; }

  /// Throws Error with every complaint, one a line and each of them once,
  /// unless there are none. Of many that differ in numbers and quoted values
  /// only, it has the first, and how many more there are.
  void ThrowIfAny() const;

 private:
  std::vector<std::string> messages_;
};

/// Adds "NAME: must be above 0, got -1" unless the value is finite and
/// positive. `name` is the option's on the command line, here and below.
void CheckPositive(const char* name, double value, Problems* problems);

/// Adds "NAME: must be from 0 to 9, got 12" unless it is.
void CheckRange(const char* name, int value, int highest, Problems* problems);

}  // namespace isoflop
