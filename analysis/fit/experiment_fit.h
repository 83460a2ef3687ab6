// The analyses that a sweep file asks for: curves through the numbers of its
// results, each a law of one variable that is fitted as all laws are.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/regress/law_fit.h"
#include "lib/record/run_result.h"
#include "lib/sweep/analysis_request.h"
#include "lib/sweep/plan.h"

namespace isoflop {

/// A run on a curve.
struct SeriesPoint {
  double x = 0.0;
  double y = 0.0;
  std::optional<double> passes = {};     // what y is to pass, of a crossing
  std::optional<double> predicted = {};  // by the law of smaller x
};

/// Where y passes a number: the last time that it comes to another side.
struct Crossing {
  double x = 0.0;          // between the two by a straight line in ln x
  double before = 0.0;     // the last x on the one side
  double after = 0.0;      // the first on the other
  bool downwards = false;  // whether y is below from there on
};

/// How much more of x another curve takes for the same y: x there over x here,
/// the geometric mean over the runs of which y lies within the other curve.
struct Equivalence {
  double ratio = 0.0;
  std::optional<double> low = {};  // 95 % interval of the mean, by Student's t,
  std::optional<double> high = {};  // of the runs' own ratios
  int runs = 0;
};

/// A curve: the runs that differ in nothing but x, and in their seeds.
// nlohmann_json's move constructor is noexcept; the check believes it throws.
// NOLINTNEXTLINE(bugprone-exception-escape)
struct CurveSeries {
  Json of = {};                          // what they have in common
  std::vector<SeriesPoint> points = {};  // by rising x
  std::int64_t batch_tokens = 1;         // to which D is a whole number
  int missing = 0;                       // runs that have not ended ok
  int left_out = 0;                      // runs without such numbers
  FitStatus status = FitStatus::kUnsupported;
  std::string reason = {};                      // why not, in words
  std::optional<LawFit> law = {};               // of laws that have one
  std::optional<Equivalence> equivalence = {};  // of kEquivalent
  std::optional<Crossing> crossing = {};        // of kCrossing
};

struct ExperimentFit {
  AnalysisRequest request;
  ObjectiveOptions objective;  // what is minimised
  std::vector<CurveSeries> series;
};

/// Whether a curve has all of these settings; `tokens` to a batch.
bool IsCurveOf(const CurveSeries& series, const Json& settings);

/// Returns the curve that is like `series` but for these settings, of those of
/// an analysis; null where there is none, or none but itself.
const CurveSeries* FindPartner(const std::vector<CurveSeries>& all,
                               const CurveSeries& series, const Json& settings);

/// Makes the curves. Powers are fitted by least squares of ln y, abilities
/// (logistic, skill_product) by those of y, of which 0 counts as 1e-6; results
/// whose x or y is not above 0 are left out of the others, and none is left out
/// of a crossing but where x is not. Runs have to have ended ok. Curves do not
/// depend on what has ended: without results there are all of them, without
/// points.
std::vector<ExperimentFit> FitExperiments(
    const std::vector<AnalysisRequest>& requests, const Plan& plan,
    const std::vector<RunResult>& results);

}  // namespace isoflop
