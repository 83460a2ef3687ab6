// Which law the data prefer, and by how much: by likelihood, by predicting the
// runs of most compute from the others, and by cross-validation.
//
// Source: Burnham & Anderson 2002, chapter 2 (AIC, its correction for
// few runs, and its differences).

#pragma once

#include <array>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/diagnose/residuals.h"
#include "analysis/observe/observation.h"
#include "analysis/solve/objective_options.h"
#include "lib/core/fit_progress.h"
#include "lib/core/names.h"
#include "lib/numeric/student_t.h"

namespace isoflop {

/// The loss in nats per token that a law, once fitted, predicts for a run.
using LossPredictor = std::function<double(const Observation& run)>;

/// A law fitted to some of the runs.
struct PartialFit {
  LossPredictor predict;   // empty: the runs do not support the law
  bool certified = false;  // Certificate::certified
};

/// A law to compare: what was found with all runs, and how to fit it to some.
/// Wherever that search begins, it has to end at the lowest minimum for those
/// runs alone: one that is only next to the optimum of all runs has seen those
/// that it is to predict. It is called from several threads at once.
struct ComparedLaw {
  std::string name;
  bool certified = false;  // with all runs: Certificate::certified

  /// Coefficients estimated, those that end on a bound included: which do is
  /// for the data to say, so that a law pays for them all the same.
  int parameters = 0;
  std::vector<WeightedResidual> residuals;  // of the objective, with all runs

  std::function<PartialFit(std::span<const Observation> runs)> fit;
};

/// How far predictions are off, in nats per token.
struct PredictionError {
  double rms = 0.0;
  double mean_absolute = 0.0;
  double largest = 0.0;
  bool certified = false;  // all of the fits that predict are
};

struct LawScore {
  std::string name;
  bool certified =
      false;  // with all runs; otherwise the law is never preferred
  double rms_log_residual = 0.0;  // weighted
  int parameters = 0;             // of the law and of the residuals' density
  std::optional<double> log_likelihood;  // absent: the residuals are rounding

  /// 2 p - 2 log_likelihood + 2 p (p + 1) / (n - p - 1) of p parameters and n
  /// runs; absent unless n > p + 1.
  std::optional<double> aicc;
  std::optional<double> aicc_difference;  // from the lowest that is certified

  /// How its residuals go together in neighbouring runs; absent: too few runs,
  /// or the residuals are rounding.
  std::optional<NeighbourCorrelation> neighbours;

  std::optional<PredictionError> held_out;  // absent: the others do not suffice
  std::optional<PredictionError> cross_validated;

  int refits = 0;  // to some of the runs, for these errors
  int uncertified_refits = 0;

  bool reproduces() const;  // whether its residuals are rounding
};

/// A law of smaller rms log residual reproduces the data: what is left is
/// rounding.
inline constexpr double kRounding = 1e-9;

/// What the residuals of the best law are, which says what likelihoods mean.
///
///   kIndependent  all that can be seen: noise of each run's own
///   kCorrelated   residuals of neighbouring runs go together, as what a law
///                 leaves does and noise that runs share: no significance
///   kNone         rounding: the law reproduces the data
enum class ResidualNoise { kIndependent, kCorrelated, kNone };

constexpr std::array<NamedValue<ResidualNoise>, 3> EnumNames(ResidualNoise) {
  return {{{ResidualNoise::kIndependent, "independent"},
           {ResidualNoise::kCorrelated, "correlated"},
           {ResidualNoise::kNone, "none"}}};
}

struct LawComparison {
  int runs = 0;
  double above_flops = 0.0;      // runs with C above it were held out
  int held_out = 0;              // how many
  int folds = 0;                 // of cross-validation; groups stay together
  std::vector<LawScore> scores;  // in the order given

  ResidualNoise noise = ResidualNoise::kIndependent;

  /// Names of the lowest among certified laws, for errors also by certified
  /// fits only; empty when no such law has the number. Of laws that reproduce
  /// the data, the one of fewest parameters.
  std::string lowest_aicc;
  std::string lowest_held_out;
  std::string lowest_cross_validated;

  /// What the data prefer and by how much, one sentence each; set by InWords
  /// (analysis/report).
  std::vector<std::string> verdict;
};

/// Compares laws that were all fitted to these runs with this objective.
///
/// Held out are the runs with C above `above_flops`, by default above the C of
/// the run with four fifths of the others at or below it. Up to ten folds
/// share the runs, or groups of runs, in an order that is drawn by their N, D
/// and L, whatever order they come in. `threads` 0: one per core; only the time
/// differs.
/// REQUIRES: at least one law and one run, and as many residuals as runs.
LawComparison CompareLaws(const std::vector<ComparedLaw>& laws,
                          std::span<const Observation> runs,
                          const ObjectiveOptions& objective,
                          std::optional<double> above_flops, int threads = 0,
                          FitProgress* progress = nullptr);

}  // namespace isoflop
