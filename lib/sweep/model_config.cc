#include "lib/sweep/model_config.h"

#include <fmt/format.h>

namespace isoflop {

ModelConfig ParseModelConfig(const Json& json, const std::string& path,
                             Problems* problems) {
  ModelConfig model;
  std::int64_t number = 0;
  ObjectReader reader(json, path, problems);
  reader.ReadEnum("architecture", &model.architecture);
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
  reader.Finish();
  return model;
}

}  // namespace isoflop
