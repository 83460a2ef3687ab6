// The settings of one kind of task, before anything is opened.

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/core/error.h"
#include "lib/core/json.h"
#include "lib/data/example.h"

namespace isoflop {

class Task;

/// What a "data" section says that only its kind of task knows.
class TaskConfig {
 public:
  virtual ~TaskConfig() = default;

  /// The word of data.kind: "lexicon".
  virtual std::string_view kind() const = 0;

  /// Returns the keys of this kind, every default filled in.
  virtual Json ToJson() const = 0;

  /// Returns the layout of examples of `context` positions.
  virtual ExampleShape Shape(std::int64_t context) const = 0;

  /// Adds to `problems`, at `path`, what does not go together, or not with
  /// examples of `context` positions.
  virtual void Validate(std::int64_t context, const std::string& path,
                        Problems* problems) const = 0;

  /// Returns the names of the predictors that need no training, to compare a
  /// model with: see Task::MakeBaseline.
  virtual std::vector<std::string_view> Baselines() const { return {}; }

  /// Returns the names of the parts that its evaluation set falls into, each
  /// measured for itself: see Task::PartOf. None where all is alike.
  virtual std::vector<std::string_view> Parts() const { return {}; }

  /// Opens the task, with an evaluation set of eval_tokens / context examples.
  /// Throws Error: see OpenTask. REQUIRES: Validate finds nothing wrong.
  virtual std::unique_ptr<Task> Open(std::int64_t eval_tokens,
                                     std::int64_t context) const = 0;

  /// Returns the key that names files, which the command line can replace;
  /// nothing where no files are read.
  virtual std::string_view paths_key() const { return {}; }

 protected:
  TaskConfig() = default;
  TaskConfig(const TaskConfig&) = default;
  TaskConfig& operator=(const TaskConfig&) = default;
};

}  // namespace isoflop
