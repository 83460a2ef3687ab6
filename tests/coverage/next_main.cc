// Prints the table of docs/coverage.md about `isoflop next`:
//
//   isoflop_next_study SWEEPS RESAMPLES

#include <fmt/format.h>

#include <cstdlib>
#include <string>

#include "tests/coverage/next_study.h"

namespace isoflop {
namespace {

void PrintRow(const NextStudy& study, int sweeps, int resamples) {
  std::vector<NextOutcome> outcomes;
  for (int set = 0; set < sweeps; ++set) {
    outcomes.push_back(FollowNext(study, set, resamples));
  }
  const NextSummary s = Summarise(outcomes);
  const std::string says =
      s.promised ? fmt::format("{:.2f}", s.sd_after / s.sd_before) : "nothing";
  fmt::print(
      "| {} | {:.3f} | {:.3f} | {:.3f} | {:.3f} | {:.3f} | {} | {:.2f} | "
      "{:.2f} | {:.2f} |\n",
      study.name, s.sd_before, s.sd_after, s.error_before, s.error_after,
      s.error_repeated, says, s.error_after / s.error_before,
      s.error_repeated / s.error_before, s.flops_ratio);
}

}  // namespace
}  // namespace isoflop

int main(int argc, char** argv) {
  const int sweeps = argc == 3 ? std::atoi(argv[1]) : 0;
  const int resamples = argc == 3 ? std::atoi(argv[2]) : 0;
  if (sweeps < 1 || resamples < 2) {
    fmt::print(stderr, "usage: isoflop_next_study SWEEPS RESAMPLES\n");
    return 2;
  }
  fmt::print(
      "| sweep | sd before | sd after | error before | error after | error of "
      "a repetition | says | keeps | repetition keeps | FLOPs |\n"
      "|---|---|---|---|---|---|---|---|---|---|\n");
  for (const isoflop::NextStudy& study : isoflop::AllNextStudies()) {
    isoflop::PrintRow(study, sweeps, resamples);
  }
  return 0;
}
