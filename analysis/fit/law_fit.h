// Any LawModel fitted to runs, with the certificate of Approach 3 and a profile
// interval for every coefficient.

#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/fit/chinchilla_fit.h"
#include "analysis/fit/estimate.h"
#include "analysis/fit/fit_options.h"
#include "analysis/fit/law_run.h"
#include "analysis/fit/profile.h"
#include "analysis/fit/student_t.h"

namespace isoflop {

struct LawModel;

/// One coefficient as fitted.
struct LawCoefficient {
  std::string name;
  double value = 0.0;
  bool held = false;      // at the value that was asked for
  bool at_bound = false;  // 0, or infinite: the data show none of it, or no end
  std::optional<ProfileInterval> profile;  // 95 %; absent when held or at_bound
};

/// What was found. When `status` is not kOk, only the first four count.
struct LawFit {
  std::string name;
  std::string formula;
  std::string source;
  FitStatus status = FitStatus::kUnsupported;
  std::string reason;
  int points = 0;
  int free = 0;                              // coefficients estimated
  std::vector<LawCoefficient> coefficients;  // all, in the model's order
  double objective = 0.0;                    // sum of weighted penalties
  std::optional<StudentT> student_t;         // estimated along with kStudentT
  double rms_log_residual = 0.0;  // of ln y_predicted - ln y, weighted
  double max_log_residual = 0.0;  // largest magnitude

  /// As for Approach 3; the condition number is of the Hessian in the
  /// logarithms of positive coefficients and the values of others, and
  /// `converged` speaks of the fitter's own coordinates.
  Certificate certificate;

  /// Weighted residuals of the objective at the optimum, one a run.
  std::vector<WeightedResidual> residuals;
};

struct LawFitOptions {
  ObjectiveOptions objective;
  std::map<std::string, double> held;  // coefficients not to be estimated
  bool profiles = true;
};

/// Fits the model.
///
/// Unsupported with no more runs than coefficients to estimate, for what
/// LawModel::lack says, and when the optimum is not one point or runs away.
/// Names in `held` that the model lacks are passed over.
/// REQUIRES: runs are finite and positive.
LawFit FitLaw(const LawModel& model, std::span<const LawRun> runs,
              const LawFitOptions& options);

/// Returns the y that a fit predicts for a run.
/// REQUIRES: fit is of this model and kOk.
double Predict(const LawModel& model, const LawFit& fit, const LawRun& run);

}  // namespace isoflop
