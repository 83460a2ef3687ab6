// Gathers the rows of an observation file, whatever its format, and what there
// is to say about them.

#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/observe/observation.h"
#include "analysis/observe/observation_columns.h"

namespace isoflop {

class ObservationBuilder {
 public:
  /// `label_column` is the one that tells recipes apart; empty: none. `lines`
  /// are where the rows begin that are wanted, ascending; absent: all are.
  /// Throws Error when `columns` contradict themselves.
  ObservationBuilder(const std::string& source,
                     const std::vector<ColumnName>& columns,
                     std::string label_column,
                     std::optional<std::vector<int>> lines);

  /// Whether the row that begins on `line` is to be added.
  bool Wants(int line) const;

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
  std::optional<std::vector<int>> lines_;
  std::vector<std::string> labels_;
  ObservationSet set_;
  std::vector<std::string> unread_;  // in the order in which they were met
  std::set<std::string, std::less<>> known_unread_;
  std::set<ParamsKind> kinds_;
  std::set<LossUnit> loss_units_;
  int unfinished_ = 0;
};

}  // namespace isoflop
