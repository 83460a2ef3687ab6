#include "tests/faults/kills.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "lib/core/clock.h"
#include "lib/core/random.h"
#include "tests/faults/fault_sweep.h"
#include "tests/faults/file_events.h"
#include "tests/faults/program.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

constexpr int kMostKills = 12;    // in one sweep
constexpr int kMostAttempts = 6;  // until a sweep that is left alone has ended
constexpr int kTickMilliseconds = 2;

/// So many seconds after the victim is there; sooner at the `nth` file, from 0,
/// whose path has `file` in it, where one is named.
struct Instant {
  double delay = 0.0;
  std::string file;
  std::uint64_t nth = 0;
};

struct Fault {
  Victim victim = Victim::kFrontEnd;
  Instant instant;
};

/// Files at whose writing something might be half done, and how many of them
/// to wait for at most.
struct Window {
  const char* file;
  std::uint64_t times;
};
constexpr std::array<Window, 9> kWindows = {{{".plan.json.", 1},
                                             {".sweep.json.", 1},
                                             {"sweep.lock.json.", 1},
                                             {"/lease.json.", 3},
                                             {"metrics.jsonl", 6},
                                             {".ckpt.", 6},
                                             {".ckpt", 9},
                                             {"result.json", 9},
                                             {"fit.json", 1}}};

class FaultDraw {
 public:
  FaultDraw(std::uint64_t seed, double seconds)
      : random_(seed), seconds_(seconds) {}

  Fault Next() {
    Fault fault;
    const double who = random_.Uniform();
    fault.victim = who < 0.5   ? Victim::kWorker
                   : who < 0.7 ? Victim::kFrontEnd
                   : who < 0.8 ? Victim::kBoth
                               : Victim::kProbe;
    // How long each is there, roughly.
    const double share = fault.victim == Victim::kFrontEnd ? 1.0
                         : fault.victim == Victim::kProbe  ? 0.3
                                                           : 0.7;
    fault.instant.delay = share * seconds_ * random_.Uniform();
    if (fault.victim == Victim::kProbe || random_.Below(2) == 0) return fault;
    // Not before it, if it comes.
    fault.instant.delay = share * seconds_;
    const Window& window = kWindows[random_.Below(kWindows.size())];
    fault.instant.file = window.file;
    fault.instant.nth = random_.Below(window.times);
    return fault;
  }

  std::uint64_t Below(std::uint64_t bound) { return random_.Below(bound); }

 private:
  RandomStream random_;
  double seconds_;
};

std::vector<pid_t> Find(const Program& program, Victim victim) {
  std::vector<pid_t> pids;
  if (victim == Victim::kProbe) return program.Children("probe");
  if (victim != Victim::kFrontEnd) pids = program.Children("serve");
  if (victim == Victim::kWorker && pids.size() > 1) pids.resize(1);
  if (victim == Victim::kFrontEnd) pids.push_back(program.pid());
  if (victim == Victim::kBoth && !pids.empty()) {
    pids.insert(pids.begin(), program.pid());
  }
  return pids;
}

/// Who is to die now, and whether because of a file.
struct Strike {
  Victim victim = Victim::kFrontEnd;
  std::vector<pid_t> pids;  // nobody where the program has ended before
  bool at_file = false;
};

/// Waits for the instant of a fault.
Strike Await(Program* program, FileEvents* events, const Fault& fault) {
  std::optional<double> since;
  std::uint64_t met = 0;
  while (!program->Ended()) {
    for (const std::string& file : events->Take(kTickMilliseconds)) {
      const std::string& wanted = fault.instant.file;
      if (!wanted.empty() && file.find(wanted) != file.npos) ++met;
    }
    Strike strike{.victim = fault.victim,
                  .pids = Find(*program, fault.victim),
                  .at_file = met > fault.instant.nth};
    // Of what is written before there is a worker.
    if (strike.at_file && strike.pids.empty()) {
      strike.victim = Victim::kFrontEnd;
      strike.pids = {program->pid()};
    }
    const double now = MonotonicSeconds();
    if (!since && !strike.pids.empty()) since = now;
    if (strike.at_file || (since && now - *since > fault.instant.delay)) {
      if (!strike.pids.empty()) return strike;
    }
    const bool probe_is_over =
        fault.victim == Victim::kProbe && !program->Children("serve").empty();
    if (probe_is_over) break;
  }
  return {};
}

/// One directory from its first command to its last.
class KilledSweep {
 public:
  KilledSweep(FaultSweep sweep, const Trained& reference, FaultDraw* draw,
              KillStudy* study)
      : sweep_(std::move(sweep)),
        reference_(reference),
        draw_(draw),
        study_(study) {}

  /// Returns how often something was killed.
  int Run(int most) {
    int kills = 0;
    for (int i = 0; i < 2 * most && kills < most && sound_ && !Ended(); ++i) {
      Attempt(&kills, most);
    }
    const bool ended = LetItEnd();
    for (const auto& program : programs_) {
      if (!program->WaitForSilence(kDeadline)) Report("a process is left over");
    }
    if (ended) Judge();
    ++study_->sweeps;
    study_->runs += static_cast<int>(reference_.losses.size());
    return kills;
  }

 private:
  void Report(const std::string& what) {
    study_->findings.push_back(
        fmt::format("sweep {}, {}: {}", study_->sweeps + 1, last_, what));
  }

  /// Whether there is nothing more to disturb.
  bool Ended() const {
    return before_.losses.size() == reference_.losses.size() &&
           !before_.fit.empty();
  }

  Program& Start(const std::vector<std::string>& more) {
    const auto said =
        sweep_.folder() / fmt::format("said-{}", programs_.size());
    programs_.push_back(std::make_unique<Program>(sweep_.Command(more), said));
    return *programs_.back();
  }

  std::string Phase(const Strike& strike, const std::string& file) const {
    if (strike.at_file) return fmt::format("at a new `*{}*`", file);
    if (strike.victim == Victim::kProbe) return "while it measures";
    std::error_code code;
    if (!fs::exists(sweep_.out() / "plan.json", code)) return "before a plan";
    const bool fits = fs::exists(sweep_.out() / "fit.json", code) ||
                      before_.losses.size() == reference_.losses.size();
    return fits ? "all runs ended" : "in training";
  }

  void Attempt(int* kills, int most) {
    FileEvents events(sweep_.out());
    Program& program = Start({});
    bool front_end_lives = true;
    last_ = "undisturbed";
    while (front_end_lives && *kills < most) {
      const Fault fault = draw_->Next();
      const Strike strike = Await(&program, &events, fault);
      if (program.Ended()) break;
      if (strike.pids.empty()) continue;
      const std::string phase = Phase(strike, fault.instant.file);
      for (const pid_t pid : strike.pids) ::kill(pid, SIGKILL);
      last_ = fmt::format("{} {}", NameOf(strike.victim), phase);
      ++study_->counts[strike.victim][phase];
      ++*kills;
      front_end_lives =
          strike.victim == Victim::kWorker || strike.victim == Victim::kProbe;
    }
    CheckEnd(&program, front_end_lives);
    // Half of the time the next one comes before the workers have noticed.
    if (draw_->Below(2) == 0 && !program.WaitForSilence(kDeadline)) {
      Report("a process is left over");
    }
    CheckStatus();
  }

  /// What a command that has ended may leave behind.
  void CheckEnd(Program* program, bool had_front_end) {
    const auto status = program->Wait(kDeadline);
    sound_ = status.has_value();
    if (!status) return Report("it hangs");
    Remember();
    if (!had_front_end) return;
    if (*status == 0 || *status == 4) return;
    ++study_->named;
    const std::string said = program->Err();
    if (*status != 2 && *status != 3) {
      return Report(fmt::format("exit status {}: {}", *status, LastLine(said)));
    }
    if (!NamesACause(said)) Report("no cause: " + LastLine(said));
  }

  /// Whether the last line says more than that something went wrong.
  static bool NamesACause(const std::string& said) {
    const std::size_t end = said.find_last_not_of(" \n");
    return end != said.npos && said[end] != ':';
  }

  void CheckStatus() {
    std::error_code code;
    const bool planned = fs::exists(sweep_.out() / "plan.json", code);
    Program status({"status", sweep_.out().string()}, sweep_.folder() / "said");
    const auto ended = status.Wait(kDeadline);
    const bool good = planned ? ended == 0 || ended == 3 : ended == 2;
    if (good) return;
    Report(fmt::format("status ends with {}: {}", ended.value_or(-1),
                       LastLine(status.Err())));
  }

  /// Reads what there is, which nobody may change any more.
  void Remember() {
    std::error_code code;
    if (!fs::exists(sweep_.out() / "plan.json", code)) return;
    const Trained now = ReadTrained(sweep_);
    for (const std::string& what : Rewritten(before_, now)) Report(what);
    before_ = now;
    for (const auto& [id, end] : now.losses) {
      if (end.ends_with(": ")) Report(id + " failed without a cause");
    }
  }

  /// Gives the command again, as a user would, until every run has ended.
  bool LetItEnd() {
    for (int i = 0; i < kMostAttempts; ++i) {
      Program& program = Start({"--retry-failed"});
      const auto status = program.Wait(kDeadline);
      if (!status) {
        Report("it hangs, though left alone");
        return false;
      }
      if (*status == 0 || *status == 4) return true;
      last_ = fmt::format("left alone, status {}: {}", *status,
                          LastLine(program.Err()));
    }
    Report("it does not come to its end, though left alone");
    return false;
  }

  void Judge() {
    Remember();
    const auto differences = Differences(reference_, before_);
    for (const std::string& what : differences) Report(what);
    const std::size_t bad =
        std::min(differences.size(), reference_.losses.size());
    study_->identical += static_cast<int>(reference_.losses.size() - bad);
  }

  FaultSweep sweep_;
  const Trained& reference_;
  FaultDraw* draw_;
  KillStudy* study_;
  std::vector<std::unique_ptr<Program>>
      programs_;  // their children may live on
  Trained before_;
  std::string last_;  // what was done last
  bool sound_ = true;
};

}  // namespace

std::string KillStudy::Table() const {
  std::string table = "| killed | when | kills |\n|---|---|---|\n";
  for (const auto& [victim, by_instant] : counts) {
    for (const auto& [instant, count] : by_instant) {
      table +=
          fmt::format("| {} | {} | {} |\n", NameOf(victim), instant, count);
    }
  }
  return table;
}

KillStudy KillManyTimes(const fs::path& folder, int kills, std::uint64_t seed,
                        const std::function<void(const std::string&)>& note) {
  KillStudy study;
  FaultSweep sweep(folder);
  sweep.SetOut(folder / "reference");
  const Trained reference = TrainUndisturbed(sweep, &study.seconds);
  FaultDraw draw(seed, study.seconds);
  while (study.kills < kills) {
    const int left = kills - study.kills;
    const int most =
        std::min<int>(left, 1 + static_cast<int>(draw.Below(kMostKills)));
    sweep.SetOut(folder / fmt::format("killed-{}", study.sweeps));
    const auto found = study.findings.size();
    study.kills += KilledSweep(sweep, reference, &draw, &study).Run(most);
    std::error_code ignored;
    // What shows a finding is kept.
    if (study.findings.size() == found) fs::remove_all(sweep.out(), ignored);
    for (auto i = found; i < study.findings.size(); ++i) {
      note("finding: " + study.findings[i]);
    }
    note(
        fmt::format("{} kills in {} sweeps, {} of {} runs identical, {} "
                    "findings",
                    study.kills, study.sweeps, study.identical, study.runs,
                    study.findings.size()));
  }
  return study;
}

}  // namespace isoflop
