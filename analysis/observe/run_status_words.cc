#include "analysis/observe/run_status_words.h"

#include <array>

#include "analysis/table/cell.h"

namespace isoflop {
namespace {

constexpr std::array<std::string_view, 8> kFinished = {
    "ok",        "finished", "completed", "complete",
    "succeeded", "success",  "done",      "terminated"};

constexpr std::array<std::string_view, 29> kUnfinished = {
    "diverged",  "failed",        "fail",        "failure",   "crashed",
    "crash",     "killed",        "running",     "pending",   "queued",
    "scheduled", "waiting",       "error",       "errored",   "aborted",
    "stopped",   "canceled",      "cancelled",   "preempted", "preempting",
    "timeout",   "out_of_memory", "oom",         "node_fail", "boot_fail",
    "deadline",  "pruned",        "interrupted", "nan"};

}  // namespace

RunEnd RunEndOf(std::string_view status) {
  if (IsOneOf(status, kUnfinished)) return RunEnd::kUnfinished;
  if (IsAbsent(status) || IsOneOf(status, kFinished)) return RunEnd::kFinished;
  return RunEnd::kUnknown;
}

}  // namespace isoflop
