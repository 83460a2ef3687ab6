#include "analysis/observe/run_status_words.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <span>

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

bool IsAmong(std::string_view status, std::span<const std::string_view> words) {
  const auto lower = [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  };
  return std::ranges::any_of(words, [&](std::string_view word) {
    return std::ranges::equal(status, word, {}, lower);
  });
}

}  // namespace

RunEnd RunEndOf(std::string_view status) {
  if (IsAmong(status, kUnfinished)) return RunEnd::kUnfinished;
  if (IsAbsent(status) || IsAmong(status, kFinished)) return RunEnd::kFinished;
  return RunEnd::kUnknown;
}

}  // namespace isoflop
