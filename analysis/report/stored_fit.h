// A fit read back from fit.json: as much of it as allocating budgets takes.

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "analysis/decide/allocation.h"
#include "analysis/laws/chinchilla.h"
#include "analysis/laws/repeated_data.h"
#include "analysis/observe/observation.h"
#include "analysis/regress/chinchilla_fit.h"
#include "analysis/solve/estimate.h"
#include "lib/core/json.h"

namespace isoflop {

/// A run that the law was fitted to.
struct FittedRun {
  double N = 0.0;
  double D = 0.0;
  double log_residual = 0.0;
  std::string group;  // runs that share a trunk; empty: a group of its own
};

/// When `status` is not kOk, only `reason` counts.
struct StoredFit {
  FitStatus status = FitStatus::kUnsupported;
  std::string reason;  // why the data did not support the law
  std::string file;    // that it was read from
  ParamsKind params = ParamsKind::kAsGiven;
  Chinchilla law;
  std::optional<Certificate> certificate;  // absent: not told
  std::vector<Chinchilla> draws;           // of the bootstrap; empty: none
  int units = 0;  // that they were drawn from; 0: not told
  std::optional<double> largest_flops;  // largest C in the data, if it is told
  std::optional<double> loss_std;       // noise between seeds, nats per token
  std::optional<std::int64_t> loss_std_degrees;  // of freedom, if estimated
  std::optional<double> rms_log_residual;        // of the law at the runs
  std::vector<FittedRun> runs;  // as far as the file lists them
  std::int64_t used = 0;        // how many runs there were; 0: not told
  std::string misfit;  // that the law's form does not suit; empty: not told
  std::optional<ObservedReach> reach;    // where the runs are
  std::string source;                    // what was fitted
  std::optional<RepeatedData> repeated;  // where it was fitted too
  std::optional<Certificate> repeated_certificate;
  std::string repeated_reason;  // why it is not there although asked for

  /// The law and what is known of it. REQUIRES: status is kOk; `this` outlives
  /// what is returned.
  LawBasis basis() const;
};

/// Reads a fit.json; `source` names it in messages. Sections that allocating
/// does not take are not looked at.
/// Throws Error for what is no fit, a fit of another schema or another law, a
/// fit without Approach 3, and coefficients that are missing or out of range.
StoredFit ParseFit(const Json& json, const std::string& source);

/// Returns what speaks against going by the law: that it is not certified, that
/// its file has no certificate, that its form does not suit the data, or that
/// its runs hardly differ in N or D, or an exponent is too steep to be one;
/// empty when nothing does.
/// REQUIRES: fit.status is kOk.
std::string DoubtInWords(const StoredFit& fit);

/// Returns the same of the law of repeated data; empty where there is none.
std::string RepeatedDataDoubtInWords(const StoredFit& fit);

/// Reads and parses a file, or the fit.json of a sweep directory. Throws Error.
StoredFit LoadFit(const std::filesystem::path& path);

}  // namespace isoflop
