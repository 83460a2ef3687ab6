// What a fit sees of an experiment: one (N, D, L) per finished run.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/observe/training_curve.h"
#include "lib/core/names.h"
#include "lib/data/example.h"
#include "lib/numeric/order.h"

namespace isoflop {

/// The result of one training run, as one point of the loss surface.
struct Observation {
  double N = 0.0;  // parameters, counted as ObservationSet::params says
  double D = 0.0;  // training tokens processed
  double L = 0.0;  // validation loss, in ObservationSet::loss_unit
  double C = 0.0;  // training compute in FLOPs, as ObservationSet::flops says

  std::optional<double> unique_tokens;  // of D; absent: all of them
  std::optional<double> budget_flops;   // nominal IsoFLOP budget, when known
  std::optional<std::int64_t> seed;
  std::string group;  // runs that share a trunk; empty: a group of its own
  std::optional<double> params_total;
  std::optional<double> params_non_embedding;
  double weight = 1.0;             // of its term in every objective
  std::optional<double> loss_std;  // standard error of L

  int line = 0;               // of the table that it is from; 0: of no table
  std::vector<int> settings;  // index into SettingColumn::values, of each
};

/// A column of a table that is none of the quantities of a fit: a learning
/// rate, an optimiser, a name.
struct SettingColumn {
  std::string name;
  std::vector<std::string> values;  // different ones, in the order they come
};

/// Which parameters N counts.
enum class ParamsKind { kAsGiven, kTotal, kNonEmbedding };

constexpr std::array<NamedValue<ParamsKind>, 3> EnumNames(ParamsKind) {
  return {{{ParamsKind::kAsGiven, "as_given"},
           {ParamsKind::kTotal, "total"},
           {ParamsKind::kNonEmbedding, "non_embedding"}}};
}

/// Where C comes from.
enum class FlopsKind { kSixND, kAsGiven };

constexpr std::array<NamedValue<FlopsKind>, 2> EnumNames(FlopsKind) {
  return {{{FlopsKind::kSixND, "6ND"}, {FlopsKind::kAsGiven, "as_given"}}};
}

/// Different peak learning rates of hidden matrices, over all of the variants
/// of a sweep.
struct LearningRates {
  int in_all = 0;
  int at_smallest = 0;  // of the smallest size
  int at_largest = 0;
};

/// Observations and what there is to say about where they come from.
struct ObservationSet {
  std::vector<Observation> rows;
  std::string source;  // file or directory, for people
  ParamsKind params = ParamsKind::kAsGiven;
  FlopsKind flops = FlopsKind::kSixND;
  LossUnit loss_unit = LossUnit::kNats;  // of all rows
  std::vector<std::string> notes;  // for instance, columns that were not read
  std::vector<TrainingCurve> curves;  // of a sweep, when Approach 1 wants them
  std::vector<std::string> warnings;  // what to be careful about

  std::optional<LearningRates> learning_rates;  // absent: not known
  std::vector<SettingColumn> settings;          // that rows may differ in
};

/// Observations of several recipes, runs that differ in more than N and D, and
/// for each the recipe that it is of: its value of a column or of an axis of a
/// sweep.
struct LabelledObservations {
  ObservationSet set;
  std::vector<std::string> labels;  // one a row; none where none were asked for
};

/// Returns the training compute 6 N D in FLOPs.
/// Source: Kaplan et al. 2020, section 2.1 (arXiv:2001.08361).
constexpr double SixND(double N, double D) { return 6.0 * N * D; }

/// Returns the tokens D that C = 6 N D leaves for N parameters.
constexpr double TokensOf(double C, double N) { return C / (6.0 * N); }

/// How far runs reach in one quantity, both ends included.
struct Reach {
  double smallest = 0.0;
  double largest = 0.0;
};

/// Where runs are.
struct ObservedReach {
  Reach params;
  Reach tokens;
  Reach tokens_per_param;
};

/// REQUIRES: there is at least one observation.
ObservedReach ReachOf(std::span<const Observation> observations);

/// Returns how often run `i` was drawn, which is `counts[i]`; where there are
/// no counts every run is there once.
inline double TimesDrawn(std::span<const double> counts, std::size_t i) {
  return counts.empty() ? 1.0 : counts[i];
}

/// Returns one quantity of every run: ValuesOf(observations, &Observation::N).
std::vector<double> ValuesOf(std::span<const Observation> observations,
                             double Observation::*quantity);

/// Returns how many values of a quantity differ by more than rounding.
std::size_t CountDistinct(std::span<const Observation> observations,
                          double Observation::*quantity);

/// Returns whether every row has a value of its own of a setting, as a name or
/// a number of rows has.
bool NamesRows(std::span<const Observation> observations, std::size_t setting);

/// Returns how many runs differ in N, D, L, seed or a setting that does not
/// name rows.
std::size_t CountDifferent(std::span<const Observation> observations);

/// Returns the observations and curves with N counted as `kind`, and C = 6 N D
/// with the new N where C was 6 N D before. Runs that were planned to have the
/// same compute have not by another count: they lose their nominal budget, with
/// a note. Throws Error naming the first observation that lacks the count.
ObservationSet WithParams(const ObservationSet& observations, ParamsKind kind);

}  // namespace isoflop
