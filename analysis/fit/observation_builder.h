// Gathers the rows of an observation file, whatever its format, and what there
// is to say about them.

#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/fit/labelled_observations.h"
#include "analysis/fit/observation_columns.h"

namespace isoflop {

class ObservationBuilder {
 public:
  /// `label_column` is the one that tells recipes apart; empty: none.
  /// Throws Error when `columns` contradict themselves.
  ObservationBuilder(const std::string& source,
                     const std::vector<ColumnName>& columns,
                     std::string label_column);

  const ColumnDictionary& dictionary() const { return dictionary_; }
  const std::string& label_column() const { return label_column_; }
  RowProblems* problems() { return &problems_; }

  /// Remembers a column that is not read, for a note.
  void NoteUnread(const std::string& column);

  /// Adds the row, unless it is of a run without a loss.
  void Add(RawRow row);

  /// Returns the rows; N counts what params_total or params_non_embedding
  /// counts where it equals the same one in every row. Throws Error with all
  /// problems, and when there are no rows.
  LabelledObservations Finish();

 private:
  ParamsKind Kind() const;
  void AddNotes();

  ColumnDictionary dictionary_;
  RowProblems problems_;
  std::string label_column_;
  std::vector<std::string> labels_;
  ObservationSet set_;
  std::vector<std::string> unread_;  // in the order in which they were met
  std::set<std::string, std::less<>> known_unread_;
  std::set<ParamsKind> kinds_;
  int unfinished_ = 0;
};

}  // namespace isoflop
