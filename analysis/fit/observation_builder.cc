#include "analysis/fit/observation_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace isoflop {
namespace {

constexpr double kSameFlops = 1e-6;

bool Is6ND(const Observation& o) {
  return std::abs(o.C / SixND(o.N, o.D) - 1.0) <= kSameFlops;
}

}  // namespace

ObservationBuilder::ObservationBuilder(const std::string& source,
                                       const std::vector<ColumnName>& columns)
    : dictionary_(columns), problems_(source) {
  set_.source = source;
}

void ObservationBuilder::NoteUnknown(const std::string& column) {
  if (std::ranges::find(unknown_, column) == unknown_.end()) {
    unknown_.push_back(column);
  }
}

void ObservationBuilder::Add(const RawRow& row) {
  if (row.unfinished()) {
    ++unfinished_;
    return;
  }
  const auto observation = row.ToObservation();
  if (!observation) return;
  set_.rows.push_back(*observation);
  kinds_.insert(row.params());
}

ObservationSet ObservationBuilder::Finish() {
  if (kinds_.size() > 1) {
    problems_.Add(0,
                  "N is total in some rows and not in others: give every row "
                  "the same parameter count");
  }
  problems_.ThrowIfAny();
  Require(!set_.rows.empty(), "{}: no observations", set_.source);
  set_.params = *kinds_.begin();
  set_.flops = std::ranges::all_of(set_.rows, Is6ND) ? FlopsKind::kSixND
                                                     : FlopsKind::kAsGiven;
  AddNotes();
  return std::move(set_);
}

void ObservationBuilder::AddNotes() {
  if (!unknown_.empty()) {
    set_.notes.push_back(
        fmt::format("columns not read: {}", fmt::join(unknown_, ", ")));
  }
  if (unfinished_ > 0) {
    set_.notes.push_back(fmt::format(
        "{} rows of runs without a loss are left out", unfinished_));
  }
}

}  // namespace isoflop
