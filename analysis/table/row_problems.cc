#include "analysis/table/row_problems.h"

#include <fmt/format.h>

namespace isoflop {
namespace {

constexpr int kMostProblems = 20;  // of a file

}  // namespace

void RowProblems::Add(int line, const std::string& what) {
  ++count_;
  if (count_ > kMostProblems) return;
  problems_.Add(line == 0 ? source_ : fmt::format("{}:{}", source_, line),
                what);
}

void RowProblems::ThrowIfAny() {
  if (count_ > kMostProblems) {
    problems_.Add(source_, fmt::format("and {} more", count_ - kMostProblems));
  }
  problems_.ThrowIfAny();
}

}  // namespace isoflop
