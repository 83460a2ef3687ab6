// What is wrong with the rows of one file.

#pragma once

#include <string>
#include <utility>

#include "lib/core/error.h"

namespace isoflop {

/// Problems of the rows of one file.
class RowProblems {
 public:
  explicit RowProblems(std::string source) : source_(std::move(source)) {}

  /// Adds "source:line: what". Line 0 stands for the file as a whole.
  void Add(int line, const std::string& what);

  /// What is added from now on is of this file.
  void SetSource(const std::string& source) { source_ = source; }

  /// Throws Error with the problems as Problems does, unless there are none.
  void ThrowIfAny() const { problems_.ThrowIfAny(); }

 private:
  std::string source_;
  Problems problems_;
};

}  // namespace isoflop
