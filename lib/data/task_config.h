// The settings of one kind of task, before anything is opened.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/core/error.h"
#include "lib/core/json.h"
#include "lib/data/example.h"

namespace isoflop {

class Task;

/// Something that an example is made with, of which it has one of some values.
struct TaskFactor {
  std::string name;         // "skill 1"
  std::int64_t values = 0;  // that there are
};

/// Random strings that are all there is to learn, each as frequent as another.
struct RandomStrings {
  std::int64_t count = 0;       // K
  std::int64_t length = 0;      // m, in tokens
  std::int64_t choices = 0;     // for each token, to who knows none of them
  double nats_per_token = 0.0;  // the loss of who knows all of them
};

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

  /// Returns what an example of the evaluation set is made with: see
  /// Task::FactorsOf.
  virtual std::vector<TaskFactor> Factors() const { return {}; }

  /// Returns the strings that the task is made of, if it is.
  virtual std::optional<RandomStrings> ToMemorise() const {
    return std::nullopt;
  }

  /// Returns which share of the evaluation set is made of what no training on
  /// so many tokens has shown, in expectation, where that is known.
  virtual std::optional<double> UnseenShare(std::int64_t /*tokens*/) const {
    return std::nullopt;
  }

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
