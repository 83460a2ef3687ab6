#include "analysis/fit/chinchilla_solver.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "analysis/fit/student_t.h"

namespace isoflop {
namespace {

/// Enough for every start to be near some other; see tests/fit for how many
/// agree.
constexpr int kGridExponents = 8;
constexpr int kCoarseGridExponents = 5;

/// The last smoothing of |r| is far below any residual that can be measured.
constexpr double kLadDeltas[] = {1e-4, 1e-6, 1e-8, 1e-10};

Penalty FirstPenalty(const ObjectiveOptions& options) {
  switch (options.loss) {
    case LossKind::kHuber:
      return Penalty::Huber(options.delta);
    case LossKind::kLad:
      return Penalty::SmoothedLad(kLadDeltas[0]);
    case LossKind::kL2:
    case LossKind::kStudentT:  // until its density is known
      break;
  }
  return Penalty::Squares();
}

bool IsMinimum(const PolishedMinimum& minimum) {
  return minimum.newton_step <= 1e-6;
}

/// The largest difference between two laws: of E over the loss at the middle of
/// the data, of ln A, of ln B and of the exponents.
double Distance(const Chinchilla& p, const Chinchilla& q) {
  return std::max({std::abs(std::log(p.A / q.A)), std::abs(std::log(p.B / q.B)),
                   std::abs(p.E - q.E), std::abs(p.alpha - q.alpha),
                   std::abs(p.beta - q.beta)});
}

bool SamePlace(const Minimum& a, const Minimum& b) {
  return Distance(a.law(), b.law()) < 1e-3;
}

/// Adds a basin to others, or to the one of the same place.
void Merge(const Basin& basin, std::vector<Basin>* basins) {
  const auto known = std::ranges::find_if(*basins, [&](const Basin& other) {
    return SamePlace(other.lowest, basin.lowest);
  });
  if (known == basins->end()) {
    basins->push_back(basin);
    return;
  }
  known->starts += basin.starts;
  if (basin.lowest.value() < known->lowest.value()) {
    known->lowest = basin.lowest;
  }
}

const Start& BestOf(const std::vector<Start>& starts) {
  return *std::ranges::min_element(starts, {}, &Start::squares);
}

}  // namespace

ChinchillaSolver::ChinchillaSolver(std::span<const Observation> observations,
                                   const ObjectiveOptions& options)
    : loss_(options.loss),
      objective_(observations, FirstPenalty(options), options.residual),
      held_(options, objective_.units()),
      grid_(objective_, held_, kGridExponents),
      coarse_grid_(objective_, held_, kCoarseGridExponents) {}

/// Goes down by way of ever sharper stand-ins for |r|.
PolishedMinimum ChinchillaSolver::SharpenLad(const Face& face,
                                             const Chinchilla& start) {
  PolishedMinimum minimum;
  minimum.point = PointOf(face.chart, start);
  for (const double delta : kLadDeltas) {
    objective_.set_penalty(Penalty::SmoothedLad(delta));
    minimum =
        Polish(objective_, face, Descend(objective_, face, minimum.point));
  }
  return minimum;
}

/// Whether a descent that is at `point` is about to end at the known minimum.
bool ChinchillaSolver::IsNear(const Minimum& known, const Face& face,
                              const Vector5& point) const {
  return face.chart == known.polished.face.chart && IsMinimum(known.polished) &&
         Distance(LawAt(face.chart, point), known.law()) < 1e-2 &&
         objective_.Value(face.chart, point) >= known.value();
}

PolishedMinimum ChinchillaSolver::MinimiseWithin(const Face& face,
                                                 const Chinchilla& start,
                                                 const Minimum* known) {
  if (loss_ == LossKind::kLad) return SharpenLad(face, start);
  const Vector5 point = Descend(objective_, face, PointOf(face.chart, start));
  if (known != nullptr && IsNear(*known, face, point)) return known->polished;
  return Polish(objective_, face, point);
}

/// A law with E = 0 and the same loss and slopes at the middle of the data, or
/// as nearly so as what is held allows.
Chinchilla ChinchillaSolver::WithoutOffset(Chinchilla law) const {
  const double factor = (law.E + law.A + law.B) / (law.A + law.B);
  law = held_.Impose({.E = 0.0,
                      .A = law.A * factor,
                      .B = law.B * factor,
                      .alpha = law.alpha / factor,
                      .beta = law.beta / factor});
  return law;
}

/// The constrained minimum: inside, or else on the bound E = 0, unless the
/// objective falls from there as E rises.
Minimum ChinchillaSolver::Minimise(const Chinchilla& start,
                                   const Minimum* known) {
  const auto as_minimum = [](const PolishedMinimum& polished) {
    return Minimum{.polished = polished, .density = {}};
  };
  const auto inside = MinimiseWithin(held_.Inside(), start, known);
  if (held_.Holds(0) || Admissible(inside)) return as_minimum(inside);
  const auto bound =
      MinimiseWithin(held_.AtGivenE(), WithoutOffset(start), known);
  if (bound.model.slope_by_E >= 0.0) return as_minimum(bound);
  const auto above = MinimiseWithin(held_.Inside(), bound.law());
  return as_minimum(Admissible(above) ? above : bound);
}

std::optional<StudentT> ChinchillaSolver::DensityAt(
    const Chinchilla& law) const {
  std::vector<WeightedResidual> residuals;
  for (const LossPoint& run : objective_.runs()) {
    if (run.weight == 0.0) continue;
    residuals.push_back({objective_.Residual(law, run), run.weight});
  }
  return EstimateStudentT(residuals);
}

std::optional<StudentT> ChinchillaSolver::DensityOfLeastSquares() {
  objective_.set_penalty(Penalty::Squares());
  return DensityAt(Minimise(BestOf(grid_.Starts(objective_)).law).law());
}

/// With kStudentT, goes on from a minimum for a given density, in turn with the
/// density for given residuals, until neither changes.
Minimum ChinchillaSolver::Settle(Minimum minimum) {
  constexpr int kRounds = 200;
  for (int round = 0; round < kRounds && minimum.density; ++round) {
    const StudentT before = *minimum.density;
    const auto density = DensityAt(minimum.law());
    if (!density) return {.polished = minimum.polished, .density = {}};
    objective_.set_penalty(Penalty::Student(*density));
    minimum = Minimise(minimum.law());
    minimum.density = density;
    minimum.density_step = LogChange(before, *density);
    if (minimum.density_step < 1e-10) break;
  }
  return minimum;
}

/// Settles every minimum, from the density it was found with; those that end at
/// the same place become one.
void ChinchillaSolver::SettleAll(std::vector<Basin>* basins,
                                 const StudentT& density) {
  std::vector<Basin> settled;
  for (Basin basin : *basins) {
    basin.lowest.density = density;
    if (IsMinimum(basin.lowest.polished) || basins->size() == 1) {
      objective_.set_penalty(Penalty::Student(density));
      basin.lowest = Settle(basin.lowest);
    }
    Merge(basin, &settled);
  }
  *basins = std::move(settled);
}

bool ChinchillaSolver::Agree(double value, double lowest) const {
  // Data without noise have 0 for a minimum: allow residuals of 1e-9.
  const Penalty& penalty = objective_.penalty();
  double nothing = 0.0;
  for (const LossPoint& run : objective_.runs()) {
    nothing += run.weight * (penalty(1e-9).value - penalty(0.0).value);
  }
  return value <= lowest + 1e-9 * std::abs(lowest) + nothing;
}

GlobalMinimum ChinchillaSolver::SolveGlobally() {
  std::optional<StudentT> density;
  if (loss_ == LossKind::kStudentT) {
    density = DensityOfLeastSquares();
    if (density) objective_.set_penalty(Penalty::Student(*density));
  }
  std::vector<Basin> basins;
  GlobalMinimum global;
  for (const Start& start : grid_.Starts(objective_)) {
    Merge({.lowest = Minimise(start.law), .starts = 1}, &basins);
    ++global.starts;
  }
  if (density) SettleAll(&basins, *density);
  const Basin& lowest = *std::ranges::min_element(
      basins, {}, [](const Basin& basin) { return basin.lowest.value(); });
  global.lowest = lowest.lowest;
  global.agreeing = lowest.starts;
  global.distinct_minima =
      static_cast<int>(std::ranges::count_if(basins, [](const Basin& basin) {
        return IsMinimum(basin.lowest.polished);
      }));
  if (global.lowest.density) {
    objective_.set_penalty(Penalty::Student(*global.lowest.density));
  }
  return global;
}

Refit ChinchillaSolver::SolveAgain(std::span<const double> factors,
                                   const Chinchilla& estimate,
                                   const std::optional<StudentT>& density) {
  objective_.SetWeightFactors(factors);
  const auto settled = [&](const Chinchilla& start, const Minimum* known) {
    if (density) objective_.set_penalty(Penalty::Student(*density));
    Minimum minimum = Minimise(start, known);
    minimum.density = density;
    return Settle(minimum);
  };
  const Chinchilla own_start = BestOf(coarse_grid_.Starts(objective_)).law;
  const Minimum near = settled(objective_.units().Centred(estimate), nullptr);
  const Minimum own = settled(own_start, density ? nullptr : &near);
  Refit refit{.law = {}, .escaped = !Agree(near.value(), own.value())};
  const Minimum& lower = refit.escaped ? own : near;
  refit.objective = lower.value();
  if (Defect(lower).empty()) refit.law = LawOf(lower);
  return refit;
}

}  // namespace isoflop
