// Whether a table is several experiments: columns that a law does not know, and
// that losses go with.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/diagnose/residuals.h"
#include "analysis/observe/observation.h"

namespace isoflop {

/// Settings in which runs at one (N, D) differ.
struct RepeatedSettings {
  std::vector<std::string> names;
  int cells = 0;        // different (N, D) with more than one run of them
  double spread = 0.0;  // median over these of highest over lowest loss, less 1
};

/// Finds the settings that have several values in at least half of the (N, D)
/// that were trained more than once, and that losses go with: by the F test the
/// distances of log losses from the mean of their place differ between values,
/// p < .01. A setting that is different in every row is a name, and none.
/// Nothing where there are no such settings.
std::optional<RepeatedSettings> SettingsOfRepeats(
    std::span<const Observation> runs, std::span<const SettingColumn> settings);

/// A setting whose values lie on different curves.
struct SplitSetting {
  std::string name;
  std::string value;        // the one that is farthest from the others
  double shift = 0.0;       // of its median log loss against theirs
  double scatter = 0.0;     // of log losses within values, as a deviation
  double deviations = 0.0;  // of the shift, in its standard errors by scatter
};

/// Finds the setting that splits the residuals r best: for value v with n_v of
/// n runs,
///
///   z = |median r_v - median r_rest| / (1.2533 s sqrt(1/n_v + 1/(n - n_v))),
///
/// s the ScaledMedianDeviation from the medians of values. A value counts with
/// three runs; a setting with two values that do and no more values than a
/// third of the runs, unless it goes with N, D, C or D/N from smallest to
/// largest: what splits along these is a law of the wrong form. z has to be
/// beyond what one table in fifty has by chance, and the shift 2 s.
std::optional<SplitSetting> SettingThatSplits(
    std::span<const Observation> runs, std::span<const SettingColumn> settings,
    const Residuals& residuals);

/// A column whose values are the training curves of one run each.
struct SharedCurves {
  std::string name;
  int curves = 0;
  double rows_each = 0.0;
  double correlation = 0.0;  // of residuals within a value
};

/// Finds a column of which each value has rows at one N and at different D,
/// kFewestOfCurve of them in the mean, whose residuals go together: by the
/// analysis of variance the intraclass correlation is above half, and the F
/// test says p < .001. Such rows are checkpoints of one run, or share its noise
/// some other way: they are not independent. Nothing where runs have groups.
/// Source: Fisher 1925, Statistical Methods for Research Workers, chapter 7.
std::optional<SharedCurves> ColumnOfCurves(
    std::span<const Observation> runs, std::span<const SettingColumn> settings,
    const Residuals& residuals);

inline constexpr double kFewestOfCurve = 5.0;

}  // namespace isoflop
