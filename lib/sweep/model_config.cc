#include "lib/sweep/model_config.h"

#include <fmt/format.h>

#include <algorithm>

#include "lib/sweep/architecture.h"

namespace isoflop {
namespace {

void RefuseKeysOfOtherArchitectures(Architecture architecture, const Json& json,
                                    ObjectReader* reader) {
  if (!json.is_object()) return;
  constexpr std::array<std::string_view, 3> kEverywhere = {
      "architecture", "context", "vocab_size"};
  for (const auto& item : json.items()) {
    const std::string& key = item.key();
    if (!reader->Knows(key) || HasKey(architecture, key) ||
        std::ranges::find(kEverywhere, key) != kEverywhere.end()) {
      continue;
    }
    reader->Refuse(key, fmt::format("means nothing to the architecture {}",
                                    NameOf(architecture)));
  }
}

}  // namespace

ModelConfig ParseModelConfig(const Json& json, const std::string& path,
                             Problems* problems) {
  ModelConfig model;
  std::int64_t number = 0;
  ObjectReader reader(json, path, problems);
  if (!reader.ReadEnum("architecture", &model.architecture) &&
      reader.Has("architecture")) {
    return model;  // what else is wrong depends on it
  }
  reader.Read("context", &model.context, {1, std::int64_t{1} << 24});
  if (reader.Read("vocab_size", &number, {2, std::int64_t{1} << 31})) {
    model.vocab_size = number;
  }
  reader.Read("layers", &model.layers, {1, 10'000});
  if (reader.Read("heads", &number, {1, 65'536})) model.heads = number;
  if (reader.Read("head_size", &model.head_size, {1, 65'536}) && model.heads) {
    reader.Refuse("head_size",
                  fmt::format("is {}, while heads is {}: give one of the two",
                              model.head_size, *model.heads));
  }
  reader.Read("ffn_ratio", &model.ffn_ratio, {0.01, 64.0});
  reader.ReadEnum("ffn", &model.ffn);
  reader.ReadEnum("norm", &model.norm);
  reader.ReadEnum("position", &model.position);
  reader.Read("rotary_base", &model.rotary_base, {1.0, 1e12});
  reader.Read("tied_embeddings", &model.tied_embeddings);
  reader.ReadEnum("attention", &model.attention);
  reader.Read("causal", &model.causal);
  if (reader.Read("kv_heads", &number, {1, 65'536})) model.kv_heads = number;
  reader.Read("qk_norm", &model.qk_norm);
  RefuseKeysOfOtherArchitectures(model.architecture, json, &reader);
  reader.Finish();
  return model;
}

}  // namespace isoflop
