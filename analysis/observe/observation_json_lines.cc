// Observations from JSON Lines text.

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>

#include "analysis/observe/observation_builder.h"
#include "analysis/observe/observation_reader.h"
#include "lib/core/json.h"
#include "lib/core/text.h"
#include "lib/core/utf8.h"

namespace isoflop {
namespace {

std::string Shown(const Json& value) {
  return Shortened(value.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::optional<std::int64_t> AsWhole(const Json& value) {
  constexpr auto kMost =
      static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (!value.is_number_integer()) return std::nullopt;
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > kMost) {
    return std::nullopt;
  }
  return value.get<std::int64_t>();
}

Cell CellOf(const std::string& key, const Json& value) {
  return {.column = key,
          .word = value.is_null() ? "" : WordOf(value),  // null: no value
          .number = value.is_number() ? std::optional(value.get<double>())
                                      : std::nullopt,
          .whole = AsWhole(value),
          .shown = Shown(value),
          .advice = {}};
}

void AddJsonRow(int line, const Json& json, ObservationBuilder* builder) {
  if (!json.is_object()) {
    builder->problems()->Add(line, "must be an object, got " + Shown(json));
    return;
  }
  RawRow row(line, builder->problems());
  std::set<Quantity> seen;
  for (const auto& item : json.items()) {
    const auto quantity = builder->dictionary().Find(item.key());
    const bool is_label =
        !item.key().empty() && item.key() == builder->label_column();
    if (!quantity && !is_label) {
      builder->NoteUnread(item.key());
      continue;
    }
    const Cell cell = CellOf(item.key(), item.value());
    if (is_label) row.SetLabel(cell.word);
    if (!quantity) continue;
    if (!seen.insert(*quantity).second) {
      builder->problems()->Add(
          line, fmt::format("column '{}': {} is there twice", item.key(),
                            NameOf(*quantity)));
    }
    row.Set(*quantity, cell);
  }
  builder->Add(row);
}

/// Parses one document; what is wrong with it becomes a problem of its line,
/// unless `problems` is null.
std::optional<Json> Parse(std::string_view text, int line,
                          RowProblems* problems) {
  try {
    return ParseJson(text, "");
  } catch (const Error& error) {
    std::string_view what = error.what();
    if (what.starts_with(": ")) what.remove_prefix(2);
    if (problems != nullptr) problems->Add(line, std::string(what));
    return std::nullopt;
  }
}

/// A document of this program is no table, and would fail line by line.
void RefuseDocument(std::string_view text, const std::string& source) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  if (Json::accept(text.substr(0, text.find('\n')))) return;
  const auto document = Parse(text, 0, nullptr);
  if (!document || !document->is_object()) return;
  throw Error(fmt::format(
      "{}: is one JSON document{}, no JSON Lines with a run in each, as "
      "`isoflop export DIR --format jsonl` writes them for a sweep",
      source,
      document->contains("schema")
          ? fmt::format(" (\"schema\": {})", Shown(document->at("schema")))
          : ""));
}

}  // namespace

LabelledObservations ParseJsonLinesObservations(
    std::string_view text, const std::string& source,
    const std::vector<ColumnName>& columns, const std::string& label,
    std::optional<std::vector<int>> lines) {
  ObservationBuilder builder(source, columns, label, std::move(lines));
  text = RequirePlainText(text, source);
  RefuseDocument(text, source);
  for (const TextLine& line : NonBlankLines(text)) {
    if (!builder.Wants(line.number)) continue;
    const auto json = Parse(line.text, line.number, builder.problems());
    if (json) AddJsonRow(line.number, *json, &builder);
  }
  return builder.Finish();
}

}  // namespace isoflop
