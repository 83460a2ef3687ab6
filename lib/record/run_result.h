// The record of a run that has ended: result.json, written last.

#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/core/shared_json.h"
#include "lib/record/sweep_dir.h"

namespace isoflop {

inline constexpr std::string_view kResultSchema = "isoflop.run/1";

enum class RunStatus {
  kOk,
  kDiverged,  // the loss left the rails: a result, never tried again
  kFailed,    // something broke: tried again with --retry-failed
};
constexpr std::array<NamedValue<RunStatus>, 3> EnumNames(RunStatus) {
  return {{{RunStatus::kOk, "ok"},
           {RunStatus::kDiverged, "diverged"},
           {RunStatus::kFailed, "failed"}}};
}

/// What training a run gave.
// nlohmann_json's move constructor is noexcept; the check believes it throws.
// NOLINTNEXTLINE(bugprone-exception-escape)
struct RunResult {
  std::string id;
  std::string group;
  RunStatus status = RunStatus::kOk;
  std::string reason;  // why diverged or failed; empty for kOk
  std::int64_t params_total = 0;
  std::int64_t params_non_embedding = 0;
  std::int64_t tokens = 0;             // D
  std::int64_t tokens_counted = 0;     // of these, whose loss counts
  std::optional<double> unseen_share;  // as TaskConfig::UnseenShare has it
  std::optional<std::int64_t> unique_tokens;  // of D; absent: all, of a task
                                              // without end
  std::optional<double> epochs;  // passes over the data; absent: without end
  std::optional<double> bytes_per_token;  // of the evaluation set's text
  std::int64_t steps = 0;
  double flops = 0.0;        // C = 6ND, N by the grid's convention
  double flops_exact = 0.0;  // every matrix multiplication
  std::optional<double> budget_flops;
  LossUnit loss_unit = LossUnit::kNats;
  std::optional<double> loss;            // validation, per position that counts
  std::optional<double> loss_std_error;  // of the mean over examples; absent
                                         // where the loss is exact
  Json probes;  // what each has measured, by its word; null
                // where none was asked for
  std::optional<double> train_loss;  // mean over the last logged steps
  std::int64_t seed = 0;
  double wall_seconds = 0.0;  // of this run's cooldown and its share of trunk
  double tokens_per_second = 0.0;
  Json variant;             // settings of the "vary" axes
  SharedJson config;        // {"model": ..., "training": ..., "data": ...}
  SharedJson device;        // {"kind": "cpu", "name": ..., "threads": 1}
  SharedJson software;      // {"isoflop": ..., "libtorch": ..., "blas": ...}
  std::string finished_at;  // UTC
};

/// Returns a result with everything filled in that the plan knows; losses,
/// times, device and software are left to whoever trained.
RunResult ResultFor(const RunGroup& group, const PlannedRun& run);

/// Returns the loss in bits per byte of text, where that is known.
std::optional<double> BitsPerByteOf(const RunResult& result);

/// Says what the plan knows of a run's data: unique_tokens and epochs. Results
/// of before they were recorded do not say it.
void SetRepetition(const PlannedRun& run, RunResult* result);

Json ToJson(const RunResult& result);

/// Reads what ToJson writes. Throws Error, naming `source`, for a record that
/// is torn, of another schema, or of a loss that is not finite.
RunResult RunResultFromJson(const Json& json, const std::string& source);

/// Writes result.json of the run, atomically and with a checksum of its text
/// (key "checksum", which ToJson does not have). Makes the run's directory, but
/// not the sweep's: Throws Error where that is gone, or cannot be written.
void StoreResult(const SweepDir& dir, const RunResult& result);

/// Returns the run's result, absent while it has none. A file that is damaged
/// (torn, or its checksum wrong) or another run's counts as none, and is named
/// in `notes` if that is given. Throws Error, naming the file, when it cannot
/// be read or is of another version: the run may well have ended, and is not
/// trained twice.
std::optional<RunResult> FindResult(const SweepDir& dir, const std::string& id,
                                    std::vector<std::string>* notes = nullptr);

/// Renames result.json to result.attempt-<n>.json, so that the run is pending
/// again. Throws Error. REQUIRES: it has one.
void SetResultAside(const SweepDir& dir, const std::string& id);

/// Returns what to warn of where LoadResults has named damage in `notes`: how
/// many results, which ones, and the way out. Empty where it has named none.
std::string WarningOfDamage(const std::vector<std::string>& notes);

/// Returns every result of the plan's runs, in the plan's order, with
/// SetRepetition where it does not say.
std::vector<RunResult> LoadResults(const SweepDir& dir, const Plan& plan,
                                   std::vector<std::string>* notes = nullptr);

/// Returns how the plan's runs that have a result ended, by run id: what
/// LoadResults knows in a fraction of the memory.
std::map<std::string, RunStatus> LoadStatuses(
    const SweepDir& dir, const Plan& plan,
    std::vector<std::string>* notes = nullptr);

}  // namespace isoflop
