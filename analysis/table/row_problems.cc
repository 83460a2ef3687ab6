#include "analysis/table/row_problems.h"

#include <fmt/format.h>

namespace isoflop {

void RowProblems::Add(int line, const std::string& what) {
  problems_.Add(line == 0 ? source_ : fmt::format("{}:{}", source_, line),
                what);
}

}  // namespace isoflop
