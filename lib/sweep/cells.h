// The cells of a grid: which D's a size is trained to, and which not.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/sweep/plan.h"

namespace isoflop {

/// One D of a size, in whole optimizer steps.
struct Cell {
  std::int64_t steps = 0;
  std::optional<double> budget_flops;  // the IsoFLOP budget asked for
};

struct CellsOfSize {
  std::vector<Cell> cells;  // by rising steps, no two with the same
  std::vector<LeftOutCell> left_out;
  std::vector<std::string> notes;  // cells that became one
};

/// Returns the grid as it is for one size: with the tokens of the size in place
/// of its own rule, where the size has some.
GridConfig GridOf(const SizeSpec& size, const GridConfig& grid);

/// Returns the cells of a size with `params` parameters, N in the grid's
/// convention:
///
///   D = C / (6 N)  or  tokens  or  tokens_per_param * N
///
/// rounded to whole steps of `batch_tokens`, at least one. Cells with D, as
/// asked for, or D/N outside the grid's ranges are left out.
CellsOfSize CellsFor(const GridConfig& grid, const std::string& size_label,
                     std::int64_t params, std::int64_t batch_tokens);

}  // namespace isoflop
