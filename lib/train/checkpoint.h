// Checkpoints: files from which a training goes on as if it had never stopped.
//
//   "isoflop1"  size of the header (8 bytes)  header (JSON)
//   weights, then the moments of the optimizer (flat fp32 each)
//   SHA-256 of all the above (64 hex digits)
//
// Numbers are in the byte order of the machine; all we build for are
// little-endian.

#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "lib/train/trainer.h"
#include "lib/train/training_progress.h"

namespace isoflop {

inline constexpr std::string_view kCheckpointSchema = "isoflop.checkpoint/1";

/// The checkpoints of one trunk or one branch, in a directory of their own. The
/// newest two are kept, so that one which the disk has damaged costs little.
class CheckpointDir {
 public:
  /// `owner` is the id of the group (a trunk) or of the run (a branch).
  CheckpointDir(std::filesystem::path path, std::string owner)
      : path_(std::move(path)), owner_(std::move(owner)) {}

  /// Writes a checkpoint and removes all but the newest two, and what lies
  /// beyond it: that is of a past in which training had gone further. Throws
  /// Error (disk full), older ones intact.
  void Store(const TrainingProgress& progress, const TrainingState& state);

  /// Loads the newest valid checkpoint of at most `last_step` steps into
  /// `progress` and `trainer`; returns false, both untouched, when there is
  /// none. Names in `notes` what it cannot use. What it has read and found
  /// damaged is removed, and what lies beyond `last_step`; what cannot be read
  /// at present stays.
  bool Load(std::int64_t last_step, TrainingProgress* progress,
            Trainer* trainer, std::vector<std::string>* notes);

  /// Whether there is any file to try.
  bool empty() const { return Steps().empty(); }

  /// Removes the directory and all in it.
  void Delete();

 private:
  /// Takes one from the content of its file; returns whether it is valid.
  bool LoadFrom(const std::string& file, const std::string& source,
                TrainingProgress* progress, Trainer* trainer,
                std::vector<std::string>* notes) const;
  std::vector<std::int64_t> Steps() const;  // rising
  std::filesystem::path FileOf(std::int64_t step) const;
  void RemoveUnfinished() const;
  void Remove(std::int64_t step) const;

  std::filesystem::path path_;
  std::string owner_;
};

}  // namespace isoflop
