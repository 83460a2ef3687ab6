#include "lib/sweep/sweep_grid.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "lib/core/quote.h"

namespace isoflop {
namespace {

constexpr Range<double> kTokens{1.0, 1e15};
constexpr Range<std::int64_t> kWholeTokens{1, 1'000'000'000'000'000};
constexpr Range<double> kParams{1.0, 1e13};

const std::vector<std::string_view> kTokenRules = {"budgets_flops", "tokens",
                                                   "tokens_per_param"};

template <typename Number>
void RefuseRepeats(const char* key, const std::vector<Number>& values,
                   ObjectReader* reader) {
  for (std::size_t i = 1; i < values.size(); ++i) {
    const auto end = values.begin() + static_cast<std::ptrdiff_t>(i);
    const auto first = std::find(values.begin(), end, values[i]);
    if (first == end) continue;
    reader->Refuse(fmt::format("{}[{}]", key, i),
                   fmt::format("{} is there already, at [{}]", values[i],
                               first - values.begin()));
  }
}

void ReadOptional(const char* key, Range<std::int64_t> allowed,
                  ObjectReader* reader, std::optional<std::int64_t>* value) {
  std::int64_t number = 0;
  if (reader->Read(key, &number, allowed)) *value = number;
}

void ReadOptional(const char* key, Range<double> allowed, ObjectReader* reader,
                  std::optional<double>* value) {
  double number = 0.0;
  if (reader->Read(key, &number, allowed)) *value = number;
}

/// Makes anything but one of `keys` a problem of the object at `path`.
void RequireExactlyOne(const ObjectReader& reader, const std::string& path,
                       const std::vector<std::string_view>& keys,
                       Problems* problems) {
  std::vector<std::string_view> given;
  for (const auto key : keys) {
    if (reader.Has(key)) given.push_back(key);
  }
  if (given.size() == 1) return;
  problems->Add(
      path, fmt::format(
                "needs exactly one of {}, has {}", fmt::join(keys, ", "),
                given.empty() ? "none"
                              : fmt::format("{}", fmt::join(given, " and "))));
}

SizeSpec ParseSize(const Json& json, const std::string& path,
                   Problems* problems) {
  SizeSpec size;
  ObjectReader reader(json, path, problems);
  ReadOptional("d_model", {1, std::int64_t{1} << 20}, &reader, &size.d_model);
  ReadOptional("layers", {1, 10'000}, &reader, &size.layers);
  ReadOptional("heads", {1, 65'536}, &reader, &size.heads);
  ReadOptional("params_total", kParams, &reader, &size.params_total);
  ReadOptional("params_non_embedding", kParams, &reader,
               &size.params_non_embedding);
  reader.Read("tokens", &size.tokens, kWholeTokens);
  RefuseRepeats("tokens", size.tokens, &reader);
  if (json.is_object()) {
    RequireExactlyOne(reader, path,
                      {"d_model", "params_total", "params_non_embedding"},
                      problems);
  }
  reader.Finish();
  return size;
}

void ReadSizes(ObjectReader* reader, Problems* problems,
               std::vector<SizeSpec>* sizes) {
  const Json* json = reader->Child("sizes");
  if (!reader->Need("sizes")) return;
  if (!json->is_array() || json->empty()) {
    reader->Refuse(
        "sizes", "must be a non-empty array of objects, got " + Quoted(*json));
    return;
  }
  for (std::size_t i = 0; i < json->size(); ++i) {
    sizes->push_back(ParseSize(
        (*json)[i], reader->PathOf(fmt::format("sizes[{}]", i)), problems));
  }
}

void ReadInterval(const char* key, Range<double> allowed, ObjectReader* reader,
                  std::optional<std::array<double, 2>>* interval) {
  std::vector<double> ends;
  if (!reader->Read(key, &ends, allowed)) return;
  if (ends.size() != 2 || ends[0] > ends[1]) {
    reader->Refuse(key, fmt::format("must be [lowest, highest], got [{}]",
                                    fmt::join(ends, ", ")));
    return;
  }
  *interval = {ends[0], ends[1]};
}

void ReadTokenRule(ObjectReader* reader, GridConfig* grid) {
  reader->Read("budgets_flops", &grid->budgets_flops, {1.0, 1e30});
  reader->Read("tokens", &grid->tokens, kWholeTokens);
  reader->Read("tokens_per_param", &grid->tokens_per_param, {kPositive, 1e9});
  RefuseRepeats("budgets_flops", grid->budgets_flops, reader);
  RefuseRepeats("tokens", grid->tokens, reader);
  RefuseRepeats("tokens_per_param", grid->tokens_per_param, reader);
}

/// Exactly one rule gives the D's of the sizes that have none of their own.
void RequireTokenRule(const ObjectReader& reader, const std::string& path,
                      const std::vector<SizeSpec>& sizes, Problems* problems) {
  const bool all_have_tokens =
      !sizes.empty() && std::ranges::all_of(sizes, [](const SizeSpec& size) {
        return !size.tokens.empty();
      });
  if (!all_have_tokens) {
    RequireExactlyOne(reader, path, kTokenRules, problems);
    return;
  }
  for (const std::string_view rule : kTokenRules) {
    if (!reader.Has(rule)) continue;
    problems->Add(reader.PathOf(rule),
                  "says nothing: all sizes have \"tokens\"");
  }
}

}  // namespace

GridConfig ParseGrid(const Json& json, const std::string& path,
                     Problems* problems) {
  GridConfig grid;
  ObjectReader reader(json, path, problems);
  ReadSizes(&reader, problems, &grid.sizes);
  ReadTokenRule(&reader, &grid);
  if (json.is_object()) RequireTokenRule(reader, path, grid.sizes, problems);
  ReadInterval("tokens_range", kTokens, &reader, &grid.tokens_range);
  ReadInterval("tokens_per_param_range", {kPositive, 1e9}, &reader,
               &grid.tokens_per_param_range);
  reader.ReadEnum("params", &grid.params);
  reader.Read("aspect_ratio", &grid.aspect_ratio, {0.1, 10'000.0});
  reader.Finish();
  return grid;
}

}  // namespace isoflop
