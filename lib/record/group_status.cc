#include "lib/record/group_status.h"

#include <cmath>
#include <system_error>

#include "lib/core/clock.h"
#include "lib/core/error.h"
#include "lib/core/files.h"
#include "lib/core/object_reader.h"
#include "lib/core/seal.h"

namespace isoflop {
namespace {

std::filesystem::path StatusPath(const SweepDir& dir,
                                 const std::string& group) {
  return dir.group(group) / "status.json";
}

}  // namespace

Json ToJson(const GroupStatus& status) {
  Json json;
  if (!status.run.empty()) json["run"] = status.run;
  json["step"] = status.step;
  json["tokens_done"] = status.tokens_done;
  json["tokens_total"] = status.tokens_total;
  if (status.train_loss && std::isfinite(*status.train_loss)) {
    json["train_loss"] = *status.train_loss;
  }
  json["tokens_per_second"] = status.tokens_per_second;
  if (!status.cause.empty()) json["cause"] = status.cause;
  json["updated_at"] = status.updated_at.empty() ? UtcNow() : status.updated_at;
  return json;
}

GroupStatus GroupStatusFromJson(const Json& json, const std::string& source) {
  GroupStatus status;
  Problems problems;
  ObjectReader reader(json, source, &problems);
  reader.Read("run", &status.run);
  if (reader.Need("step")) reader.Read("step", &status.step, {0});
  if (reader.Need("tokens_done")) {
    reader.Read("tokens_done", &status.tokens_done, {0});
  }
  if (reader.Need("tokens_total")) {
    reader.Read("tokens_total", &status.tokens_total, {0});
  }
  double train_loss = 0.0;
  if (reader.Read("train_loss", &train_loss)) status.train_loss = train_loss;
  reader.Read("tokens_per_second", &status.tokens_per_second, {0.0});
  reader.Read("cause", &status.cause);
  reader.Read("updated_at", &status.updated_at);
  reader.Finish();
  problems.ThrowIfAny();
  return status;
}

void StoreGroupStatus(const SweepDir& dir, const std::string& group,
                      const GroupStatus& status) {
  WriteFileAtomically(StatusPath(dir, group), SealedText(ToJson(status)));
}

void StoreCause(const SweepDir& dir, const std::string& group,
                const std::string& cause) {
  GroupStatus status = FindGroupStatus(dir, group).value_or(GroupStatus{});
  status.cause = cause;
  status.updated_at = UtcNow();
  StoreGroupStatus(dir, group, status);
}

std::optional<GroupStatus> FindGroupStatus(const SweepDir& dir,
                                           const std::string& group) {
  const std::filesystem::path path = StatusPath(dir, group);
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return std::nullopt;
  try {
    return GroupStatusFromJson(ReadSealedFile(path), path.string());
  } catch (const Error&) {
    return std::nullopt;  // only shown to people, and soon replaced
  }
}

}  // namespace isoflop
