// A fit read back from fit.json: what pictures and words of a report are made
// of. The numbers are those of the file, and nothing is fitted again.

#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/laws/chinchilla.h"
#include "lib/core/json.h"
#include "lib/data/example.h"
#include "lib/numeric/least_squares.h"
#include "lib/plot/figure.h"

namespace isoflop {

/// A run that was fitted.
struct DocumentRun {
  std::size_t run = 0;  // its index among those that were fitted
  double N = 0.0;
  double D = 0.0;
  double C = 0.0;
  double L = 0.0;
  std::optional<double> loss_std;
  std::optional<std::size_t> budget;  // index into DocumentProfiles::budgets
};

struct DocumentResidual {
  double N = 0.0;
  double D = 0.0;
  double C = 0.0;
  double log_residual = 0.0;  // ln L_predicted - ln L
};

/// A number with its 95 % interval.
struct DocumentNumber {
  double value = 0.0;
  std::optional<Extent> interval95 = {};
};

/// One IsoFLOP profile of Approach 2.
struct DocumentBudget {
  double flops = 0.0;
  std::string status;  // "interior", "edge", ...
  std::size_t sizes = 0;
  std::optional<Parabola> parabola;  // of L on ln N
  std::optional<DocumentNumber> N;   // its minimum
  std::optional<DocumentNumber> D;
  std::optional<DocumentNumber> L;
};

/// N* = params_coefficient C^a and D* = tokens_coefficient C^b, by Approach 1
/// or 2.
struct DocumentExponents {
  DocumentNumber a;
  DocumentNumber b;
  double params_coefficient = 0.0;
  double tokens_coefficient = 0.0;
};

/// What an approach has come to; neither: it was not asked for.
struct DocumentApproach {
  std::optional<DocumentExponents> exponents;
  std::string reason;  // why there are none
};

/// The place of an optimum.
struct DocumentOptimum {
  double C = 0.0;
  double N = 0.0;
  double D = 0.0;
};

/// The profile likelihood of a coefficient.
struct DocumentProfile {
  std::string name;
  double estimate = 0.0;
  double rise = 0.0;  // at which the 95 % interval ends
  std::optional<double> low;
  std::optional<double> high;
  std::vector<Place> points;  // value, rise of the objective
};

/// An extrapolation test.
struct DocumentHoldout {
  std::string reason;  // why there is no law; else empty
  double above_flops = 0.0;
  int fitted = 0;
  int held_out = 0;
  std::optional<Chinchilla> law;  // fitted without the held-out runs
  double extrapolation_decades = 0.0;
  double mean_absolute_error = 0.0;
};

struct DocumentAllocation {
  double C = 0.0;
  DocumentNumber N;
  DocumentNumber D;
  DocumentNumber tokens_per_param;
  DocumentNumber loss;
  double extrapolation_decades = 0.0;
};

struct FitDocument {
  std::string file;    // that it was read from
  std::string source;  // what was fitted
  int read = 0;
  int dropped = 0;
  int used = 0;
  std::string params_in_words;  // what N counts
  LossUnit loss_unit = LossUnit::kNats;
  std::string loss_unit_in_words;
  std::optional<Extent> flops;  // smallest and largest C of the runs
  bool has_curve_only = false;  // of two columns, not of runs

  std::vector<DocumentRun> runs;
  std::vector<DocumentResidual> residuals;

  // Approach 3.
  bool asked_for_law = false;
  std::optional<Chinchilla> law;
  std::string law_reason;  // why there is none
  std::map<std::string, Extent>
      law_intervals;        // 95 %, by coefficient, "a", "b"
  std::string certificate;  // in words
  bool certified = false;
  std::vector<DocumentProfile> profiles;
  std::vector<Chinchilla> draws;  // laws of resamples
  int resamples = 0;
  int units = 0;  // drawn with replacement
  std::string unit;

  bool asked_for_budgets = false;
  DocumentApproach isoflop;
  std::vector<DocumentBudget> budgets;
  DocumentApproach envelope;
  std::vector<DocumentOptimum> envelope_optima;

  std::vector<DocumentHoldout> holdouts;
  std::vector<DocumentAllocation> allocations;
  std::string misfit;  // that the law's form does not suit; empty: not said
  std::vector<std::string> warnings;
  std::vector<std::string> notes;
  Json experiments = Json::array();
};

/// Reads fit.json of this version, or of an earlier one, which may lack runs
/// (they are then taken from the residuals), parabolas and profiles.
/// Throws Error for what is no fit, and for a part that is of another kind than
/// it should be; `source` names the file in messages.
FitDocument ReadFitDocument(const Json& json, const std::string& source);

}  // namespace isoflop
