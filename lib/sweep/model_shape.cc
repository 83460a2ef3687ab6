#include "lib/sweep/model_shape.h"

#include "lib/sweep/architecture.h"

namespace isoflop {
namespace {

/// Every field but the architecture, by its key.
void ReadFields(ObjectReader* reader, ModelShape* shape) {
  reader->Read("d_model", &shape->d_model);
  reader->Read("layers", &shape->layers);
  reader->Read("heads", &shape->heads);
  reader->Read("context", &shape->context);
  reader->Read("vocab_size", &shape->vocab_size);
  reader->Read("d_in", &shape->d_in);
  reader->Read("d_out", &shape->d_out);
  reader->Read("d_ff", &shape->d_ff);
  reader->ReadEnum("ffn", &shape->ffn);
  reader->ReadEnum("norm", &shape->norm);
  reader->ReadEnum("position", &shape->position);
  reader->Read("rotary_base", &shape->rotary_base, {kPositive});
  reader->Read("tied_embeddings", &shape->tied_embeddings);
  reader->ReadEnum("attention", &shape->attention);
  reader->Read("causal", &shape->causal);
  reader->Read("kv_heads", &shape->kv_heads);
  reader->Read("qk_norm", &shape->qk_norm);
}

}  // namespace

Json ToJson(const ModelShape& shape) {
  const Json all = {{"d_model", shape.d_model},
                    {"layers", shape.layers},
                    {"heads", shape.heads},
                    {"context", shape.context},
                    {"vocab_size", shape.vocab_size},
                    {"d_ff", shape.d_ff},
                    {"ffn", NameOf(shape.ffn)},
                    {"norm", NameOf(shape.norm)},
                    {"position", NameOf(shape.position)},
                    {"rotary_base", shape.rotary_base},
                    {"tied_embeddings", shape.tied_embeddings}};
  Json json = {{"architecture", NameOf(shape.architecture)}};
  for (const auto& field : all.items()) {
    const std::string& key = field.key();
    const bool everywhere =
        key == "d_model" || key == "context" || key == "vocab_size";
    if (everywhere || HasKey(shape.architecture, key))
      json[key] = field.value();
  }
  // What is as it always was before there was a choice is not there.
  const ModelShape usual;
  if (shape.attention != usual.attention) {
    json["attention"] = NameOf(shape.attention);
  }
  if (shape.causal != usual.causal) json["causal"] = shape.causal;
  if (shape.kv_heads != usual.kv_heads) json["kv_heads"] = shape.kv_heads;
  if (shape.qk_norm != usual.qk_norm) json["qk_norm"] = shape.qk_norm;
  if (shape.d_in > 0) json["d_in"] = shape.d_in;
  if (shape.d_out > 0) json["d_out"] = shape.d_out;
  return json;
}

ModelShape ModelShapeFromJson(const Json& json, const std::string& path) {
  Problems problems;
  ModelShape shape;
  ObjectReader reader(json, path, &problems);
  reader.Need("architecture");
  reader.ReadEnum("architecture", &shape.architecture);
  const Json complete = ToJson(shape);
  for (const auto& field : complete.items()) {
    if (field.key() != "architecture") reader.Need(field.key());
  }
  ReadFields(&reader, &shape);
  reader.Finish();
  if (problems.empty()) Validate(shape, path, &problems);
  problems.ThrowIfAny();
  return shape;
}

}  // namespace isoflop
