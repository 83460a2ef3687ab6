// Gathers the rows of an observation file, whatever its format, and what there
// is to say about them.

#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/fit/observation.h"
#include "analysis/fit/observation_columns.h"

namespace isoflop {

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

class ObservationBuilder {
 public:
  /// Throws Error when `columns` contradict themselves.
  ObservationBuilder(const std::string& source,
                     const std::vector<ColumnName>& columns);

  const ColumnDictionary& dictionary() const { return dictionary_; }
  RowProblems* problems() { return &problems_; }

  /// Remembers a column that is not read, for a note.
  void NoteUnknown(const std::string& column);

  /// Adds the row, unless it is of a run without a loss.
  void Add(const RawRow& row);

  /// Returns the rows. Throws Error with all problems, and when there are no
  /// rows.
  ObservationSet Finish();

 private:
  void AddNotes();

  ColumnDictionary dictionary_;
  RowProblems problems_;
  ObservationSet set_;
  std::vector<std::string> unknown_;
  std::set<ParamsKind> kinds_;
  int unfinished_ = 0;
};

}  // namespace isoflop
