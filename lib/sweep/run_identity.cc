#include "lib/sweep/run_identity.h"

#include <fmt/format.h>

#include <cassert>
#include <optional>

#include "lib/core/hash.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

/// Leaves out what the shape has but does not use.
Json ShapeIdentity(const ModelShape& shape) {
  Json json = ToJson(shape);
  if (shape.position != Position::kRotary) json.erase("rotary_base");
  return json;
}

/// The fingerprint stands for everything that the tokens are made from and how
/// they are split. Where no validation files are given, the size of the
/// evaluation set also decides what is left to train on.
Json DataIdentity(const RunGroup& group) {
  return {{"kind", group.data.task->kind()},
          {"fingerprint", group.data_fingerprint},
          {"eval_tokens", group.data.eval_tokens}};
}

Json Identity(const RunGroup& group, std::optional<std::int64_t> steps) {
  Json json{{"semantics", kSemanticsVersion},
            {"model", ShapeIdentity(group.shape)},
            {"training", IdentityJson(group.training)},
            {"data", DataIdentity(group)},
            {"seed", group.seed}};
  if (steps) json["steps"] = *steps;
  return json;
}

std::string ShortHash(const Json& identity) {
  return Sha256Hex(CanonicalText(identity)).substr(0, 12);
}

/// "d32-l2", or "d32" where there are no layers.
std::string SizeSlug(const ModelShape& shape) {
  std::string slug = fmt::format("d{}", shape.d_model);
  if (shape.layers > 0) slug += fmt::format("-l{}", shape.layers);
  return slug;
}

bool Branches(const RunGroup& group) {
  return group.training.schedule != ScheduleKind::kCosine;
}

}  // namespace

Json RunIdentity(const RunGroup& group, std::int64_t steps) {
  return Identity(group, steps);
}

Json GroupIdentity(const RunGroup& group) {
  if (Branches(group)) return Identity(group, std::nullopt);
  assert(group.runs.size() == 1);
  return Identity(group, group.runs.front().steps);
}

std::string RunSlug(const RunGroup& group, std::int64_t tokens) {
  return fmt::format("{}-D{}-s{}", SizeSlug(group.shape),
                     FormatCount(static_cast<double>(tokens)), group.seed);
}

std::string GroupId(const RunGroup& group) {
  const std::string hash = ShortHash(GroupIdentity(group));
  if (!Branches(group)) {
    return RunSlug(group, group.runs.front().tokens) + "-" + hash;
  }
  return fmt::format("{}-s{}-{}", SizeSlug(group.shape), group.seed, hash);
}

std::string RunId(const RunGroup& group, const PlannedRun& run) {
  return RunSlug(group, run.tokens) + "-" +
         ShortHash(RunIdentity(group, run.steps));
}

}  // namespace isoflop
