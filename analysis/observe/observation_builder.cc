#include "analysis/observe/observation_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lib/core/text.h"

namespace isoflop {
namespace {

constexpr double kSameFlops = 1e-6;

bool Is6ND(const Observation& o) {
  return std::abs(o.C / SixND(o.N, o.D) - 1.0) <= kSameFlops;
}

}  // namespace

ObservationBuilder::ObservationBuilder(const std::string& source,
                                       const std::vector<ColumnName>& columns,
                                       std::string label_column,
                                       std::optional<std::vector<int>> lines)
    : dictionary_(columns),
      problems_(source),
      label_column_(std::move(label_column)),
      lines_(std::move(lines)) {
  set_.source = source;
}

bool ObservationBuilder::Wants(int line) const {
  return !lines_ || std::ranges::binary_search(*lines_, line);
}

void ObservationBuilder::NoteUnread(const std::string& column) {
  if (!known_unread_.insert(column).second) return;
  unread_.push_back(Shortened(column));
}

void ObservationBuilder::Add(RawRow row) {
  if (row.unfinished()) {
    ++unfinished_;
    return;
  }
  if (!label_column_.empty()) row.NeedLabel(label_column_);
  auto observation = row.ToObservation();
  if (!observation) return;
  set_.rows.push_back(*std::move(observation));
  if (!label_column_.empty()) labels_.push_back(row.label());
  kinds_.insert(row.params());
  loss_units_.insert(row.loss_unit());
}

LabelledObservations ObservationBuilder::Finish() {
  if (kinds_.size() > 1) {
    problems_.Add(0,
                  "N is total in some rows and not in others: give every row "
                  "the same parameter count");
  }
  if (loss_units_.size() > 1) {
    problems_.Add(0,
                  "losses are in nats in some rows and squared errors in "
                  "others: fit one of them, with --where loss_unit=nats");
  }
  problems_.ThrowIfAny();
  Require(!set_.rows.empty(), "{}: no observations", set_.source);
  set_.params = Kind();
  set_.loss_unit = *loss_units_.begin();
  set_.flops = std::ranges::all_of(set_.rows, Is6ND) ? FlopsKind::kSixND
                                                     : FlopsKind::kAsGiven;
  AddNotes();
  return {std::move(set_), std::move(labels_)};
}

ParamsKind ObservationBuilder::Kind() const {
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

void ObservationBuilder::AddNotes() {
  if (!unread_.empty()) {
    set_.notes.push_back("columns not read: " + ShortList(unread_));
  }
  if (unfinished_ > 0) {
    set_.notes.push_back(fmt::format(
        "{} rows of runs without a loss are left out", unfinished_));
  }
}

}  // namespace isoflop
