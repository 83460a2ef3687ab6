#include "analysis/page/warning_places.h"

#include <string_view>

namespace isoflop {
namespace {

/// Words of a warning, and the figures that show what it is about, the best
/// first.
struct Concern {
  std::string_view words;
  std::vector<std::string> figures;
};

const std::vector<Concern>& Concerns() {
  static const std::vector<Concern> kConcerns = {
      {"learning rate", {"learning-rate", "training"}},
      {"residuals go with", {"residuals"}},
      {"law's form", {"residuals"}},
      {"lie where no noise", {"residuals", "surface"}},
      {"seed noise", {"residuals"}},
      {"two seeds", {"residuals"}},
      {"held out", {"holdout"}},
      {"extrapolat", {"holdout", "projection"}},
      {"beyond the data", {"projection", "optima"}},
      {"the predicted loss", {"projection"}},
      {"E is at its lower bound", {"profiles", "surface"}},
      {"with E held", {"profiles"}},
      {"starts lead to", {"surface"}},
      {"bootstrap", {"draws", "optima"}},
      {"resample", {"draws", "optima"}},
      {"intervals", {"draws", "optima"}},
      {"ranges only from", {"surface"}},
      {"different values", {"surface"}},
      {"coefficients", {"surface"}},
      {"Approach 1", {"optima", "training"}},
      {"Approach 2", {"isoflop", "optima"}},
      {"Approach 3", {"surface", "residuals"}}};
  return kConcerns;
}

std::string PlaceOf(const std::string& warning,
                    const std::set<std::string>& figures) {
  for (const Concern& concern : Concerns()) {
    if (warning.find(concern.words) == std::string::npos) continue;
    for (const std::string& figure : concern.figures) {
      if (figures.contains(figure)) return figure;
    }
  }
  return "";
}

}  // namespace

PlacedWarnings PlaceWarnings(const std::vector<std::string>& warnings,
                             const std::set<std::string>& figures) {
  PlacedWarnings placed;
  for (const std::string& warning : warnings) {
    placed[PlaceOf(warning, figures)].push_back(warning);
  }
  return placed;
}

}  // namespace isoflop
