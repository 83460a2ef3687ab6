#include "lib/data/data_config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "lib/core/object_reader.h"
#include "lib/core/transformed.h"
#include "lib/data/task_kinds.h"

namespace isoflop {
namespace {

const TaskKind* FindKind(std::string_view name) {
  const auto found = std::ranges::find(TaskKinds(), name, &TaskKind::name);
  return found == TaskKinds().end() ? nullptr : &*found;
}

/// Returns the kind that the section names, the default where it names none,
/// and null for a name that is wrong.
const TaskKind* ReadKind(ObjectReader* reader) {
  if (!reader->Has("kind")) {
    reader->Ignore("kind");
    return &TaskKinds().front();
  }
  std::string name;
  if (!reader->ReadWord("kind", Transformed(TaskKinds(), &TaskKind::name),
                        &name)) {
    return nullptr;
  }
  return FindKind(name);
}

bool HasKey(const TaskKind& kind, std::string_view key) {
  return std::ranges::find(kind.keys, key) != kind.keys.end();
}

/// A key that another kind would know gets a better answer than "unknown".
void RefuseKeysOfOtherKinds(const TaskKind& kind, ObjectReader* reader) {
  for (const TaskKind& other : TaskKinds()) {
    for (const std::string_view key : other.keys) {
      if (HasKey(kind, key) || !reader->Has(key) || reader->Knows(key)) {
        continue;
      }
      std::vector<std::string> owners;
      for (const TaskKind& owner : TaskKinds()) {
        if (HasKey(owner, key)) {
          owners.push_back(fmt::format("\"{}\"", owner.name));
        }
      }
      reader->Refuse(key,
                     fmt::format("is a key of kind {}, but the kind is \"{}\"",
                                 fmt::join(owners, ", "), kind.name));
      // Or Finish would complain about it once more.
      reader->Ignore(key);
    }
  }
}

void CheckTrainPositions(const DataConfig& config, std::int64_t context,
                         ObjectReader* reader) {
  if (config.train_positions == 0) return;
  if (!config.task->Shape(context).all_count()) {
    reader->Refuse("train_positions",
                   fmt::format("has no meaning for {}, of which only some "
                               "positions count",
                               config.task->kind()));
  } else if (config.train_positions >= context) {
    reader->Refuse("train_positions",
                   fmt::format("must be below model.context of {}, got {}",
                               context, config.train_positions));
  }
}

}  // namespace

ExampleShape ShapeOf(const DataConfig& config, std::int64_t context) {
  ExampleShape shape = config.task->Shape(context);
  if (config.train_positions > 0) shape.counted = config.train_positions;
  return shape;
}

DataConfig::DataConfig() {
  static const auto kDefault = [] {
    Problems none;
    const Json empty = Json::object();
    ObjectReader reader(empty, "data", &none);
    return TaskKinds().front().read(&reader);
  }();
  task = kDefault;
}

DataConfig ParseDataConfig(const Json& json, const std::string& path,
                           std::int64_t context, Problems* problems) {
  DataConfig config;
  const std::size_t before = problems->messages().size();
  ObjectReader reader(json, path, problems);
  const TaskKind* kind = ReadKind(&reader);
  if (kind == nullptr) return config;  // what else is wrong depends on it
  reader.Read("eval_tokens", &config.eval_tokens, {1, std::int64_t{1} << 30});
  if (config.eval_tokens < context) {
    reader.Refuse("eval_tokens",
                  fmt::format("must be at least the context of {}, got {}",
                              context, config.eval_tokens));
  }
  reader.Read("max_epochs", &config.max_epochs, {1, 1000000});
  reader.Read("train_positions", &config.train_positions,
              {0, std::int64_t{1} << 24});
  config.task = kind->read(&reader);
  RefuseKeysOfOtherKinds(*kind, &reader);
  reader.Finish();
  // What depends on several keys is asked only where each of them is right.
  if (problems->messages().size() == before) {
    config.task->Validate(context, path, problems);
    CheckTrainPositions(config, context, &reader);
  }
  return config;
}

Json ToJson(const DataConfig& config) {
  Json json = {{"kind", config.task->kind()}};
  json.update(config.task->ToJson());
  json["eval_tokens"] = config.eval_tokens;
  json["max_epochs"] = config.max_epochs;
  if (config.train_positions > 0) {
    json["train_positions"] = config.train_positions;
  }
  return json;
}

}  // namespace isoflop
