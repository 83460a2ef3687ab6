#include "analysis/report/allocation_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "analysis/report/number_table.h"
#include "analysis/report/number_text.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

NumberRow RowOf(const Allocation& a) {
  return {FormatScientific(a.flops),
          a.extrapolation_decades,
          {{"N*", "params_opt", a.params_opt, FormatCount},
           {"D*", "tokens_opt", a.tokens_opt, FormatCount},
           {"D*/N*", "tokens_per_param", a.tokens_per_param, FormatNumber},
           {"loss", "loss", a.loss, FormatNumber}}};
}

/// What the losses of single runs will be.
void PutPredictions(TextPage* page, std::span<const Allocation> allocations) {
  TextTable table({"C", "loss of one run, with its noise"});
  bool any = false;
  for (const Allocation& allocation : allocations) {
    if (!allocation.loss_prediction) continue;
    any = true;
    table.AddRow({FormatScientific(allocation.flops),
                  FormatInterval(*allocation.loss_prediction, FormatNumber)});
  }
  if (any) page->Table(table);
}

}  // namespace

Json ToJson(const Allocation& allocation) {
  Json json{{"flops", allocation.flops}};
  PutNumbers(&json, RowOf(allocation));
  if (const auto& interval = allocation.loss_prediction) {
    json["loss_prediction_interval95"] = {interval->low, interval->high};
  }
  return json;
}

void PutAllocations(TextPage* page, std::span<const Allocation> allocations,
                    std::optional<double> largest_flops) {
  std::vector<NumberRow> rows;
  for (const Allocation& allocation : allocations) {
    rows.push_back(RowOf(allocation));
  }
  PutTable(page, "C", rows);
  PutPredictions(page, allocations);
  PutReach(page,
           std::ranges::any_of(
               rows, [](const auto& row) { return row.decades > 0.0; }),
           largest_flops);
}

std::string AllocationText(std::span<const Allocation> allocations,
                           std::optional<double> largest_flops,
                           std::size_t width) {
  TextPage page(width);
  PutAllocations(&page, allocations, largest_flops);
  return page.text();
}

void PutReach(TextPage* page, bool any_beyond,
              std::optional<double> largest_flops) {
  if (!largest_flops || !any_beyond) return;
  page->Line(fmt::format("decades: beyond the largest C in the data, {}",
                         FormatScientific(*largest_flops)));
}

}  // namespace isoflop
