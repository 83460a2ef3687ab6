// The sweep that faults are tried on, and what it comes to when nothing
// happens.

#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tests/faults/program.h"

namespace isoflop {

/// How long a step may take until it counts as hanging, in seconds: generous,
/// for a machine that has much else to do.
inline constexpr double kDeadline = 300.0;

/// A sweep in a folder of its own: its file, tokens to train on, and the
/// directory that it is trained in. Three sizes, so three trunks, with three
/// runs each; a checkpoint every fiftieth of a second.
class FaultSweep {
 public:
  /// Writes file and tokens into `folder`, which must exist. Throws Error.
  explicit FaultSweep(std::filesystem::path folder);

  const std::filesystem::path& folder() const { return folder_; }
  std::filesystem::path file() const { return folder_ / "sweep-file.json"; }
  std::filesystem::path tokens() const { return folder_ / "tokens.bin"; }
  std::filesystem::path out() const { return out_; }
  /// Trains somewhere else from now on.
  void SetOut(std::filesystem::path out) { out_ = std::move(out); }

  /// Writes the tokens as they were.
  void WriteTokens() const;

  /// What trains it: `isoflop sweep FILE -o OUT --fit`, and more arguments.
  std::vector<std::string> Command(std::vector<std::string> more = {}) const;

  /// Where what a program says is written.
  std::filesystem::path said() const { return folder_ / "said"; }

 private:
  std::filesystem::path folder_;
  std::filesystem::path out_;
};

/// What a sweep has come to; times are left out.
struct Trained {
  std::map<std::string, std::string> losses;  // bits of each run's loss, or how
                                              // it ended and why
  std::map<std::string, std::string> curves;  // of groups and runs
  std::map<std::string, std::string> results;  // the text of every result.json
  std::string fit;                             // fit.json, where there is one
};

/// Reads it from the directory; only what is there and valid. Throws Error
/// where there is no plan.
Trained ReadTrained(const FaultSweep& sweep);

/// Returns what of `found` differs from `reference`, a sentence each.
std::vector<std::string> Differences(const Trained& reference,
                                     const Trained& found);

/// Returns which of the results of `before` are no longer as they were: trained
/// twice, or lost. Failed ones may have been set aside.
std::vector<std::string> Rewritten(const Trained& before, const Trained& after);

/// Trains the sweep without a fault; *seconds is how long that takes. Throws
/// Error where it does not end well.
Trained TrainUndisturbed(const FaultSweep& sweep, double* seconds);

/// Returns the last line of what a program has said: where it failed, why.
std::string LastLine(const std::string& said);

}  // namespace isoflop
