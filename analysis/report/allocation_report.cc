#include "analysis/report/allocation_report.h"

#include <fmt/format.h>

#include <array>
#include <vector>

#include "analysis/report/json_numbers.h"
#include "analysis/report/number_text.h"
#include "analysis/report/text_page.h"

namespace isoflop {
namespace {

/// A column of the table.
struct Quantity {
  const char* symbol;
  const char* key;
  Estimate Allocation::*estimate;
  NumberFormat format;
};

constexpr std::array<Quantity, 4> kQuantities = {
    {{"N*", "params_opt", &Allocation::params_opt, FormatCount},
     {"D*", "tokens_opt", &Allocation::tokens_opt, FormatCount},
     {"D*/N*", "tokens_per_param", &Allocation::tokens_per_param, FormatNumber},
     {"loss", "loss", &Allocation::loss, FormatNumber}}};

/// "+0.33 decades", or nothing inside the data.
std::string Beyond(const Allocation& allocation) {
  const double decades = allocation.extrapolation_decades;
  return decades > 0.0 ? fmt::format("+{:.2f} decades", decades) : "";
}

/// Two rows a budget: the numbers, and below them how far and how certain.
TextTable WideTable(std::span<const Allocation> allocations) {
  std::vector<std::string> header = {"C"};
  for (const Quantity& quantity : kQuantities) {
    header.emplace_back(quantity.symbol);
  }
  TextTable table(std::move(header));
  for (const Allocation& allocation : allocations) {
    std::vector<std::string> numbers = {FormatScientific(allocation.flops)};
    std::vector<std::string> below = {Beyond(allocation)};
    for (const Quantity& quantity : kQuantities) {
      const Estimate& estimate = allocation.*quantity.estimate;
      numbers.push_back(quantity.format(estimate.value));
      below.push_back(IntervalOrNothing(estimate, quantity.format));
    }
    table.AddRow(std::move(numbers));
    const bool anything = !below.front().empty() || !below.back().empty();
    if (anything) table.AddRow(std::move(below));
  }
  return table;
}

/// One budget with its numbers below each other.
TextTable NarrowTable(const Allocation& allocation) {
  TextTable table(
      {"C", FormatScientific(allocation.flops), Beyond(allocation)});
  for (const Quantity& quantity : kQuantities) {
    const Estimate& estimate = allocation.*quantity.estimate;
    table.AddRow({quantity.symbol, quantity.format(estimate.value),
                  IntervalOrNothing(estimate, quantity.format)});
  }
  return table;
}

std::size_t LongestLine(const TextTable& table) {
  const std::string text = table.ToString(1000);
  std::size_t longest = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    longest = std::max(longest, end - begin);
    begin = end + 1;
  }
  return longest;
}

bool AnyBeyond(std::span<const Allocation> allocations) {
  return std::ranges::any_of(allocations, [](const Allocation& allocation) {
    return allocation.extrapolation_decades > 0.0;
  });
}

}  // namespace

Json ToJson(const Allocation& allocation) {
  Json json{{"flops", allocation.flops}};
  SpreadTable spreads;
  for (const Quantity& quantity : kQuantities) {
    const Estimate& estimate = allocation.*quantity.estimate;
    PutNumber(&json, quantity.key, estimate.value);
    spreads.Add(quantity.key, estimate);
  }
  json["extrapolation_decades"] = allocation.extrapolation_decades;
  spreads.PutInto(&json);
  return json;
}

Json AllocationJson(const StoredFit& fit,
                    std::span<const Allocation> allocations) {
  Json json{{"schema", kAllocationSchema},
            {"fit", fit.file},
            {"params", NameOf(fit.params)},
            {"allocations", Json::array()}};
  for (const Allocation& allocation : allocations) {
    json["allocations"].push_back(ToJson(allocation));
    if (!fit.largest_flops) {
      json["allocations"].back().erase("extrapolation_decades");
    }
  }
  PutNumber(&json, "largest_flops", fit.largest_flops);
  return json;
}

std::string AllocationText(std::span<const Allocation> allocations,
                           std::optional<double> largest_flops,
                           std::size_t width) {
  TextPage page(width);
  const TextTable table = WideTable(allocations);
  if (LongestLine(table) + 2 <= width) {
    page.Table(table);
  } else {
    for (const Allocation& allocation : allocations) {
      page.Table(NarrowTable(allocation));
    }
  }
  if (largest_flops && AnyBeyond(allocations)) {
    page.Line(fmt::format("decades: beyond the largest C in the data, {}",
                          FormatScientific(*largest_flops)));
  }
  return page.text();
}

}  // namespace isoflop
