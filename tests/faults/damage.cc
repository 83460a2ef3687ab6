#include "tests/faults/damage.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "lib/core/error.h"
#include "lib/core/files.h"
#include "tests/faults/fault_sweep.h"
#include "tests/faults/file_events.h"
#include "tests/faults/program.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

/// What a command said and wrote.
struct Reply {
  int status = -1;      // 128 and more: it crashed; -1: it hangs
  std::string said;     // on standard error
  std::string content;  // standard output, and the file that it writes
};

/// A claim that cannot be read is watched for a minute, every time.
bool IsClaim(const std::string& kind) {
  return kind.find("lease.json") != kind.npos ||
         kind.find("lock.json") != kind.npos;
}

/// "runs/d8-l1-D16384-s0-0123456789ab/result.json" -> "runs/*/result.json".
std::string KindOf(const fs::path& file) {
  std::string kind;
  std::string folder;
  for (const fs::path& part : file) {
    std::string name = part.string();
    if (folder == "runs" || folder == "groups") name = "*";
    if (part.extension() == ".ckpt") name = "*.ckpt";
    folder = part.string();
    kind += (kind.empty() ? "" : "/") + name;
  }
  return kind;
}

class DamagedSweep {
 public:
  DamagedSweep(FaultSweep sweep, std::string state, const Trained& reference,
               const DamageOptions& options, DamageStudy* study,
               const std::function<void(const std::string&)>& note)
      : sweep_(std::move(sweep)),
        whole_(sweep_.folder() / "whole"),
        state_(std::move(state)),
        reference_(reference),
        options_(options),
        study_(study),
        note_(note) {
    std::error_code ignored;
    fs::remove_all(whole_, ignored);
    fs::copy(sweep_.out(), whole_, fs::copy_options::recursive);
    for (const auto& command : Commands()) {
      replies_.push_back(RunOne(command));
    }
  }

  void Run() {
    for (const auto& [kind, file] : FilesByKind()) {
      if (kind.find(options_.only) != kind.npos) Damage(kind, file);
    }
  }

 private:
  /// What only reads: as often as one likes, nothing changes.
  std::vector<std::vector<std::string>> Commands() const {
    const std::string out = sweep_.out().string();
    return {{"status", out, "--json"},
            {"fit", out, "-o", Written().string(), "--bootstrap", "0",
             "--envelope", "curves"},
            {"allocate", out, "--flops", "1e9", "--json"},
            {"export", out}};
  }

  fs::path Written() const { return sweep_.folder() / "written.json"; }

  Reply RunOne(const std::vector<std::string>& command) const {
    std::error_code ignored;
    fs::remove(Written(), ignored);
    Program program(command, sweep_.said());
    Reply reply;
    reply.status = program.Wait(kDeadline).value_or(-1);
    reply.said = program.Err();
    reply.content = program.Out() + ReadFileIfAny(Written()).value_or("");
    return reply;
  }

  /// One file of each kind: the last by name, which is where a sweep that was
  /// cut short was at work. Logs and what it has set aside nobody reads.
  std::map<std::string, fs::path> FilesByKind() const {
    std::set<fs::path> files{sweep_.tokens()};
    for (const auto& entry : fs::recursive_directory_iterator(sweep_.out())) {
      if (entry.is_regular_file() && entry.file_size() > 0) files.insert(entry);
    }
    std::map<std::string, fs::path> by_kind;
    for (const fs::path& file : files) {
      const fs::path below = file.lexically_relative(sweep_.out());
      const bool read = *below.begin() != "logs" && file.extension() != ".tmp";
      if (read) by_kind[KindOf(below)] = file;
    }
    return by_kind;
  }

  void Restore() const {
    fs::remove_all(sweep_.out());
    fs::copy(whole_, sweep_.out(), fs::copy_options::recursive);
    sweep_.WriteTokens();
  }

  void Damage(const std::string& kind, const fs::path& file) {
    DamageCount count{.sweep = state_, .file = kind};
    const auto found = study_->findings.size();
    const std::string text = ReadFile(file);
    for (double at = 0.0; at < 100.0; at += options_.every_percent) {
      Restore();
      const auto byte = static_cast<std::size_t>(
          at / 100.0 * static_cast<double>(text.size()));
      std::string damaged = text;
      // Another bit each time.
      damaged[byte] = static_cast<char>(
          damaged[byte] ^ (1 << (static_cast<int>(std::lround(at)) % 8)));
      WriteFileAtomically(file, damaged);
      ++count.flips;
      place_ =
          fmt::format("{}: {}, byte {} of {}", state_, kind, byte, text.size());
      Read(file, &count);
      const bool trains = !IsClaim(kind) || std::fmod(at, 25.0) == 0.0;
      if (trains) Train(file, &count);
    }
    Restore();
    study_->counts.push_back(count);
    note_(fmt::format("{}, {}: {} flips, {} findings", state_, kind,
                      count.flips, study_->findings.size() - found));
  }

  void Read(const fs::path& file, DamageCount* count) {
    const auto commands = Commands();
    for (std::size_t i = 0; i < commands.size(); ++i) {
      const Reply reply = RunOne(commands[i]);
      Judge(commands[i].front(), reply,
            reply.status == replies_[i].status &&
                reply.content == replies_[i].content,
            file, count);
    }
  }

  void Train(const fs::path& file, DamageCount* count) {
    const Reply reply = RunOne(sweep_.Command());
    bool same = false;
    try {
      Trained found = ReadTrained(sweep_);
      // The curve of a run that has ended is none of the sweep's business any
      // more; whoever reads it hears of the damage.
      for (auto& [id, curve] : found.curves) {
        const bool named = curve.find("metrics.jsonl:") != curve.npos;
        if (named) curve = reference_.curves.at(id);
      }
      same = Differences(reference_, found).empty();
    } catch (const Error&) {
      // A file that stays as it is and is named.
    }
    Judge("sweep", reply, same, file, count);
  }

  void Judge(const std::string& command, const Reply& reply, bool same,
             const fs::path& file, DamageCount* count) {
    ++count->commands;
    const bool documented = reply.status == 0 || reply.status == 2 ||
                            reply.status == 3 || reply.status == 4;
    const bool named = Names(command, reply, file);
    if (documented && same && (reply.status != 2 || !named)) {
      ++count->same;
    } else if (documented && named) {
      ++count->named;
    } else {
      study_->findings.push_back(
          fmt::format("{}: `{}` ends with {}{}, and names nothing: {}", place_,
                      command, reply.status, same ? "" : " and other numbers",
                      LastLine(reply.said)));
    }
  }

  bool Names(const std::string& command, const Reply& reply,
             const fs::path& file) const {
    std::string said = reply.said;
    // Its notes are part of what it prints.
    if (command == "status") said += reply.content;
    if (command == "sweep") said += WhatWorkersSaid();
    // Claims are named without their number.
    const std::string name = IsClaim(file.string()) ? file.stem().string()
                                                    : file.filename().string();
    // Data have the fingerprint that they were planned with.
    const bool data = file == sweep_.tokens();
    return said.find(name) != said.npos ||
           (data && said.find("fingerprint") != said.npos);
  }

  std::string WhatWorkersSaid() const {
    std::string said;
    std::error_code code;
    for (const auto& log :
         fs::directory_iterator(sweep_.out() / "logs", code)) {
      said += ReadFile(log.path());
    }
    return said;
  }

  FaultSweep sweep_;
  fs::path whole_;
  std::string state_;
  const Trained& reference_;
  const DamageOptions& options_;
  DamageStudy* study_;
  const std::function<void(const std::string&)>& note_;
  std::vector<Reply> replies_;  // without damage
  std::string place_;
};

/// Trains until the last of three groups has a checkpoint, and kills.
void TrainHalf(const FaultSweep& sweep) {
  constexpr int kTickMilliseconds = 2;
  FileEvents events(sweep.out());
  Program program(sweep.Command({"--jobs", "1"}), sweep.said());
  std::set<std::string> begun;  // groups with checkpoints
  while (!program.Ended() && begun.size() < 3) {
    for (const std::string& file : events.Take(kTickMilliseconds)) {
      if (!file.ends_with(".ckpt") || !file.starts_with("groups")) continue;
      begun.insert(file.substr(0, file.find("/checkpoint")));
    }
  }
  Require(!program.Ended(), "the sweep has ended before its last group");
  ::kill(program.pid(), SIGKILL);
  for (const pid_t pid : ProcessesOf(program.pid())) ::kill(pid, SIGKILL);
  Require(program.WaitForSilence(kDeadline), "a process is left over");
}

}  // namespace

std::string DamageStudy::Table() const {
  std::string table =
      "| sweep | file | flips | commands | same numbers | file named |\n"
      "|---|---|---|---|---|---|\n";
  for (const DamageCount& count : counts) {
    table += fmt::format("| {} | `{}` | {} | {} | {} | {} |\n", count.sweep,
                         count.file, count.flips, count.commands, count.same,
                         count.named);
  }
  return table;
}

DamageStudy FlipBits(const fs::path& folder, const DamageOptions& options,
                     const std::function<void(const std::string&)>& note) {
  DamageStudy study;
  FaultSweep sweep(folder);
  sweep.SetOut(folder / "finished");
  double seconds = 0.0;
  const Trained reference = TrainUndisturbed(sweep, &seconds);
  DamagedSweep(sweep, "finished", reference, options, &study, note).Run();
  if (!options.half_finished) return study;
  sweep.SetOut(folder / "half");
  TrainHalf(sweep);
  DamagedSweep(sweep, "half finished", reference, options, &study, note).Run();
  return study;
}

}  // namespace isoflop
