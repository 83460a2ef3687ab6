// result.json: sealed when written, and not believed when the seal is broken.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>
#include <iterator>
#include <mutex>
#include <string_view>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <utility>

#include "lib/core/error.h"
#include "lib/core/files.h"
#include "lib/core/quote.h"
#include "lib/core/seal.h"
#include "lib/record/run_result.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

fs::path ResultPath(const SweepDir& dir, const std::string& id) {
  return dir.run(id) / "result.json";
}

/// Returns what is wrong with the seal of a result, which must have one; empty
/// when nothing is.
std::string BrokenSeal(const std::string& text) {
  switch (SealOf(text)) {
    case Seal::kWhole:
      return {};
    case Seal::kNone:
      return "has no checksum: damaged, or not written by isoflop";
    case Seal::kBroken:
      break;
  }
  return "damaged: its checksum is wrong";
}

/// Parses a result file; absent, with the cause, when it is torn.
std::optional<Json> ParseResult(const std::string& text,
                                const std::string& source, std::string* torn) {
  try {
    return ParseJson(text, source);
  } catch (const Error& error) {
    *torn = error.what();
    return std::nullopt;
  }
}

/// A result of a later isoflop may be sealed in another way, and is good.
void RefuseOtherSchema(const Json& json, const std::string& source) {
  const Json schema = json.is_object() ? json.value("schema", Json()) : Json();
  if (!schema.is_string() || schema == kResultSchema) return;
  throw Error(fmt::format(
      "{}: schema: is {}, and this program reads \"{}\"; it is kept as it is: "
      "use the isoflop that wrote it, or move it away",
      source, Quoted(schema), kResultSchema));
}

/// Parses the text of a result file; absent, with the cause in *damage, when it
/// is damaged or another run's. Throws Error for what may well be a good
/// result: one of another version.
std::optional<RunResult> ReadResult(const std::string& text,
                                    const std::string& source,
                                    const std::string& id,
                                    std::string* damage) {
  auto json = ParseResult(text, source, damage);
  if (!json) return std::nullopt;
  RefuseOtherSchema(*json, source);
  if (const auto broken = BrokenSeal(text); !broken.empty()) {
    *damage = source + ": " + broken;
    return std::nullopt;
  }
  if (json->is_object()) json->erase(std::string(kSealKey));
  RunResult result = RunResultFromJson(*json, source);
  if (result.id == id) return result;
  *damage =
      fmt::format("{}: is the result of another run, {}", source, result.id);
  return std::nullopt;
}

/// Calls read(i) for i below `count`, many at a time: reading a result is
/// mostly waiting for a disk and taking JSON apart. Throws what read(i) threw
/// first, by i.
void ForEachIndex(std::size_t count,
                  const std::function<void(std::size_t)>& read) {
  constexpr std::size_t kWorthAThread = 256;
  const std::size_t cores =
      std::max<std::size_t>(1, std::thread::hardware_concurrency());
  const std::size_t threads = std::min(cores, count / kWorthAThread + 1);
  std::atomic<std::size_t> next = 0;
  std::vector<std::exception_ptr> thrown(count);
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      try {
        read(i);
      } catch (...) {
        thrown[i] = std::current_exception();
      }
    }
  };
  {
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < threads; ++i) others.emplace_back(work);
    work();
  }
  for (const auto& exception : thrown) {
    if (exception) std::rethrow_exception(exception);
  }
}

/// Lets the records of many runs share the settings that are equal.
class SettingsPool {
 public:
  void Share(RunResult* result) {
    for (SharedJson* settings :
         {&result->config, &result->device, &result->software}) {
      std::string text = (*settings)->dump();
      const std::lock_guard lock(mutex_);
      *settings = known_.try_emplace(std::move(text), *settings).first->second;
    }
  }

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, SharedJson> known_;
};

/// Calls use(i, result) for every run of the plan that has a result, the i-th
/// in the plan's order, from several threads.
void ForEachResult(const SweepDir& dir, const Plan& plan,
                   std::vector<std::string>* notes,
                   const std::function<void(std::size_t, RunResult&&)>& use) {
  const std::vector<std::string> ids = RunIds(plan);
  std::vector<std::vector<std::string>> notes_by_run(ids.size());
  ForEachIndex(ids.size(), [&](std::size_t i) {
    if (auto result = FindResult(dir, ids[i], &notes_by_run[i])) {
      use(i, std::move(*result));
    }
  });
  if (notes == nullptr) return;
  for (auto& of_run : notes_by_run) {
    std::ranges::move(of_run, std::back_inserter(*notes));
  }
}

}  // namespace

void StoreResult(const SweepDir& dir, const RunResult& result) {
  MakeDirectory(dir.run(result.id));
  WriteFileAtomically(ResultPath(dir, result.id), SealedText(ToJson(result)));
}

std::optional<RunResult> FindResult(const SweepDir& dir, const std::string& id,
                                    std::vector<std::string>* notes) {
  const fs::path path = ResultPath(dir, id);
  // Opened at once: it may be set aside at any time.
  const auto text = ReadFileIfAny(path);
  if (!text) return std::nullopt;
  std::string damage;
  auto result = ReadResult(*text, path.string(), id, &damage);
  if (!result && notes != nullptr) notes->push_back(damage + "; not used");
  return result;
}

std::string WarningOfDamage(const std::vector<std::string>& notes) {
  if (notes.empty()) return {};
  return fmt::format(
      "{} damaged and left out; the same `isoflop sweep` command trains {} "
      "again:\n  {}",
      notes.size() == 1 ? "1 result is"
                        : fmt::format("{} results are", notes.size()),
      notes.size() == 1 ? "that run" : "those runs", fmt::join(notes, "\n  "));
}

std::vector<RunResult> LoadResults(const SweepDir& dir, const Plan& plan,
                                   std::vector<std::string>* notes) {
  std::vector<const PlannedRun*> runs;
  for (const RunGroup& group : plan.groups) {
    for (const PlannedRun& run : group.runs) runs.push_back(&run);
  }
  std::vector<std::optional<RunResult>> found(runs.size());
  SettingsPool pool;
  ForEachResult(dir, plan, notes, [&](std::size_t i, RunResult&& result) {
    if (!result.epochs) SetRepetition(*runs[i], &result);
    pool.Share(&result);
    found[i] = std::move(result);
  });
  std::vector<RunResult> results;
  for (auto& result : found) {
    if (result) results.push_back(std::move(*result));
  }
  return results;
}

std::map<std::string, RunStatus> LoadStatuses(const SweepDir& dir,
                                              const Plan& plan,
                                              std::vector<std::string>* notes) {
  const std::vector<std::string> ids = RunIds(plan);
  std::vector<std::optional<RunStatus>> found(ids.size());
  ForEachResult(dir, plan, notes, [&](std::size_t i, const RunResult& result) {
    found[i] = result.status;
  });
  std::map<std::string, RunStatus> statuses;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (found[i]) statuses[ids[i]] = *found[i];
  }
  return statuses;
}

void SetResultAside(const SweepDir& dir, const std::string& id) {
  const fs::path path = ResultPath(dir, id);
  std::error_code code;
  for (int attempt = 1;; ++attempt) {
    const fs::path aside =
        dir.run(id) / fmt::format("result.attempt-{}.json", attempt);
    if (fs::exists(aside, code)) continue;
    fs::rename(path, aside, code);
    Require(!code, "{}: cannot set aside: {}", path.string(), code.message());
    return;
  }
}

}  // namespace isoflop
