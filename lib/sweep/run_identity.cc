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
  return {{"semantics", kSemanticsVersion},
          {"model", ShapeIdentity(group.shape)},
          {"training", IdentityJson(group.training)},
          {"data", DataIdentity(group)},
          {"seed", group.seed},
          {"steps", steps}};
}

std::string RunSlug(const RunGroup& group, std::int64_t tokens) {
  return fmt::format("{}-D{}-s{}", SizeSlug(group.shape),
                     FormatCount(static_cast<double>(tokens)), group.seed);
}

IdMaker::IdMaker(const RunGroup& common)
    // Keys in the order of canonical text.
    : before_seed_(fmt::format(R"({{"data":{},"model":{},"seed":)",
                               CanonicalText(DataIdentity(common)),
                               CanonicalText(ShapeIdentity(common.shape)))),
      after_seed_(fmt::format(R"(,"semantics":{})", kSemanticsVersion)),
      after_steps_(fmt::format(R"(,"training":{}}})",
                               CanonicalText(IdentityJson(common.training)))) {}

std::string IdMaker::ShortHash(std::int64_t seed,
                               std::optional<std::int64_t> steps) const {
  std::string text = fmt::format("{}{}{}", before_seed_, seed, after_seed_);
  if (steps) text += fmt::format(R"(,"steps":{})", *steps);
  return Sha256Hex(text + after_steps_).substr(0, 12);
}

std::string IdMaker::GroupId(const RunGroup& group) const {
  if (Branches(group)) {
    return fmt::format("{}-s{}-{}", SizeSlug(group.shape), group.seed,
                       ShortHash(group.seed, std::nullopt));
  }
  assert(group.runs.size() == 1);
  const PlannedRun& run = group.runs.front();
  return RunSlug(group, run.tokens) + "-" + ShortHash(group.seed, run.steps);
}

std::string IdMaker::RunId(const RunGroup& group, const PlannedRun& run) const {
  return RunSlug(group, run.tokens) + "-" + ShortHash(group.seed, run.steps);
}

}  // namespace isoflop
