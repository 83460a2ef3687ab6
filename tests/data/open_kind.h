// Opening a task by the keys of a sweep file.

#pragma once

#include <memory>
#include <string>

#include "lib/core/error.h"
#include "lib/core/json.h"
#include "lib/data/task.h"

namespace isoflop {

/// Opens a task of `kind` with these keys, as a "data" section has them. Throws
/// Error with what is wrong with them.
inline std::unique_ptr<Task> OpenKind(const std::string& kind, const Json& keys,
                                      std::int64_t context) {
  Json json = {{"kind", kind}};
  for (const auto& [key, value] : keys.items()) json[key] = value;
  Problems problems;
  const DataConfig config =
      ParseDataConfig(json, "a.json: data", context, &problems);
  problems.ThrowIfAny();
  return OpenTask(config, context);
}

}  // namespace isoflop
