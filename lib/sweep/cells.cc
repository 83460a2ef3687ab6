#include "lib/sweep/cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lib/core/text.h"

namespace isoflop {
namespace {

/// A cell before rounding.
struct AskedCell {
  double tokens = 0.0;
  std::optional<double> budget_flops;
};

std::vector<AskedCell> Ask(const GridConfig& grid, double params) {
  std::vector<AskedCell> asked;
  for (const double budget : grid.budgets_flops) {
    // C = 6ND
    asked.push_back({budget / (6.0 * params), budget});
  }
  for (const std::int64_t tokens : grid.tokens) {
    asked.push_back({static_cast<double>(tokens), std::nullopt});
  }
  for (const double ratio : grid.tokens_per_param) {
    asked.push_back({ratio * params, std::nullopt});
  }
  return asked;
}

/// Returns why `value` is outside of `range`, or nothing.
std::string Outside(const char* what, double value, const char* key,
                    const std::optional<std::array<double, 2>>& range) {
  if (!range || ((*range)[0] <= value && value <= (*range)[1])) return {};
  const bool below = value < (*range)[0];
  return fmt::format("{} {} {} {}[{}] {}", what, FormatCount(value),
                     below ? "below" : "above", key, below ? 0 : 1,
                     FormatCount((*range)[below ? 0 : 1]));
}

std::string ReasonToLeaveOut(const GridConfig& grid, double tokens,
                             double params) {
  constexpr double kMostTokens = 1e15;
  if (tokens > kMostTokens) return "D above what can be counted on, 1e15";
  auto reason = Outside("D", tokens, "tokens_range", grid.tokens_range);
  if (!reason.empty()) return reason;
  return Outside("D/N", tokens / params, "tokens_per_param_range",
                 grid.tokens_per_param_range);
}

std::int64_t RoundToSteps(double tokens, std::int64_t batch_tokens) {
  const double steps = std::round(tokens / static_cast<double>(batch_tokens));
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(steps));
}

/// Sorts by steps and drops all but the first cell of the same steps.
void MergeSameSteps(const std::string& size_label, CellsOfSize* result) {
  auto& cells = result->cells;
  std::ranges::stable_sort(cells, {}, &Cell::steps);
  const auto same = [](const Cell& a, const Cell& b) {
    return a.steps == b.steps;
  };
  const auto merged = std::unique(cells.begin(), cells.end(), same);
  if (merged == cells.end()) return;
  result->notes.push_back(fmt::format(
      "{}: {} of its cells round to the steps of another one and are the same "
      "run",
      size_label, cells.end() - merged));
  cells.erase(merged, cells.end());
}

}  // namespace

GridConfig GridOf(const SizeSpec& size, const GridConfig& grid) {
  GridConfig own = grid;
  if (size.tokens.empty()) return own;
  own.budgets_flops.clear();
  own.tokens_per_param.clear();
  own.tokens = size.tokens;
  return own;
}

CellsOfSize CellsFor(const GridConfig& grid, const std::string& size_label,
                     std::int64_t params, std::int64_t batch_tokens) {
  CellsOfSize result;
  const auto n = static_cast<double>(params);
  for (const AskedCell& asked : Ask(grid, n)) {
    std::string reason = ReasonToLeaveOut(grid, asked.tokens, n);
    if (!reason.empty()) {
      result.left_out.push_back({size_label, asked.tokens, std::move(reason)});
      continue;
    }
    result.cells.push_back(
        {RoundToSteps(asked.tokens, batch_tokens), asked.budget_flops});
  }
  MergeSameSteps(size_label, &result);
  return result;
}

}  // namespace isoflop
