// Which value of a setting is best, a learning rate say, at each N and D, and
// whether the best one moves with them.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/observe/observation.h"
#include "lib/numeric/resampled_spread.h"

namespace isoflop {

/// The best value at one (N, D).
struct PlaceOptimum {
  double N = 0.0;
  double D = 0.0;
  int values = 0;      // that were tried
  double best = 0.0;   // the value of the lowest loss, in the mean of its runs
  double loss = 0.0;   // that loss
  double worst = 0.0;  // the highest one

  /// Where the parabola through the best value and its two neighbours is
  /// lowest, in ln value; absent where the best is the smallest or the largest
  /// that was tried, and the true one may lie beyond.
  std::optional<double> vertex;
};

/// An exponent by least squares.
struct SettingExponent {
  double value = 0.0;
  double standard_error = 0.0;
  Interval interval95;
};

/// vertex = coefficient N^params D^tokens.
struct SettingLaw {
  double coefficient = 1.0;
  std::optional<SettingExponent> params;  // absent: N hardly varies
  std::optional<SettingExponent> tokens;  // absent: nor does D, or it goes with
                                          // N
  int places = 0;                         // that it was fitted to
};

struct SettingOptima {
  std::vector<PlaceOptimum> places;  // ascending in N, then D
  std::optional<SettingLaw> law;     // absent: too few places with a vertex
};

/// N, or D, has to vary by this factor before an exponent is fitted to it.
inline constexpr double kVaries = 2.0;

/// Looks for the best label at each (N, D) that was trained at three or more of
/// them, and fits a law to the vertices by least squares in logarithms; its
/// intervals are those of least squares, by Student's t, with the scatter of
/// the vertices about the law for noise. Nothing where a label is no number
/// above 0, or no (N, D) has three.
///
/// Source of the form: Bi et al. 2024, section 3.1 (arXiv:2401.02954), who fit
/// the best learning rate as a power of compute.
/// REQUIRES: a label for each run.
std::optional<SettingOptima> OptimaOf(std::span<const Observation> runs,
                                      const std::vector<std::string>& labels);

}  // namespace isoflop
