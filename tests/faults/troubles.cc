#include "tests/faults/troubles.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <functional>
#include <optional>
#include <system_error>
#include <utility>

#include "lib/core/error.h"
#include "lib/core/text.h"
#include "tests/faults/file_events.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

/// Removes a directory in which workers still make and remove files, which
/// fs::remove_all takes for errors.
void Remove(const fs::path& directory) {
  std::error_code code;
  for (int attempt = 0; attempt < 100; ++attempt) {
    fs::remove_all(directory, code);
    if (!code && !fs::exists(directory, code)) return;
  }
  throw fs::filesystem_error("cannot remove", directory, code);
}

constexpr int kMostAttempts = 4;  // of the command once the cause is gone

/// A small file system in memory, that only this process and its children see.
/// Empty where that is not allowed.
class SmallDisk {
 public:
  explicit SmallDisk(const fs::path& at) : at_(at) {
    fs::create_directories(at);
    const bool apart =
        ::unshare(CLONE_NEWNS) == 0 &&
        ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
    mounted_ = apart && ::mount("faults", at.c_str(), "tmpfs", 0,
                                "size=16m,mode=755") == 0;
    if (!mounted_) cause_ = std::strerror(errno);
  }
  ~SmallDisk() {
    if (mounted_) ::umount2(at_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool mounted() const { return mounted_; }
  const std::string& cause() const { return cause_; }

  void SetReadOnly(bool read_only) {
    unsigned long flags = MS_REMOUNT;
    if (read_only) flags |= MS_RDONLY;
    Require(::mount("faults", at_.c_str(), "tmpfs", flags, nullptr) == 0,
            "{}: cannot be mounted again: {}", at_.string(),
            std::strerror(errno));
  }

 private:
  fs::path at_;
  bool mounted_ = false;
  std::string cause_;
};

/// A sweep that a trouble comes to.
struct Trial {
  FaultSweep sweep;
  SmallDisk* disk = nullptr;
};

/// A trouble: what there is before the command, what happens during it, at the
/// fifth checkpoint, and how the cause goes away.
struct TroubleCase {
  std::string name;
  Surroundings surroundings = {};
  bool on_small_disk = false;
  std::function<void(Trial&)> before = {};
  std::function<void(Trial&, const Program&)> during = {};
  std::function<void(Trial&)> cure = {};
  std::vector<int> statuses = {0, 2, 3, 4};  // that are right
  std::string cause = {};  // that it has to name where it is not 0 or 4
};

/// Returns whether the program has got that far.
bool AwaitCheckpoints(Program* program, FileEvents* events, int count) {
  while (!program->Ended() && count > 0) {
    for (const std::string& file : events->Take(2)) {
      if (file.ends_with(".ckpt")) --count;
    }
  }
  return !program->Ended();
}

void FillDisk(const fs::path& directory) {
  std::ofstream file(directory / "filler", std::ios::binary);
  const std::string block(4096, 'x');
  while (file.write(block.data(), std::ssize(block)) && file.flush()) {
  }
}

void Kill(const Program& program, int signal) { ::kill(program.pid(), signal); }

void TrainALittle(Trial& trial) {
  FileEvents events(trial.sweep.out());
  Program program(trial.sweep.Command(), trial.sweep.said());
  Require(AwaitCheckpoints(&program, &events, 5), "there is no checkpoint: {}",
          program.Err());
  Kill(program, SIGTERM);
  Require(program.Wait(kDeadline) == 143 && program.WaitForSilence(kDeadline),
          "does not stop");
}

/// Other tokens in the same file, as somebody who makes them anew would.
void ChangeTokens(const FaultSweep& sweep) {
  const auto size = static_cast<std::size_t>(fs::file_size(sweep.tokens()));
  std::string other(size, '\0');
  for (std::size_t i = 0; i < size; i += 2) {
    other[i] = static_cast<char>(i * 7 / 2 % 11);
  }
  const int file = ::open(sweep.tokens().c_str(), O_WRONLY | O_CLOEXEC);
  const ssize_t written = ::pwrite(file, other.data(), size, 0);
  ::close(file);
  Require(written == static_cast<ssize_t>(size), "cannot change the tokens");
}

fs::path Elsewhere(const Trial& trial) {
  return trial.sweep.out().string() + "-moved";
}

void AddDisks(std::vector<TroubleCase>* cases) {
  cases->push_back({.name = "disk full",
                    .on_small_disk = true,
                    .during =
                        [](Trial& trial, const Program&) {
                          FillDisk(trial.sweep.out().parent_path());
                        },
                    .cure =
                        [](Trial& trial) {
                          fs::remove(trial.sweep.out().parent_path() /
                                     "filler");
                        },
                    .statuses = {2, 3},
                    .cause = "No space left"});
  cases->push_back(
      {.name = "disk full before it begins",
       .on_small_disk = true,
       .before = [](Trial& t) { FillDisk(t.sweep.out().parent_path()); },
       .cure =
           [](Trial& t) { fs::remove(t.sweep.out().parent_path() / "filler"); },
       .statuses = {2, 3},
       .cause = "No space left"});
  cases->push_back({.name = "disk read-only",
                    .on_small_disk = true,
                    .before =
                        [](Trial& trial) {
                          TrainALittle(trial);
                          trial.disk->SetReadOnly(true);
                        },
                    .cure = [](Trial& t) { t.disk->SetReadOnly(false); },
                    .statuses = {2, 3},
                    .cause = "Read-only"});
  cases->push_back({.name = "files of at most 2 KiB (RLIMIT_FSIZE)",
                    .surroundings = {.file_size = 2048},
                    .statuses = {2, 3},
                    .cause = "too large"});
}

void AddDirectories(std::vector<TroubleCase>* cases) {
  cases->push_back(
      {.name = "directory removed",
       .during = [](Trial& t, const Program&) { Remove(t.sweep.out()); },
       .statuses = {2, 3}});
  cases->push_back({.name = "directory moved",
                    .during =
                        [](Trial& trial, const Program&) {
                          fs::rename(trial.sweep.out(), Elsewhere(trial));
                        },
                    .cure =
                        [](Trial& trial) {
                          Remove(trial.sweep.out());
                          fs::rename(Elsewhere(trial), trial.sweep.out());
                        },
                    .statuses = {2, 3}});
}

void AddData(std::vector<TroubleCase>* cases) {
  const auto restore = [](Trial& trial) { trial.sweep.WriteTokens(); };
  cases->push_back(
      {.name = "data changed in place",
       .during = [](Trial& t, const Program&) { ChangeTokens(t.sweep); },
       .cure = restore,
       .statuses = {2, 3},
       .cause = "data"});
  cases->push_back({.name = "data cut short",
                    .during =
                        [](Trial& t, const Program&) {
                          fs::resize_file(t.sweep.tokens(), 1000);
                        },
                    .cure = restore,
                    .statuses = {2, 3}});
  cases->push_back(
      {.name = "data removed",
       .during = [](Trial& t, const Program&) { fs::remove(t.sweep.tokens()); },
       .cure = restore});
}

void AddSurroundings(std::vector<TroubleCase>* cases) {
  cases->push_back({.name = "stderr closed",
                    .surroundings = {.closed = {2}},
                    .statuses = {0, 4}});
  cases->push_back({.name = "stdin, stdout and stderr closed",
                    .surroundings = {.closed = {0, 1, 2}},
                    .statuses = {1}});
  cases->push_back({.name = "stderr full",
                    .surroundings = {.full = {2}},
                    .statuses = {0, 4}});
  cases->push_back(
      {.name = "stdout full", .surroundings = {.full = {1}}, .statuses = {1}});
  constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20;
  for (const std::uint64_t size : {128, 400, 700, 1500}) {
    cases->push_back({.name = fmt::format("address space of {} MiB", size),
                      .surroundings = {.address_space = size * kMebibyte}});
  }
  for (const std::uint64_t files : {8, 16}) {
    cases->push_back({.name = fmt::format("at most {} open files", files),
                      .surroundings = {.open_files = files}});
  }
}

void AddSignals(std::vector<TroubleCase>* cases) {
  for (const auto& [name, signal] :
       {std::pair("SIGHUP", SIGHUP), std::pair("SIGINT", SIGINT),
        std::pair("SIGTERM", SIGTERM)}) {
    const int sent = signal;
    cases->push_back(
        {.name = name,
         .during = [sent](Trial&, const Program& p) { Kill(p, sent); },
         .statuses = {128 + sent}});
  }
}

std::vector<TroubleCase> AllCases() {
  std::vector<TroubleCase> cases;
  AddDisks(&cases);
  AddDirectories(&cases);
  AddData(&cases);
  AddSurroundings(&cases);
  AddSignals(&cases);
  return cases;
}

class OneTrial {
 public:
  OneTrial(const TroubleCase& trouble, Trial* trial, const Trained& reference)
      : case_(trouble), trial_(trial), reference_(reference) {
    trouble_.name = trouble.name;
  }

  Trouble Run() {
    if (case_.before) case_.before(*trial_);
    Meet();
    if (case_.cure) case_.cure(*trial_);
    GoOn();
    return trouble_;
  }

 private:
  void Report(const std::string& what) { trouble_.findings.push_back(what); }

  /// The command that the trouble comes to.
  void Meet() {
    FileEvents events(trial_->sweep.out());
    Program program(trial_->sweep.Command(), trial_->sweep.said(),
                    case_.surroundings);
    if (case_.during && AwaitCheckpoints(&program, &events, 5)) {
      case_.during(*trial_, program);
    }
    const auto status = program.Wait(kDeadline);
    if (!program.WaitForSilence(status ? kDeadline : 0.0)) {
      Report("leaves a process behind");
    }
    trouble_.status = status ? std::to_string(*status) : "hangs";
    const std::string said = program.Err();
    trouble_.said = LastLine(said);
    if (std::ranges::find(case_.statuses, status.value_or(-1)) ==
        case_.statuses.end()) {
      Report(fmt::format("status {}: {}", trouble_.status, LastLine(said)));
      return;
    }
    const bool went_well = status == 0 || status == 4;
    if (!went_well && said.find(case_.cause) == said.npos) {
      Report(
          fmt::format("does not say \"{}\": {}", case_.cause, LastLine(said)));
    }
    const bool silent = said.empty() && case_.surroundings.closed.empty() &&
                        case_.surroundings.full.empty();
    if (!went_well && silent) Report("names no cause");
  }

  /// The same command, with nothing in its way.
  void GoOn() {
    std::string said;
    for (int i = 0; i < kMostAttempts; ++i) {
      Program program(trial_->sweep.Command(), trial_->sweep.said());
      const auto status = program.Wait(kDeadline);
      if (status == 0 || status == 4) return Judge();
      said = status ? program.Err() : "hangs";
    }
    Report("does not come to its end once the cause is gone: " +
           LastLine(said));
  }

  void Judge() {
    for (const std::string& what :
         Differences(reference_, ReadTrained(trial_->sweep))) {
      Report(what);
    }
  }

  const TroubleCase& case_;
  Trial* trial_;
  const Trained& reference_;
  Trouble trouble_;
};

std::string SlugOf(const std::string& name) {
  std::string slug;
  for (const char c : name) slug += std::isalnum(c) != 0 ? c : '-';
  return slug;
}

}  // namespace

std::vector<std::string> TroubleNames() {
  std::vector<std::string> names;
  for (const TroubleCase& trouble : AllCases()) names.push_back(trouble.name);
  return names;
}

TroubleCourse::TroubleCourse(fs::path folder) : folder_(std::move(folder)) {
  FaultSweep sweep(folder_);
  sweep.SetOut(folder_ / "reference");
  double seconds = 0.0;
  reference_ = TrainUndisturbed(sweep, &seconds);
}

Trouble TroubleCourse::Try(const std::string& name) const {
  const std::vector<TroubleCase> cases = AllCases();
  const auto found = std::ranges::find(cases, name, &TroubleCase::name);
  assert(found != cases.end());
  Trial trial{.sweep = FaultSweep(folder_)};
  const fs::path place = folder_ / SlugOf(name);
  std::optional<SmallDisk> disk;
  if (found->on_small_disk) {
    disk.emplace(place);
    if (!disk->mounted()) {
      Trouble skipped;
      skipped.name = name;
      skipped.skipped = "no file system can be mounted: " + disk->cause();
      return skipped;
    }
    trial.disk = &*disk;
  } else {
    fs::create_directories(place);
  }
  trial.sweep.SetOut(place / "out");
  return OneTrial(*found, &trial, reference_).Run();
}

std::string Table(const std::vector<Trouble>& troubles) {
  std::string table =
      "| trouble | status | what it said | then |\n|---|---|---|---|\n";
  for (const Trouble& trouble : troubles) {
    const std::string then = !trouble.skipped.empty() ? trouble.skipped
                             : trouble.findings.empty()
                                 ? "every run as without trouble"
                                 : "**" + trouble.findings.front() + "**";
    table += fmt::format("| {} | {} | {} | {} |\n", trouble.name,
                         trouble.status, Shortened(trouble.said, 160), then);
  }
  return table;
}

}  // namespace isoflop
