#include "analysis/observe/observation_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <optional>
#include <set>

#include "analysis/observe/best_of.h"
#include "analysis/observe/joined_table.h"
#include "analysis/observe/observation_row.h"
#include "analysis/observe/run_status_words.h"
#include "lib/core/files.h"
#include "lib/core/text.h"
#include "lib/core/transformed.h"

namespace isoflop {
namespace {

constexpr double kSameFlops = 1e-6;

bool Is6ND(const Observation& o) {
  return std::abs(o.C / SixND(o.N, o.D) - 1.0) <= kSameFlops;
}

/// Turns values into their places in a list of different ones.
class ValueIndex {
 public:
  explicit ValueIndex(SettingColumn* column) : column_(column) {}

  int Of(const std::string& value) {
    const auto [place, is_new] =
        places_.emplace(value, static_cast<int>(column_->values.size()));
    if (is_new) column_->values.push_back(value);
    return place->second;
  }

 private:
  SettingColumn* column_;
  std::map<std::string, int> places_;
};

/// How the runs of a table ended, by the words of the table.
class StatusTally {
 public:
  /// Takes the status of one run, and returns whether its loss counts.
  bool Finished(const std::string& status) {
    const RunEnd end = RunEndOf(status);
    if (end == RunEnd::kUnfinished) ++left_out_[status];
    if (end == RunEnd::kUnknown) ++unknown_[status];
    return end != RunEnd::kUnfinished;
  }

  void Describe(ObservationSet* set) const {
    if (!left_out_.empty()) {
      set->notes.push_back("rows left out by their status: " +
                           InNumbers(left_out_));
    }
    if (!unknown_.empty()) {
      set->warnings.push_back(fmt::format(
          "rows are fitted whose status is no known word: {}; if they did not "
          "finish, leave them out with --where",
          InNumbers(unknown_)));
    }
  }

 private:
  static std::string InNumbers(const std::map<std::string, int>& counts) {
    std::vector<std::string> words;
    words.reserve(counts.size());
    for (const auto& [status, count] : counts) {
      words.push_back(fmt::format("{} {}", count, Shortened(status)));
    }
    return ShortList(words);
  }

  std::map<std::string, int> left_out_;
  std::map<std::string, int> unknown_;
};

class TableReader {
 public:
  TableReader(const RecordTable& table, const TableOptions& options,
              RowProblems* problems)
      : table_(table),
        options_(options),
        problems_(problems),
        columns_(table, options.columns, problems) {
    set_.source = table.source;
    for (const std::size_t index : columns_.unread()) {
      set_.settings.push_back({table.columns[index], {}});
    }
    if (options.label.empty()) return;
    RequireColumn(table, options.label, problems);
  }

  LabelledObservations Read() {
    problems_->ThrowIfAny();
    RequireBytesPerToken();
    FindStatusAndLabel();
    for (SettingColumn& column : set_.settings) values_.emplace_back(&column);
    for (const Record& record : table_.rows) AddRow(record);
    CheckKinds();
    problems_->ThrowIfAny();
    Require(!set_.rows.empty(), "{}: no observations{}", set_.source,
            table_.rows.empty() ? "" : ": no run has finished");
    Describe();
    return {std::move(set_), std::move(labels_)};
  }

 private:
  /// Once, instead of once a row.
  void RequireBytesPerToken() const {
    if (options_.loss.bytes_per_token || !NeedsBytesPerToken(options_.loss) ||
        columns_.Has(Quantity::kBytesPerToken) ||
        columns_.Has(Quantity::kLossUnit)) {
      return;
    }
    throw Error(
        "--bytes-per-token: must be given where the loss is in bits per "
        "byte, or a column bytes_per_token: the bytes of a token, 4.4 or so "
        "for English text");
  }

  void FindStatusAndLabel() {
    const auto& read = columns_.read();
    const auto status =
        std::ranges::find(read, Quantity::kStatus, &QuantityColumn::quantity);
    if (status != read.end()) status_ = &*status;
    if (options_.label.empty()) return;
    label_ = table_.Column("--by", options_.label);
  }

  void AddRow(const Record& record) {
    if (table_.source_column) {
      problems_->SetSource(record.cells[*table_.source_column]);
    }
    if (status_ != nullptr && !tally_.Finished(TextOf(record, *status_))) {
      return;
    }
    if (label_ && record.cells[*label_].empty()) {
      problems_->Add(record.line,
                     fmt::format("column '{}': no value", options_.label));
    }
    ObservationRow row(record.line, options_.loss, problems_);
    for (const QuantityColumn& column : columns_.read()) {
      const std::string text = TextOf(record, column);
      if (!text.empty()) row.Set(column, text);
    }
    auto observation = row.ToObservation();
    if (!observation) return;
    observation->settings.reserve(values_.size());
    for (std::size_t i = 0; i < values_.size(); ++i) {
      observation->settings.push_back(
          values_[i].Of(record.cells[columns_.unread()[i]]));
    }
    set_.rows.push_back(*std::move(observation));
    if (label_) labels_.push_back(record.cells[*label_]);
    kinds_.insert(row.params());
    losses_.insert(row.loss().unit);
    set_.loss_unit = FittedUnit(row.loss());
  }

  void CheckKinds() {
    problems_->SetSource(table_.source);
    if (kinds_.size() > 1) {
      problems_->Add(0,
                     "N is total in some rows and not in others: give every "
                     "row the same parameter count");
    }
    if (losses_.size() > 1 && losses_.contains(TableLoss::kSquaredError)) {
      problems_->Add(0,
                     "losses are in nats in some rows and squared errors in "
                     "others: fit one of them, with --where loss_unit=nats");
    }
    if (options_.loss.in_bits_per_byte &&
        losses_.contains(TableLoss::kSquaredError)) {
      problems_->Add(0, "--bits-per-byte: squared errors are of no text");
    }
  }

  void Describe() {
    set_.params = Kind();
    set_.flops = std::ranges::all_of(set_.rows, Is6ND) ? FlopsKind::kSixND
                                                       : FlopsKind::kAsGiven;
    ForgetOneGroup();
    const auto unread = Unread();
    if (!unread.empty()) {
      set_.notes.push_back("columns not read: " + ShortList(unread));
    }
    tally_.Describe(&set_);
    NoteConversions();
  }

  /// The columns that nothing was asked of.
  std::vector<std::string> Unread() const {
    std::vector<std::string> names;
    for (const SettingColumn& column : set_.settings) {
      const auto chosen = [&](const RowCondition& condition) {
        return condition.column == column.name;
      };
      const bool used = column.name == options_.label ||
                        std::ranges::any_of(options_.choice.where, chosen) ||
                        std::ranges::find(options_.best_of, column.name) !=
                            options_.best_of.end();
      if (!used) names.push_back(Shortened(column.name, kLongestName));
    }
    return names;
  }

  ParamsKind Kind() const {
    if (*kinds_.begin() != ParamsKind::kAsGiven) return *kinds_.begin();
    const auto all_are = [&](std::optional<double> Observation::*count) {
      return std::ranges::all_of(
          set_.rows, [&](const Observation& o) { return o.*count == o.N; });
    };
    if (all_are(&Observation::params_total)) return ParamsKind::kTotal;
    if (all_are(&Observation::params_non_embedding)) {
      return ParamsKind::kNonEmbedding;
    }
    return ParamsKind::kAsGiven;
  }

  /// All runs in one group would leave a bootstrap nothing to draw from.
  void ForgetOneGroup() {
    const std::string first = set_.rows.front().group;
    const bool one = std::ranges::all_of(
        set_.rows, [&](const Observation& o) { return o.group == first; });
    if (first.empty() || !one || set_.rows.size() == 1) return;
    for (Observation& o : set_.rows) o.group.clear();
    set_.notes.push_back(fmt::format(
        "every row is of the group '{}': it tells nothing apart, and the runs "
        "are taken for independent",
        Shortened(first)));
  }

  bool IsFittedAsGiven(TableLoss unit) const {
    switch (unit) {
      case TableLoss::kSquaredError:
        return true;
      case TableLoss::kNats:
        return !options_.loss.in_bits_per_byte;
      default:
        return unit == TableLoss::kBitsPerByte &&
               options_.loss.in_bits_per_byte;
    }
  }

  void NoteConversions() {
    for (const TableLoss unit : losses_) {
      if (IsFittedAsGiven(unit)) continue;
      set_.notes.push_back(fmt::format("losses given as {} are fitted in {}",
                                       NameOf(unit), InWords(set_.loss_unit)));
    }
    const bool has_params = columns_.Has(Quantity::kParams) ||
                            columns_.Has(Quantity::kParamsTotal) ||
                            columns_.Has(Quantity::kParamsNonEmbedding);
    if (!has_params) {
      set_.notes.push_back("there is no count of parameters: N = C/(6D)");
    }
  }

  const RecordTable& table_;
  const TableOptions& options_;
  RowProblems* problems_;
  TableColumns columns_;
  const QuantityColumn* status_ = nullptr;
  std::optional<std::size_t> label_;
  std::vector<ValueIndex> values_;  // of each setting
  std::vector<std::string> labels_;
  ObservationSet set_;
  std::set<ParamsKind> kinds_;
  std::set<TableLoss> losses_;
  StatusTally tally_;
};

}  // namespace

LabelledObservations JoinedObservations(RecordTable joined,
                                        TableOptions options) {
  options.columns.clear();
  RowProblems problems(joined.source);
  std::vector<std::string> notes = KeepRows(options.choice, &joined);
  RequireOneRunEach(joined);
  if (!options.counts_anew) RequireOneCount(joined, &notes);
  LabelledObservations read = TableReader(joined, options, &problems).Read();
  // A line says nothing without its file.
  for (Observation& o : read.set.rows) o.line = 0;
  std::ranges::move(notes, std::back_inserter(read.set.notes));
  TakeBest(options.best_of, &read);
  return read;
}

LabelledObservations ParseObservations(std::string_view text,
                                       const std::string& source,
                                       const TableOptions& options) {
  RowProblems problems(source);
  RecordTable table = ParseRecords(text, source, &problems);
  if (table.columns.empty()) problems.ThrowIfAny();
  Require(!table.columns.empty(), "{}: no observations", source);
  std::vector<std::string> notes;
  if (!table.rows.empty()) notes = KeepRows(options.choice, &table);
  LabelledObservations read = TableReader(table, options, &problems).Read();
  std::ranges::move(notes, std::back_inserter(read.set.notes));
  TakeBest(options.best_of, &read);
  return read;
}

LabelledObservations ReadLabelledObservations(const std::filesystem::path& path,
                                              const TableOptions& options) {
  return ParseObservations(ReadFile(path), path.string(), options);
}

ObservationSet ReadObservations(const std::filesystem::path& path,
                                const TableOptions& options) {
  return ReadLabelledObservations(path, options).set;
}

}  // namespace isoflop
