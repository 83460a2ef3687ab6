// A law as data: named coefficients, how a search may move them, and a function
// that evaluates a block of runs. Starts, descents, certificates, profiles and
// bootstraps are written once, for whatever is described like this.
//
// Formulas stand in analysis/laws/, once each. A new law is a file of its own
// here, and a row in fit/more_laws.cc: see docs/contributing.md.

#pragma once

#include <Eigen/Core>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/observe/law_run.h"
#include "analysis/regress/run_block.h"

namespace isoflop {

/// What a search moves instead of a coefficient c: ln c, or c itself.
enum class Coordinate { kLog, kPlain };

/// One coefficient. A law is evaluated in the units of the data, in which N, D
/// and y have a geometric mean of 1. There it is c; in the units that were
/// given
///
///   p = exp(constant + shear q) c,
///
/// q the coefficient `sheared_by`, which comes later in the list: for A in
/// A / N^alpha, constant = mean ln L and shear = mean ln N.
///
/// With `is_power` c is instead a power of what is given, as (N_c / N)^alpha_N
/// is with p = N_c:  p = exp(constant + (ln c + shear) / q).
struct Coefficient {
  std::string name;
  bool positive = true;  // what is given must be above 0
  Coordinate coordinate = Coordinate::kLog;

  /// The prediction is linear in it: starts take it from least squares.
  bool linear = false;

  /// The lowest c there may be, itself included: 0 for an irreducible loss.
  std::optional<double> bound = {};

  /// Infinity is allowed, and tried where no finite value is best.
  bool may_be_unlimited = false;

  double constant = 0.0;
  double shear = 0.0;
  int sheared_by = -1;
  bool is_power = false;

  /// Starts of c, unless linear, are spread between these: evenly in ln c when
  /// low > 0, otherwise in c.
  double low = 0.0;
  double high = 0.0;
};

/// y = constant + sum_k scale_k u_k^(sign * exponent_k) + ...: where the data
/// say little of the constant, it and a scale and an exponent can change
/// together and leave the curve almost as it is. Level at the middle of the
/// data, slope there and exponent, which then alone bends the curve, are told
/// apart by the data; these are the coordinates where all are free:
///
///   level = constant + sum_k scale_k,  slope_k = exponent_k scale_k.
struct LevelAndSlopes {
  int constant = 0;
  std::vector<std::pair<int, int>> terms;  // (scale, exponent)
};

/// Evaluates a block at the coefficients of its variant.
using BlockFunction = void (*)(const double* c, const RunBlock& runs,
                               BlockPrediction* out);

struct LawModel {
  std::string name;     // in files and on the command line: "repeated_data"
  std::string formula;  // "L = ..."
  std::string source;   // "Muennighoff et al. 2023, arXiv:2305.16264"
  std::vector<Coefficient> coefficients;
  std::vector<double LawRun::*> inputs;  // N and D, or x
  DataUnits units = {};
  BlockFunction evaluate = nullptr;

  /// Pairs of coefficients of the law whose second derivatives `evaluate`
  /// writes, in this order; all others are 0. Absent: it writes none, and they
  /// are taken from differences of the slopes.
  std::optional<std::vector<std::pair<int, int>>> bends = {};

  std::vector<LevelAndSlopes> level_and_slopes = {};

  /// Set where levels and slopes themselves are moved in a bent way, if all
  /// coefficients are free: from what a search moves to levels, slopes and
  /// exponents, in the places of coefficients, with derivatives unless null;
  /// and back.
  std::function<void(Eigen::VectorXd* at, Eigen::MatrixXd* by_z)> reshape = {};
  std::function<void(Eigen::VectorXd* at)> shape_back = {};

  /// For laws of several variants, such as recipes: which of `coefficients` are
  /// the law's own, one list a variant. Empty: all, in their order.
  std::vector<std::vector<int>> variants = {};

  /// What y has to fall with, over the range of the runs, input by input: "the
  /// number of parameters". Empty: it need not.
  std::vector<std::string> falls_with = {};

  /// Whether the data of a table can bound its coefficients.
  bool may_be_profiled = true;

  /// Rounds of least squares for the linear coefficients of a start: two where
  /// they are only nearly linear.
  int linear_rounds = 1;

  /// First starts, before any is added for want of agreement.
  int first_starts = 64;

  /// Set where starts are not spread coefficient by coefficient: coefficients c
  /// for a point of the unit cube of `start_dimensions`.
  int start_dimensions = 0;
  std::function<Eigen::VectorXd(const Eigen::VectorXd& cube,
                                std::span<const RunBlock> blocks)>
      start = {};

  /// The optimum of much the same runs, if it is known: a descent begins there
  /// that counts for nothing, and first_starts are enough to find the rest.
  std::optional<Eigen::VectorXd> near = {};

  /// More starts, such as optima of simpler laws; linear coefficients that are
  /// NaN are to be found by least squares.
  std::vector<Eigen::VectorXd> given_starts = {};

  /// Why these runs cannot determine the law, in words, when coefficients
  /// that are `held` are given; empty: they may.
  std::function<std::string(std::span<const LawRun> runs,
                            const std::vector<bool>& held)>
      lack = {};

  int size() const { return static_cast<int>(coefficients.size()); }

  /// Returns the index of a coefficient, if there is one of this name.
  std::optional<int> Find(std::string_view coefficient) const;

  int variant_count() const;
};

/// The coefficients of one variant of a law, in its own order.
struct OwnCoefficients {
  OwnCoefficients(const LawModel& model, int variant,
                  const Eigen::VectorXd& all);

  std::vector<int> index;      // among all
  double c[kMostSlopes] = {};  // their values
};

/// Returns a law of N and D without coefficients: the units of these runs, a
/// loss that falls with both, and three different N and D as the least.
LawModel OfSizeAndData(std::span<const LawRun> runs, BlockFunction evaluate,
                       std::span<const std::pair<int, int>> bends);

/// Returns E: positive, in the unit of y, and it may be 0.
Coefficient Offset(const char* name, const DataUnits& units);

/// Returns A of A / x^alpha, in the unit of y at the middle of the data;
/// `exponent` is alpha's place.
Coefficient Scale(const char* name, const DataUnits& units, int exponent,
                  double log_input);

/// Return a positive exponent, a positive number, and one of any sign, with
/// where their starts lie. An exponent is moved as it is, the others by their
/// logarithm.
Coefficient Exponent(const char* name, double low, double high);
Coefficient Positive(const char* name, double low, double high);
Coefficient AnySign(const char* name, double low, double high);

}  // namespace isoflop
