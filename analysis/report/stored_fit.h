// A fit read back from fit.json: as much of it as allocating budgets takes.

#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/fit/allocation.h"
#include "analysis/fit/estimate.h"
#include "analysis/fit/observation.h"
#include "analysis/laws/chinchilla.h"
#include "lib/core/json.h"

namespace isoflop {

/// When `status` is not kOk, only `reason` counts.
struct StoredFit {
  FitStatus status = FitStatus::kUnsupported;
  std::string reason;  // why the data did not support the law
  std::string file;    // that it was read from
  ParamsKind params = ParamsKind::kAsGiven;
  Chinchilla law;
  std::vector<Chinchilla> draws;        // of the bootstrap; empty: none
  std::optional<double> largest_flops;  // largest C in the data, if it is told
};

/// Reads a fit.json; `source` names it in messages. Sections that allocating
/// does not take are not looked at.
/// Throws Error for what is no fit, a fit of another schema or another law, a
/// fit without Approach 3, and coefficients that are missing or out of range.
StoredFit ParseFit(const Json& json, const std::string& source);

/// Reads and parses a file. Throws Error.
StoredFit LoadFit(const std::filesystem::path& path);

/// Returns the allocations of a stored fit, with spreads when it has draws. In
/// a fit that does not tell its largest C, no budget counts as extrapolation.
/// REQUIRES: fit.status is kOk, budgets > 0.
std::vector<Allocation> Allocate(const StoredFit& fit,
                                 std::span<const double> budgets);

}  // namespace isoflop
