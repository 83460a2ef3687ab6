// What the "data" section of a sweep file says, before any of it is opened.

#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "lib/core/error.h"
#include "lib/core/json.h"
#include "lib/data/task_config.h"

namespace isoflop {

struct DataConfig {
  /// The default kind of task, with its defaults.
  DataConfig();

  std::shared_ptr<const TaskConfig> task;  // never null
  std::int64_t eval_tokens = 65536;  // positions of the fixed evaluation set
  std::int64_t max_epochs = 1;       // how often training data may be reused
  std::int64_t train_positions = 0;  // only so many of an example count in
                                     // training, the first; 0: all
};

/// Returns the layout of examples of `context` positions.
ExampleShape ShapeOf(const DataConfig& config, std::int64_t context);

/// Reads the "data" section. `path` is where it stands ("a.json: data").
/// Everything wrong with it goes to `problems`. `context` is the number of
/// positions of an example.
DataConfig ParseDataConfig(const Json& json, const std::string& path,
                           std::int64_t context, Problems* problems);

/// Returns the section with every default filled in; ParseDataConfig reads it
/// back to an equal config.
Json ToJson(const DataConfig& config);

}  // namespace isoflop
