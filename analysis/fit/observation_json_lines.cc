// Observations from JSON Lines text.

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>

#include "analysis/fit/observation_builder.h"
#include "analysis/fit/observation_reader.h"
#include "analysis/fit/observation_text.h"
#include "lib/core/json.h"

namespace isoflop {
namespace {

std::string Shown(const Json& value) {
  return Shortened(value.dump(-1, ' ', false, Json::error_handler_t::replace));
}

/// A string as it is, nothing for null, anything else as JSON writes it.
std::string AsWord(const Json& value) {
  if (value.is_null()) return {};
  return value.is_string() ? value.get<std::string>() : CanonicalText(value);
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

void SetValue(Quantity quantity, const std::string& key, const Json& value,
              RawRow* row) {
  switch (quantity) {
    case Quantity::kSeed:
      row->SetSeed(key, AsWhole(value), Shown(value));
      break;
    case Quantity::kGroup:
      row->SetGroup(AsWord(value));
      break;
    case Quantity::kStatus:
      row->SetStatus(value.is_string() ? value.get<std::string>() : "");
      break;
    default:
      row->SetNumber(
          quantity, key,
          value.is_number() ? std::optional(value.get<double>()) : std::nullopt,
          Shown(value));
  }
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
    if (is_label) row.SetLabel(AsWord(item.value()));
    if (!quantity && is_label) continue;
    if (!quantity) {
      builder->NoteUnread(item.key());
      continue;
    }
    if (!seen.insert(*quantity).second) {
      builder->problems()->Add(
          line, fmt::format("column '{}': {} is there twice", item.key(),
                            NameOf(*quantity)));
    }
    SetValue(*quantity, item.key(), item.value(), &row);
  }
  builder->Add(row);
}

/// Parses one line; what is wrong with it becomes a problem of its line.
std::optional<Json> ParseLine(std::string_view text, int line,
                              RowProblems* problems) {
  try {
    return ParseJson(text, "");
  } catch (const Error& error) {
    std::string_view what = error.what();
    if (what.starts_with(": ")) what.remove_prefix(2);
    problems->Add(line, std::string(what));
    return std::nullopt;
  }
}

/// Returns the text as one JSON document, or nothing where it is none.
std::optional<Json> AsDocument(std::string_view text) {
  try {
    return ParseJson(text, "");
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// A document of this program is no table, and would fail line by line.
void RefuseDocument(std::string_view text, const std::string& source) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  if (Json::accept(text.substr(0, text.find('\n')))) return;
  const auto document = AsDocument(text);
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
    const std::vector<ColumnName>& columns, const std::string& label) {
  ObservationBuilder builder(source, columns, label);
  text = RequirePlainText(text, source);
  RefuseDocument(text, source);
  for (int line = 1; !text.empty(); ++line) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view content = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (content.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const auto json = ParseLine(content, line, builder.problems());
    if (json) AddJsonRow(line, *json, &builder);
  }
  return builder.Finish();
}

}  // namespace isoflop
