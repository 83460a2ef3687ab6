#include "lib/record/run_result.h"

#include <fmt/format.h>

#include <cmath>

#include "lib/core/clock.h"
#include "lib/core/error.h"
#include "lib/core/object_reader.h"

namespace isoflop {
namespace {

/// JSON has no NaN. Why there is no loss, status and reason say.
void PutFinite(Json* json, const char* key, const std::optional<double>& x) {
  if (x && std::isfinite(*x)) (*json)[key] = *x;
}

void PutObject(Json* json, const char* key, const Json& object) {
  if (!object.is_null()) (*json)[key] = object;
}

/// Reads the keys of a record: all are required unless they say otherwise.
class ResultReader {
 public:
  ResultReader(const Json& json, const std::string& source, Problems* problems)
      : reader_(json, source, problems) {}

  template <typename Value, typename... Allowed>
  void Need(const char* key, Value* value, Allowed... allowed) {
    if (reader_.Need(key)) reader_.Read(key, value, allowed...);
  }

  void Maybe(const char* key, std::optional<double>* value,
             const Range<double>& range = {}) {
    double number = 0.0;
    if (reader_.Read(key, &number, range)) *value = number;
  }

  template <typename Object>
  void MaybeObject(const char* key, Object* object) {
    const Json* found = reader_.Child(key);
    if (found == nullptr) return;
    if (!found->is_object()) reader_.Refuse(key, "must be an object");
    *object = *found;
  }

  ObjectReader& strict() { return reader_; }

 private:
  ObjectReader reader_;
};

void ReadSchema(ObjectReader& reader) {
  std::string schema;
  if (!reader.Need("schema") || !reader.Read("schema", &schema)) return;
  if (schema != kResultSchema) {
    reader.Refuse("schema", fmt::format("must be \"{}\", got \"{}\"",
                                        kResultSchema, schema));
  }
}

}  // namespace

RunResult ResultFor(const RunGroup& group, const PlannedRun& run) {
  RunResult result;
  result.id = run.id;
  result.group = group.id;
  result.params_total = group.params.total;
  result.params_non_embedding = group.params.non_embedding;
  result.tokens = run.tokens;
  const ExampleShape examples = ShapeOf(group.data, group.shape.context);
  result.tokens_counted = run.tokens / examples.positions * examples.counted;
  result.loss_unit = examples.loss_unit();
  if (group.data.train_positions == 0) {
    result.unseen_share = group.data.task->UnseenShare(run.tokens);
  }
  SetRepetition(run, &result);
  result.bytes_per_token = group.bytes_per_token;
  result.steps = run.steps;
  result.flops = run.flops;
  result.flops_exact = run.flops_exact;
  result.budget_flops = run.budget_flops;
  result.seed = group.seed;
  result.variant = group.variant;
  result.config = Json{{"model", ToJson(group.shape)},
                       {"training", ToJson(group.training)},
                       {"data", ToJson(group.data)}};
  return result;
}

std::optional<double> BitsPerByteOf(const RunResult& result) {
  if (!result.loss || !result.bytes_per_token ||
      result.loss_unit != LossUnit::kNats) {
    return std::nullopt;
  }
  return BitsPerByte(*result.loss, *result.bytes_per_token);
}

void SetRepetition(const PlannedRun& run, RunResult* result) {
  result->unique_tokens = UniqueTokens(run);
  result->epochs = run.epochs > 0.0 ? std::optional(run.epochs) : std::nullopt;
}

Json ToJson(const RunResult& result) {
  Json json{{"schema", kResultSchema},
            {"id", result.id},
            {"group", result.group},
            {"status", NameOf(result.status)}};
  if (!result.reason.empty()) json["reason"] = result.reason;
  json["params_total"] = result.params_total;
  json["params_non_embedding"] = result.params_non_embedding;
  json["tokens"] = result.tokens;
  json["tokens_counted"] = result.tokens_counted;
  PutFinite(&json, "unseen_share", result.unseen_share);
  if (result.unique_tokens) json["unique_tokens"] = *result.unique_tokens;
  PutFinite(&json, "epochs", result.epochs);
  PutFinite(&json, "bytes_per_token", result.bytes_per_token);
  json["steps"] = result.steps;
  json["flops"] = result.flops;
  json["flops_exact"] = result.flops_exact;
  PutFinite(&json, "budget_flops", result.budget_flops);
  json["loss_unit"] = NameOf(result.loss_unit);
  PutFinite(&json, "loss", result.loss);
  PutFinite(&json, "loss_std_error", result.loss_std_error);
  PutFinite(&json, "bits_per_byte", BitsPerByteOf(result));
  PutFinite(&json, "train_loss", result.train_loss);
  json["seed"] = result.seed;
  json["wall_seconds"] = result.wall_seconds;
  json["tokens_per_second"] = result.tokens_per_second;
  PutObject(&json, "probes", result.probes);
  PutObject(&json, "variant", result.variant);
  PutObject(&json, "config", *result.config);
  PutObject(&json, "device", *result.device);
  PutObject(&json, "software", *result.software);
  json["finished_at"] =
      result.finished_at.empty() ? UtcNow() : result.finished_at;
  return json;
}

RunResult RunResultFromJson(const Json& json, const std::string& source) {
  RunResult result;
  Problems problems;
  ResultReader reader(json, source, &problems);
  ReadSchema(reader.strict());
  reader.Need("id", &result.id);
  reader.Need("group", &result.group);
  if (reader.strict().Need("status")) {
    reader.strict().ReadEnum("status", &result.status);
  }
  reader.strict().Read("reason", &result.reason);
  reader.Need("params_total", &result.params_total, Range<std::int64_t>{1});
  reader.Need("params_non_embedding", &result.params_non_embedding,
              Range<std::int64_t>{0});
  reader.Need("tokens", &result.tokens, Range<std::int64_t>{1});
  // Before there were tasks, every token counted, and losses were in nats.
  result.tokens_counted = result.tokens;
  reader.strict().Read("tokens_counted", &result.tokens_counted, {1});
  reader.strict().ReadEnum("loss_unit", &result.loss_unit);
  if (result.loss_unit == LossUnit::kBitsPerByte) {
    reader.strict().Refuse("loss_unit",
                           "must be one of nats, squared_error: bits per byte "
                           "follow from bytes_per_token");
  }
  reader.strict().Ignore("loss_by_position");  // a probe now
  reader.Maybe("unseen_share", &result.unseen_share);
  std::int64_t unique_tokens = 0;
  if (reader.strict().Read("unique_tokens", &unique_tokens, {1})) {
    result.unique_tokens = unique_tokens;
  }
  reader.Maybe("epochs", &result.epochs);
  reader.Maybe("bytes_per_token", &result.bytes_per_token, {kPositive});
  reader.strict().Ignore("bits_per_byte");  // follows from the loss
  reader.Need("steps", &result.steps, Range<std::int64_t>{1});
  reader.Need("flops", &result.flops, Range<double>{kPositive});
  reader.Need("flops_exact", &result.flops_exact, Range<double>{kPositive});
  reader.Maybe("budget_flops", &result.budget_flops);
  reader.Maybe("loss", &result.loss);
  reader.Maybe("loss_std_error", &result.loss_std_error);
  reader.Maybe("train_loss", &result.train_loss);
  reader.Need("seed", &result.seed);
  reader.Need("wall_seconds", &result.wall_seconds);
  reader.Need("tokens_per_second", &result.tokens_per_second);
  reader.MaybeObject("probes", &result.probes);
  reader.MaybeObject("variant", &result.variant);
  reader.MaybeObject("config", &result.config);
  reader.MaybeObject("device", &result.device);
  reader.MaybeObject("software", &result.software);
  reader.Need("finished_at", &result.finished_at);
  reader.strict().Finish();
  // Or a fit would leave the run out without a word.
  if (result.status == RunStatus::kOk && !json.contains("loss")) {
    problems.Add(source, "loss: is missing, though status is \"ok\"");
  }
  problems.ThrowIfAny();
  return result;
}

}  // namespace isoflop
