#include "apps/isoflop/event_export.h"

#include <fmt/format.h>

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "apps/isoflop/sweep_fit.h"
#include "apps/isoflop/terminal.h"
#include "lib/core/error.h"
#include "lib/core/files.h"
#include "lib/core/standard_streams.h"
#include "lib/record/run_events.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

// Readers take a folder's files one after another, by name: with a time in it,
// as is usual, a second export would be read after the first.
constexpr const char* kFileName = "events.out.tfevents.0000000000.isoflop";

// So many files become durable together.
constexpr std::size_t kBatch = 1000;

std::string WriterOf(const std::string& run) { return "isoflop " + run; }

std::map<std::string, std::string> EndsOf(const SweepDir& dir,
                                          const Plan& plan) {
  std::map<std::string, std::string> ends;
  for (const RunResult& run : LoadResultsAndWarn(dir, plan)) {
    ends[run.id] = run.finished_at;
  }
  return ends;
}

void RequireMayWriteAll(const std::map<std::string, std::string>& ends,
                        const OutputFile& folder) {
  for (const auto& end : ends) {
    OutputFile file = folder;
    file.path = folder.path / end.first / kFileName;
    RequireMayWrite(file, [&end](const fs::path& path) {
      return IsEventFileOf(ReadFile(path), WriterOf(end.first))
                 ? Existing::kOwn
                 : Existing::kForeign;
    });
  }
}

/// Files that wait to be put in place, and what has been seen on the way.
class EventFiles {
 public:
  explicit EventFiles(fs::path folder) : folder_(std::move(folder)) {}

  void Add(const RunEvents& curve) {
    if (!curve.damage.empty()) damage_.push_back(curve.damage);
    if (curve.events.empty()) return;
    batch_->Write(folder_ / curve.run / kFileName,
                  EventFileText(curve.events, WriterOf(curve.run)));
    ++written_;
    if (written_ % kBatch == 0) Commit();
  }

  void Commit() {
    batch_->Commit();
    batch_ = std::make_unique<FileBatch>();
  }

  std::size_t written() const { return written_; }
  const std::vector<std::string>& damage() const { return damage_; }

 private:
  fs::path folder_;
  std::unique_ptr<FileBatch> batch_ = std::make_unique<FileBatch>();
  std::size_t written_ = 0;
  std::vector<std::string> damage_;
};

void WarnOfDamage(const std::vector<std::string>& damage) {
  if (damage.empty()) return;
  Say(fmt::format("warning: {} of the curves are damaged and left out; {}{}",
                  damage.size(), damage.front(),
                  damage.size() > 1
                      ? fmt::format(" (and {} more)", damage.size() - 1)
                      : ""));
}

}  // namespace

void ExportEvents(const SweepDir& dir, const OutputFile& output) {
  RequireFolder(output, "tensorboard", "a folder for each run");
  const Plan plan = LoadPlan(dir);
  const std::map<std::string, std::string> ends = EndsOf(dir, plan);
  RequireMayWriteAll(ends, output);
  EventFiles files(output.path);
  for (const RunGroup& group : plan.groups) {
    for (const RunEvents& curve : EventsOf(dir, group, ends)) files.Add(curve);
  }
  files.Commit();
  WarnOfDamage(files.damage());
  Require(files.written() > 0,
          "{}: no run has ended with a curve yet, so there is nothing to "
          "export",
          dir.root().string());
  SayWritten(output.path.string());
}

}  // namespace isoflop
