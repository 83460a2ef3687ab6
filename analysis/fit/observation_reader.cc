#include "analysis/fit/observation_reader.h"

#include "analysis/fit/observation_text.h"
#include "lib/core/files.h"

namespace isoflop {
namespace {

bool IsJsonLines(const std::filesystem::path& path, std::string_view text) {
  if (path.extension() == ".jsonl" || path.extension() == ".ndjson") {
    return true;
  }
  if (path.extension() == ".csv") return false;
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{';
}

}  // namespace

ObservationSet ReadObservations(const std::filesystem::path& path,
                                const std::vector<ColumnName>& columns) {
  return ReadLabelledObservations(path, columns, "").set;
}

LabelledObservations ReadLabelledObservations(
    const std::filesystem::path& path, const std::vector<ColumnName>& columns,
    const std::string& label) {
  const std::string file = ReadFile(path);
  const std::string source = path.string();
  const std::string_view text = RequirePlainText(file, source);
  return IsJsonLines(path, text)
             ? ParseJsonLinesObservations(text, source, columns, label)
             : ParseCsvObservations(text, source, columns, label);
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
