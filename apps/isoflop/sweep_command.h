// What `isoflop sweep` does, for other commands that train.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apps/isoflop/commands.h"

namespace isoflop {

struct SweepArgs {
  std::string sweep;
  std::string out;  // empty: runs/NAME
  std::vector<std::string> data;
  std::string executor = "local";
  std::string devices = "auto";
  std::optional<std::int64_t> jobs;
  std::string worker;
  std::string progress = "auto";
  bool retry_failed = false;
  bool fail_fast = false;
  bool fit = false;
  double scale = 1.0;  // of every D
};

/// Adds --scale, and throws Error unless it is a number.
void AddScaleOption(CLI::App* command, double* scale);
void RequireScale(double scale);

/// Adds the options that say where and how to train.
void AddTrainingOptions(CLI::App* command, SweepArgs* args);

/// Trains what is pending, and says what became of every run, and of the
/// sweep's claim if it makes one (claim.json). Throws Error.
ExitCode RunSweep(const SweepArgs& args);

}  // namespace isoflop
