#include "analysis/observe/observation_reader.h"

#include <fmt/format.h>

#include "lib/core/files.h"
#include "lib/core/transformed.h"
#include "lib/core/utf8.h"

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
  std::optional<std::vector<int>> lines;
  if (!conditions.empty()) {
    // Both readers have to count the same lines.
    text = WithUnixLineEnds(text);
    RecordTable table = ParseRecords(text, source, json_lines);
    KeepRows(conditions, &table);
    lines = Transformed(table.rows, &Record::line);
  }
  LabelledObservations read =
      json_lines
          ? ParseJsonLinesObservations(text, source, columns, label, lines)
          : ParseCsvObservations(text, source, columns, label, lines);
  for (const RowCondition& condition : conditions) {
    read.set.notes.push_back(fmt::format("rows with {} = {} only",
                                         condition.column, condition.value));
  }
  return read;
}

}  // namespace isoflop
