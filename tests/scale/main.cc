// isoflop_many_runs DIR RUNS: makes a finished sweep of so many runs.

#include <fmt/core.h>

#include <cstdlib>
#include <exception>

#include "tests/scale/many_runs.h"

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "usage: isoflop_many_runs DIR RUNS\n");
    return 2;
  }
  try {
    const auto runs = isoflop::WriteManyRuns(argv[1], std::atoll(argv[2]));
    fmt::print("{}: {} runs\n", argv[1], runs);
  } catch (const std::exception& error) {
    fmt::print(stderr, "isoflop_many_runs: {}\n", error.what());
    return 1;
  }
  return 0;
}
