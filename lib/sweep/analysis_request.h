// What is to be made of a sweep's results beside the laws of N and D: curves of
// any number in them over any other.

#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lib/core/json.h"
#include "lib/core/names.h"
#include "lib/core/object_reader.h"
#include "lib/sweep/probe_kind.h"

namespace isoflop {

/// What is made of a curve: see analysis/regress/law_models.h for the laws.
enum class AnalysisLaw {
  kPower,         // y = k x^e
  kFallingPower,  // y = (scale/x)^exponent + offset
  kLogistic,      // y = top / (1 + (critical/x)^steepness)
  kSkillProduct,  // y = top (1 - e^(-x/scale))^skills
  kCrossing,      // where y passes another number
  kEquivalent,    // the x at which another curve has the same y
};
constexpr std::array<NamedValue<AnalysisLaw>, 6> EnumNames(AnalysisLaw) {
  return {{{AnalysisLaw::kPower, "power"},
           {AnalysisLaw::kFallingPower, "falling_power"},
           {AnalysisLaw::kLogistic, "logistic"},
           {AnalysisLaw::kSkillProduct, "skill_product"},
           {AnalysisLaw::kCrossing, "crossing"},
           {AnalysisLaw::kEquivalent, "equivalent"}}};
}

/// A curve, one for every setting that is not on its x axis.
struct AnalysisRequest {
  std::string name;
  AnalysisLaw law = AnalysisLaw::kPower;
  std::string value = {};    // y: where it stands in result.json
  std::string over = {};     // x: kSizesAndLengths, an axis under "vary", or
                             // where it stands in result.json
  Json of = Json::object();  // which runs, as of Expectation
  std::optional<double> up_to = {};          // larger x are predicted
  std::map<std::string, double> fixed = {};  // coefficients that are given
  Json against = Json::object();  // kEquivalent: what the other curve has
  std::variant<double, std::string> passes{0.0};  // kCrossing: a number, or
                                                  // where it stands
};

/// What `over` may name beside axes and numbers of results.
inline constexpr std::array<const char*, 6> kSizesAndLengths = {
    "params_total", "params_non_embedding", "d_model", "layers", "tokens",
    "flops"};

/// Which words a sweep file may use in expectations and analyses.
struct ResultContext {
  std::vector<std::string> axes;  // key paths under "vary"
  std::vector<ProbeKind> probes;
  std::vector<AnalysisRequest> analyses = {};
};

/// Reads which runs are meant: {"d_model": 64, "model.position": "none"}.
void ReadRuns(ObjectReader* reader, const char* key,
              const std::vector<std::string>& axes, Json* of,
              Problems* problems);

/// Reads the path of a number in result.json: "probes.metrics.brier.mean",
/// "curve[-1]"; of a probe or an analysis one that the sweep has.
void ReadResultPath(ObjectReader* reader, const char* key,
                    const ResultContext& context, Problems* problems,
                    std::string* path);

/// Reads "analyses" of a sweep file.
std::vector<AnalysisRequest> ReadAnalyses(ObjectReader* reader,
                                          const ResultContext& context,
                                          Problems* problems);

}  // namespace isoflop
