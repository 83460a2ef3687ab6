// Prints the tables of docs/coverage.md:
//
//   isoflop_coverage SETS RESAMPLES

#include <fmt/format.h>

#include <cstdlib>
#include <string>

#include "tests/coverage/contamination.h"
#include "tests/coverage/coverage.h"
#include "tests/coverage/shown.h"

namespace isoflop {
namespace {

void PrintRow(const Design& design, const char* rule,
              const Coverage& coverage) {
  std::string row = fmt::format("| {} | {} |", design.name, rule);
  for (std::size_t i = 0; i < kCovered.size(); ++i) {
    row += fmt::format(" {:.1f} |", coverage.Percent(i));
  }
  fmt::print("{} {} |\n", row, coverage.sets);
}

void PrintTable(int sets, int resamples) {
  const std::vector<IntervalRule> rules = {
      [](const Estimate& e) { return e.spread->interval95; },
      [](const Estimate& e) { return e.spread->percentile95; }};
  std::string header = "| design | interval |";
  for (const char* name : kCovered) header += fmt::format(" {} |", name);
  fmt::print("{} sets |\n|---|---|---|---|---|---|---|\n", header);
  for (const Design& design : AllDesigns()) {
    const auto coverages = Cover(design, sets, resamples, rules);
    PrintRow(design, "`interval95`", coverages[0]);
    PrintRow(design, "`percentile95`", coverages[1]);
    const ProfileCoverage profile = CoverByProfile(design, sets);
    fmt::print("| {} | `profile95` | {:.1f} | {:.1f} | | | {} |\n", design.name,
               100.0 * profile.alpha / profile.sets,
               100.0 * profile.beta / profile.sets, profile.sets);
  }
}

void PrintIsoflopTable(int sets, int resamples) {
  fmt::print(
      "\n| design | scatter | `interval95` of a | mean width | ideal | warned "
      "| sets |\n|---|---|---|---|---|---|---|\n");
  for (const IsoflopDesign& design : AllIsoflopDesigns()) {
    const IsoflopCoverage coverage = CoverIsoflop(design, sets, resamples);
    fmt::print("| {} | {:.0f} % | {:.1f} | {:.4f} | {:.4f} | {:.1f} | {} |\n",
               design.name, 100.0 * design.scatter,
               100.0 * coverage.hits / coverage.sets, coverage.mean_width,
               IdealWidth(design), 100.0 * coverage.warned / coverage.sets,
               coverage.sets);
  }
}

void PrintShownTable(int sets, int resamples) {
  fmt::print(
      "\n| exponent | without noise | `interval95` | sets |\n"
      "|---|---|---|---|\n");
  for (const ShownExponent& s : CoverShown(TrunkDesign(), sets, resamples)) {
    if (s.sets == 0) continue;
    fmt::print("| {} | {:.4f} | {:.1f} | {} |\n", s.name, s.truth,
               100.0 * s.hits / s.sets, s.sets);
  }
}

void PrintContamination(int sets, int resamples) {
  const Contamination found = Contaminate(sets, resamples);
  const auto percent = [&](int count, int of) { return 100.0 * count / of; };
  fmt::print(
      "\n| a by Approach 3 | a by Approach 2 | named | clean sets warned of | "
      "sets |\n|---|---|---|---|---|\n| {:.1f} | {:.1f} | {:.1f} | {:.1f} | {} "
      "|\n",
      percent(found.law_hits, found.sets),
      percent(found.profile_hits, found.sets),
      percent(found.named, found.wrong),
      percent(found.clean_warned, found.sets), found.sets);
}

}  // namespace
}  // namespace isoflop

int main(int argc, char** argv) {
  const int sets = argc == 3 ? std::atoi(argv[1]) : 0;
  const int resamples = argc == 3 ? std::atoi(argv[2]) : 0;
  if (sets < 1 || resamples < 2) {
    fmt::print(stderr, "usage: isoflop_coverage SETS RESAMPLES\n");
    return 2;
  }
  isoflop::PrintTable(sets, resamples);
  isoflop::PrintShownTable(sets, resamples);
  isoflop::PrintIsoflopTable(sets, resamples);
  isoflop::PrintContamination(sets, resamples);
  return 0;
}
