// Which law the data prefer, and by how much: by likelihood, by predicting the
// runs of most compute from the others, and by cross-validation.
//
// Source: Burnham & Anderson 2002, chapter 2 (AIC, its correction for
// few runs, and its differences).

#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/fit/fit_options.h"
#include "analysis/fit/observation.h"
#include "analysis/fit/student_t.h"

namespace isoflop {

/// The loss in nats per token that a law, once fitted, predicts for a run.
using LossPredictor = std::function<double(const Observation& run)>;

/// A law fitted to some of the runs.
struct PartialFit {
  LossPredictor predict;   // empty: the runs do not support the law
  bool certified = false;  // Certificate::certified
};

/// A law to compare: what was found with all runs, and how to fit it to some,
/// which every law has to do from scratch: a fit that begins at the optimum of
/// all runs has seen those that it is to predict.
struct ComparedLaw {
  std::string name;
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
};

struct LawScore {
  std::string name;
  int parameters = 0;  // of the law and of the residuals' density
  std::optional<double> log_likelihood;  // absent: the residuals vanish

  /// 2 p - 2 log_likelihood + 2 p (p + 1) / (n - p - 1) of p parameters and n
  /// runs; absent unless n > p + 1.
  std::optional<double> aicc;
  std::optional<double> aicc_difference;  // from the lowest

  std::optional<PredictionError> held_out;  // absent: the others do not suffice
  std::optional<PredictionError> cross_validated;

  int refits = 0;  // to some of the runs, for these errors
  int uncertified_refits = 0;
};

struct LawComparison {
  int runs = 0;
  double above_flops = 0.0;      // runs with C above it were held out
  int held_out = 0;              // how many
  int folds = 0;                 // of cross-validation; groups stay together
  std::vector<LawScore> scores;  // in the order given

  /// Names of the lowest; empty when no law has the number.
  std::string lowest_aicc;
  std::string lowest_held_out;
  std::string lowest_cross_validated;

  /// What the data prefer and by how much, one sentence each.
  std::vector<std::string> verdict;
};

/// Compares laws that were all fitted to these runs with this objective.
///
/// Held out are the runs with C above `above_flops`, by default above the C of
/// the run with four fifths of the others at or below it. Up to ten folds
/// share the runs, or groups of runs, in an order that is drawn by their N, D
/// and L, whatever order they come in.
/// REQUIRES: at least one law and one run.
LawComparison CompareLaws(const std::vector<ComparedLaw>& laws,
                          std::span<const Observation> runs,
                          const ObjectiveOptions& objective,
                          std::optional<double> above_flops);

}  // namespace isoflop
