// A law as the generic fitter sees it: named coefficients, a prediction with
// its derivatives, and coordinates in which it is fitted.
//
// Formulas stand in analysis/laws, once each; this file says how a fit handles
// their coefficients.

#pragma once

#include <Eigen/Core>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/fit/law_run.h"

namespace isoflop {

/// One coefficient p of a law. A fit sees a coordinate z of it:
///
///   p = exp(constant + shear q) exp(z)   when positive, otherwise
///   p = exp(constant + shear q) z
///
/// where q is the coefficient `sheared_by`, which comes later in the list or
/// is absent (-1). That centres the data: for A / N^alpha, shear = mean ln N.
struct CoefficientSpec {
  std::string name;
  bool positive = true;

  /// The law is linear in it: starts take it from least squares.
  bool linear = false;

  /// 0 is allowed, and tried by leaving it out.
  bool may_vanish = false;

  /// Infinity is allowed, and tried likewise.
  bool may_be_unlimited = false;

  double constant = 0.0;
  int sheared_by = -1;
  double shear = 0.0;

  /// Where descents start when not linear: values of exp(z) if positive,
  /// otherwise of z. Every combination of all coefficients' starts is one.
  std::vector<double> starts;
};

/// A law with coefficients p_0, p_1, ... in the order of its struct.
struct LawModel {
  std::string name;     // in files and on the command line: "repeated_data"
  std::string formula;  // "L = ..."
  std::string source;   // "Muennighoff et al. 2023, arXiv:2305.16264"
  std::vector<CoefficientSpec> coefficients;

  /// Returns y, and writes its derivatives by the coefficients.
  std::function<double(const double* p, const LawRun& run, double* gradient)>
      predict;

  /// Why these runs cannot determine the law, in words; empty: they may.
  std::function<std::string(std::span<const LawRun> runs)> lack;

  /// Set for laws whose coordinates are of another kind: coefficients from
  /// coordinates with their Jacobian (unless null). Nothing can be fixed then.
  std::function<Eigen::VectorXd(const Eigen::VectorXd& z,
                                Eigen::MatrixXd* by_z)>
      coordinates;

  /// Set along with `coordinates`: where descents start.
  std::function<std::vector<Eigen::VectorXd>(std::span<const LawRun> runs)>
      starts;

  /// Where set, instead of the coefficients' own starts: all coefficients of
  /// each start.
  std::vector<Eigen::VectorXd> starting_coefficients = {};

  int size() const { return static_cast<int>(coefficients.size()); }

  /// Returns the index of a coefficient, if there is one of this name.
  std::optional<int> Find(std::string_view coefficient) const;
};

/// L(N, D, U) of Muennighoff, in units that centre the runs.
LawModel RepeatedDataModel(std::span<const LawRun> runs);

/// L(N, D) of Gadre.
LawModel OvertrainingModel(std::span<const LawRun> runs);

/// L(N, D) of Li et al., "Farseer". Its exponents' powers are fitted by level,
/// slope and bend at the middle of the runs.
LawModel FarseerModel(std::span<const LawRun> runs);

/// L(N, D) of Kaplan with an irreducible loss.
LawModel KaplanJointModel(std::span<const LawRun> runs);

/// Returns the mean logarithm of a quantity over the runs.
double MeanLog(std::span<const LawRun> runs, double LawRun::*value);

/// Returns why runs do not have enough different N and D for a law of both;
/// empty: they have.
std::string LackOfSizesOrTokens(std::span<const LawRun> runs);

/// y(x) of Caballero with one break.
LawModel BrokenPowerLawModel(std::span<const LawRun> runs);

/// y = k x^e, and y = k x^e + c with k and c of any sign.
LawModel PowerLawModel(std::span<const LawRun> runs);
LawModel OffsetPowerLawModel(std::span<const LawRun> runs);

}  // namespace isoflop
