#include "analysis/fit/observation_reader.h"

#include <fmt/format.h>

#include "analysis/fit/observation_text.h"
#include "lib/core/files.h"

namespace isoflop {

ObservationSet ReadObservations(const std::filesystem::path& path,
                                const std::vector<ColumnName>& columns,
                                const std::vector<RowCondition>& conditions) {
  return ReadLabelledObservations(path, columns, "", conditions).set;
}

LabelledObservations ReadLabelledObservations(
    const std::filesystem::path& path, const std::vector<ColumnName>& columns,
    const std::string& label, const std::vector<RowCondition>& conditions) {
  const std::string file = ReadFile(path);
  const std::string source = path.string();
  std::string text(RequirePlainText(file, source));
  const bool json_lines = HoldsJsonLines(path, text);
  if (!conditions.empty()) {
    text = TextOfRows(WithUnixLineEnds(text), source, json_lines, conditions);
  }
  LabelledObservations read =
      json_lines ? ParseJsonLinesObservations(text, source, columns, label)
                 : ParseCsvObservations(text, source, columns, label);
  for (const RowCondition& condition : conditions) {
    read.set.notes.push_back(fmt::format("rows with {} = {} only",
                                         condition.column, condition.value));
  }
  return read;
}

ObservationSet ParseCsvObservations(std::string_view text,
                                    const std::string& source,
                                    const std::vector<ColumnName>& columns) {
  return ParseCsvObservations(text, source, columns, "").set;
}

ObservationSet ParseJsonLinesObservations(
    std::string_view text, const std::string& source,
    const std::vector<ColumnName>& columns) {
  return ParseJsonLinesObservations(text, source, columns, "").set;
}

}  // namespace isoflop
