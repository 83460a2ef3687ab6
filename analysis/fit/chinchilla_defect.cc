// What a minimum of Approach 3 is worth: whether it is one, and of a law.

#include <algorithm>
#include <cmath>
#include <vector>

#include "analysis/fit/chinchilla_solver.h"
#include "analysis/fit/limits.h"
#include "analysis/fit/student_t.h"

namespace isoflop {
namespace {

/// A minimum whose next Newton step is at most this is one to rounding, if
/// Student's t is settled ...
constexpr double kSettled = 1e-8;

/// ... and the objective does not fall by E from the bound E = 0 by more than
/// this share of the magnitudes of the slope's terms.
constexpr double kSlopeRounding = 1e-9;

/// Below this the Hessian is singular to rounding.
constexpr double kFlat = 1e-12;

/// Whether a term falls over the runs by more than a share of the loss.
bool Changes(double coefficient, double exponent,
             const std::vector<LossPoint>& runs, double LossPoint::*log_of) {
  double low = kInfinity;
  double high = -low;
  for (const LossPoint& run : runs) {
    if (run.weight == 0.0) continue;
    low = std::min(low, run.*log_of);
    high = std::max(high, run.*log_of);
  }
  const double change =
      coefficient * (std::exp(-exponent * low) - std::exp(-exponent * high));
  return change > kVanishing;
}

/// Whether a number is above 0 and has all of its digits.
bool IsCoefficient(double value) { return std::isnormal(value) && value > 0.0; }

}  // namespace

double Minimum::value() const {
  const double value = polished.model.value;
  if (std::isnan(value)) return kInfinity;
  return value;
}

/// Whether E >= 0 and the loss falls in the way of a power with an offset. A
/// law that has lost a term is admitted too: Defect will say so.
bool ChinchillaSolver::Admissible(const PolishedMinimum& minimum) const {
  const Chinchilla law = minimum.law();
  for (const double number : {law.E, law.A, law.B, law.alpha, law.beta}) {
    if (!std::isfinite(number)) return false;
  }
  if (!HasSizeTerm(law) || !HasDataTerm(law)) return true;
  return law.E >= 0.0 && law.alpha > 0.0 && law.beta > 0.0;
}

bool ChinchillaSolver::Converged(const Minimum& minimum) const {
  const PolishedMinimum& polished = minimum.polished;
  const bool on_bound = !held_.Holds(0) && !polished.face.Moves(0);
  const bool falls_by_E = polished.model.slope_by_E <
                          -kSlopeRounding * polished.model.magnitude_by_E;
  return polished.newton_step <= kSettled &&
         minimum.density_step <= kDensitySettled && !(on_bound && falls_by_E);
}

bool ChinchillaSolver::HasSizeTerm(const Chinchilla& law) const {
  return Changes(law.A, law.alpha, objective_.runs(), &LossPoint::log_N);
}

bool ChinchillaSolver::HasDataTerm(const Chinchilla& law) const {
  return Changes(law.B, law.beta, objective_.runs(), &LossPoint::log_D);
}

std::string ChinchillaSolver::Defect(const Minimum& minimum) const {
  const Chinchilla law = minimum.law();
  if (!std::isfinite(minimum.value())) {
    return "the objective is too large for a number";
  }
  if (!HasSizeTerm(law)) {
    return "the loss does not fall with the number of parameters";
  }
  if (!HasDataTerm(law)) {
    return "the loss does not fall with the number of tokens";
  }
  if (loss_ == LossKind::kStudentT && !minimum.density) {
    return "the residuals vanish, so Student's t has no scale";
  }
  if (!(minimum.polished.newton_step < kRunaway)) {
    return "no lowest point was found: parameters can grow without end while "
           "the fit improves or stays as it is";
  }
  if (!(minimum.polished.relative_curvature > kFlat)) {
    return "the optimum is not one point: the parameters can be changed "
           "together without changing the fit";
  }
  if (!(law.alpha > 0.0 && law.beta > 0.0)) {
    return "the loss would have to rise with the number of parameters or of "
           "tokens";
  }
  const Chinchilla given = LawOf(minimum);
  if (!IsCoefficient(given.A) || !IsCoefficient(given.B)) {
    return "A or B is too large or too small for a number";
  }
  return {};
}

Chinchilla ChinchillaSolver::LawOf(const Minimum& minimum) const {
  Chinchilla law = minimum.law();
  if (law.E < kVanishingLoss && !held_.Holds(0)) law.E = 0.0;
  return objective_.units().Given(law);
}

}  // namespace isoflop
