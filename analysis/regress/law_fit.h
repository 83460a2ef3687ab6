// Any law fitted to runs, with its certificate and a profile interval for every
// coefficient.

#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/observe/law_run.h"
#include "analysis/regress/law_solver.h"
#include "analysis/solve/certificate.h"
#include "analysis/solve/estimate.h"
#include "analysis/solve/objective_options.h"
#include "analysis/solve/profile.h"
#include "lib/numeric/student_t.h"

namespace isoflop {

/// One coefficient as fitted.
struct LawCoefficient {
  std::string name;
  double value = 0.0;
  bool held = false;      // at the value that was asked for
  bool at_bound = false;  // at its lowest value, or infinite: the data show
                          // none of it, or no end
  std::optional<ProfileInterval> profile;  // 95 %; absent when held or at_bound
};

/// What was found. When `status` is not kOk, only the first five count, and the
/// objective, its residuals and the certificate where a search was made: they
/// are of the lowest place that was found, which is no law.
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
  Certificate certificate;

  /// Weighted residuals of the objective at the optimum, one a run, in their
  /// order (of laws of several variants, variant after variant).
  std::vector<WeightedResidual> residuals;

  /// Returns the coefficients' values. REQUIRES: status is kOk.
  Eigen::VectorXd values() const;
};

struct LawFitOptions {
  ObjectiveOptions objective;  // `fixed`: coefficients not to be estimated
  bool profiles = true;
  int threads = 0;  // of profiles; 0: one per core. Only the time differs

  /// Coefficients of a fit to much the same runs. A descent begins there that
  /// counts for nothing; a quarter of the starts is then enough to begin with,
  /// of which as many have to agree. Passed over unless all are finite.
  std::optional<Eigen::VectorXd> near = {};
};

/// Returns what the options hold of a model: values of `fixed`, names that it
/// lacks passed over, and alpha = beta where exponents are tied and it has
/// both, of terms that fall.
Constraints ConstraintsOf(const LawModel& model,
                          const ObjectiveOptions& options);

/// Returns how many coefficients are estimated.
int CountFree(const LawModel& model, const ObjectiveOptions& options);

/// Fits the model.
///
/// Unsupported with fewer different runs than one more than there are
/// coefficients to estimate (with kStudentT, than twice as many and one), for
/// what LawModel::lack says, and when the optimum is not one point, runs away
/// or has lost an input's effect.
/// REQUIRES: runs are finite and positive.
LawFit FitLaw(const LawModel& model, std::span<const LawRun> runs,
              const LawFitOptions& options);

/// A fit again, with other weights of the same runs. Copy it for use in a
/// thread.
class LawRefits {
 public:
  /// `estimate` and `density` are values and student_t of
  /// FitLaw(model, runs, {options}). REQUIRES: its status is kOk.
  LawRefits(const LawModel& model, std::span<const LawRun> runs,
            const ObjectiveOptions& options, Eigen::VectorXd estimate,
            const std::optional<StudentT>& density = std::nullopt);

  /// Returns the fit for weights multiplied by `factors` (LawSolver::SolveAgain
  /// from the estimate).
  Refit With(std::span<const double> factors, bool check = true) {
    return solver_.SolveAgain(factors, estimate_, density_, check);
  }

 private:
  LawSolver solver_;
  Eigen::VectorXd estimate_;
  std::optional<StudentT> density_;
};

/// Adds the 95 % profile interval (solve/profile.h) of every free coefficient
/// to a fit of this model to these runs; of a law with `may_be_profiled` unset,
/// of more runs than kMostProfiled and of residuals that vanish there is none.
///
/// With kStudentT the density is estimated again at every value.
void AddProfiles(const LawModel& model, std::span<const LawRun> runs,
                 const LawFitOptions& options, LawFit* fit);

/// Whether a profile found an objective below that of its fit by more than
/// rounding.
bool FoundLower(const ProfileInterval& profile, const LawFit& fit);

/// Takes the profile intervals away that end on both sides, unless they
/// FoundLower: what is left holds for runs that are not independent too.
/// Returns whether there were any.
bool DropBoundedProfiles(LawFit* fit);

/// Of more runs there are no profiles: they would take minutes.
inline constexpr std::size_t kMostProfiled = 20'000;

/// Returns the y that a law with these coefficients predicts for each run.
std::vector<double> Predict(const LawModel& model, const Eigen::VectorXd& given,
                            std::span<const LawRun> runs);

}  // namespace isoflop
