#include "analysis/solve/profile.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>

#include "analysis/solve/limits.h"
#include "lib/numeric/distributions.h"
#include "lib/numeric/robust_scale.h"

namespace isoflop {
namespace {

/// The walk in one direction. `place` is how far from the estimate, in the
/// coordinate that is walked.
class Walk {
 public:
  Walk(const ProfileFunction& objective, const ProfileRequest& request,
       double direction, std::vector<ProfilePoint>* points)
      : objective_(objective),
        request_(request),
        direction_(direction),
        points_(points) {}

  /// Returns the value at which the rise is reached, if it is.
  std::optional<double> Crossing() {
    const double end = LastPlace();
    double inside = 0.0;
    double rise_inside = 0.0;
    for (double step = request_.step; inside < end; step *= 2.0) {
      const double place = std::min(inside + step, end);
      const double rise = RiseAt(place);
      if (rise >= request_.rise) {
        return CloseIn(inside, rise_inside, place, rise);
      }
      inside = place;
      rise_inside = rise;
    }
    return std::nullopt;
  }

 private:
  double ValueAt(double place) const {
    const double moved = direction_ * place;
    return request_.positive ? request_.estimate * std::exp(moved)
                             : request_.estimate + moved;
  }

  double LastPlace() const {
    const double last = direction_ < 0.0 ? request_.lowest : request_.highest;
    return request_.positive ? std::abs(std::log(last / request_.estimate))
                             : std::abs(last - request_.estimate);
  }

  double RiseAt(double place) {
    const double value = ValueAt(place);
    const double lowest = objective_(value).value_or(kInfinity);
    const double rise =
        std::isnan(lowest) ? kInfinity : lowest - request_.minimum;
    points_->push_back({value, rise});
    return rise;
  }

  /// How far above the crossing a rise is, in a measure in which a parabola is
  /// a straight line.
  double Excess(double rise) const {
    return std::sqrt(std::max(rise, 0.0)) - std::sqrt(request_.rise);
  }

  /// False position, by halves where it stalls or the far side has no number.
  double CloseIn(double inside, double rise_inside, double outside,
                 double rise_outside) {
    double low = Excess(rise_inside);
    double high = Excess(rise_outside);
    std::optional<bool> last_crossed;
    for (int i = 0; i < 60 && outside - inside > 1e-6 * request_.step; ++i) {
      double share = low / (low - high);
      if (!std::isfinite(high) || !(share > 0.0 && share < 1.0)) share = 0.5;
      const double place = inside + share * (outside - inside);
      const double excess = Excess(RiseAt(place));
      if (std::abs(excess) <= 1e-9 * std::sqrt(request_.rise)) {
        return ValueAt(place);
      }
      const bool crossed = excess >= 0.0;
      (crossed ? outside : inside) = place;
      (crossed ? high : low) = excess;
      // Illinois: the side that has stayed twice counts for half.
      if (last_crossed == crossed) (crossed ? low : high) *= 0.5;
      last_crossed = crossed;
    }
    return ValueAt(0.5 * (inside + outside));
  }

  const ProfileFunction& objective_;
  const ProfileRequest& request_;
  double direction_;
  std::vector<ProfilePoint>* points_;
};

/// The residuals as they would be with weight 1, in order.
std::vector<double> AtUnitWeight(std::span<const WeightedResidual> residuals) {
  std::vector<double> values;
  values.reserve(residuals.size());
  for (const WeightedResidual& r : residuals) {
    values.push_back(r.value * std::sqrt(r.weight));
  }
  std::ranges::sort(values);
  return values;
}

/// So many that are distributed as all of them, which are in order.
std::vector<double> Thinned(const std::vector<double>& values) {
  constexpr std::size_t kMost = 1000;
  if (values.size() <= kMost) return values;
  std::vector<double> thinned;
  thinned.reserve(kMost);
  for (std::size_t i = 0; i < kMost; ++i) {
    thinned.push_back(values[(2 * i + 1) * values.size() / (2 * kMost)]);
  }
  return thinned;
}

/// What a penalty makes of a residual of one weight, in the mean over what it
/// could have been.
struct MeanSlopes {
  double squares = 0.0;  // of psi
  double bend = 0.0;     // psi'
};

MeanSlopes MeanSlopesAt(double weight, const std::vector<double>& noise,
                        double width, const Penalty& penalty) {
  const double scale = 1.0 / std::sqrt(weight);
  MeanSlopes mean;
  for (const double u : noise) {
    const double psi = penalty(scale * u).slope;
    mean.squares += psi * psi;
    mean.bend += (penalty(scale * (u + width)).slope -
                  penalty(scale * (u - width)).slope) /
                 (2.0 * scale * width);
  }
  mean.squares /= static_cast<double>(noise.size());
  mean.bend /= static_cast<double>(noise.size());
  return mean;
}

}  // namespace

ProfileInterval Profile(const ProfileFunction& objective,
                        const ProfileRequest& request) {
  assert(request.rise >= 0.0 && request.step > 0.0);
  assert(request.lowest <= request.estimate &&
         request.estimate <= request.highest);
  ProfileInterval interval;
  interval.rise = request.rise;
  interval.points.push_back({request.estimate, 0.0});
  interval.low = Walk(objective, request, -1.0, &interval.points).Crossing();
  interval.high = Walk(objective, request, 1.0, &interval.points).Crossing();
  if (!interval.low && request.ends_at_lowest) interval.low = request.lowest;
  std::ranges::sort(interval.points, {}, &ProfilePoint::value);
  for (const ProfilePoint& point : interval.points) {
    interval.improvement = std::max(interval.improvement, -point.rise);
  }
  return interval;
}

double LikelihoodRise95(int degrees_of_freedom) {
  const double t = StudentTQuantile(0.975, degrees_of_freedom);
  return 0.5 * t * t;
}

std::optional<double> DropByChance(std::span<const WeightedResidual> residuals,
                                   const Penalty& penalty, int parameters) {
  const int degrees = static_cast<int>(residuals.size()) - parameters;
  if (degrees <= 0) return std::nullopt;
  const auto count = static_cast<double>(residuals.size());
  std::vector<double> noise = AtUnitWeight(residuals);
  const double width = std::max(
      1.06 * std::sqrt(3.0) * std::pow(count, -0.2) * RobustDeviation(noise),
      1e-12);
  std::map<double, int> runs_of_weight;
  for (const WeightedResidual& r : residuals) ++runs_of_weight[r.weight];
  if (runs_of_weight.size() > 1) noise = Thinned(noise);
  double squares = 0.0;
  double bend = 0.0;
  for (const auto& [weight, runs] : runs_of_weight) {
    const MeanSlopes mean = MeanSlopesAt(weight, noise, width, penalty);
    squares += runs * weight * weight * mean.squares;
    bend += runs * weight * mean.bend;
  }
  if (!(bend > 0.0)) return std::nullopt;
  return 0.5 * (count / degrees) * squares / bend;
}

std::optional<double> RiseOfInterval95(
    std::span<const WeightedResidual> residuals, const Penalty& penalty,
    int parameters) {
  const auto drop = DropByChance(residuals, penalty, parameters);
  if (!drop) return std::nullopt;
  const int degrees = static_cast<int>(residuals.size()) - parameters;
  return 2.0 * LikelihoodRise95(degrees) * *drop;
}

}  // namespace isoflop
