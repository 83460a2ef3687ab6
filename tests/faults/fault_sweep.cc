#include "tests/faults/fault_sweep.h"

#include <fmt/format.h>

#include <bit>
#include <cstdint>
#include <exception>
#include <optional>
#include <utility>

#include "lib/core/clock.h"
#include "lib/core/error.h"
#include "lib/core/files.h"
#include "lib/core/json.h"
#include "lib/core/random.h"
#include "lib/core/text.h"
#include "lib/record/metrics.h"
#include "lib/record/run_result.h"
#include "lib/record/sweep_dir.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

constexpr int kVocabulary = 32;
constexpr std::int64_t kTokens = 120000;

std::string SweepText(const fs::path& tokens) {
  return fmt::format(
      R"({{
  "schema": "isoflop.sweep/1",
  "name": "faults",
  "data": {{
    "kind": "tokens", "train_paths": ["{}"], "format": "uint16",
    "vocab_size": {}, "eval_tokens": 1024
  }},
  "model": {{ "context": 16, "layers": 1, "heads": 2 }},
  "grid": {{
    "sizes": [ {{ "d_model": 8 }}, {{ "d_model": 12 }}, {{ "d_model": 24 }} ],
    "tokens": [24576, 49152, 98304]
  }},
  "training": {{
    "batch_tokens": 64, "log_every_steps": 32,
    "schedule": {{ "kind": "wsd", "warmup_steps": 20 }},
    "precision": "fp32", "checkpoint_every_seconds": 0.02
  }},
  "seeds": [0]
}}
)",
      tokens.string(), kVocabulary);
}

/// A curve without what depends on the time, or what is wrong with it.
std::string CurveText(const fs::path& metrics) {
  std::string text;
  try {
    for (MetricsLine line : ReadMetrics(metrics)) {
      line.tokens_per_second = 0.0;
      text += ToJson(line).dump() + "\n";
    }
  } catch (const Error& error) {
    return error.what();
  }
  return text;
}

std::string EndOf(const RunResult& result) {
  if (!result.loss) {
    return fmt::format("{}: {}", NameOf(result.status), result.reason);
  }
  return fmt::format("{:016x}", std::bit_cast<std::uint64_t>(*result.loss));
}

/// What a fit says, but for where its runs lie. A damaged one as it is.
std::string FitText(const fs::path& file) {
  const std::string text = ReadFileIfAny(file).value_or("");
  try {
    Json json = ParseJson(text, file.string());
    json.at("observations").erase("source");
    json.erase("checksum");
    return json.dump();
  } catch (const std::exception&) {
    return text;
  }
}

template <typename Report>
void Compare(const std::map<std::string, std::string>& wanted,
             const std::map<std::string, std::string>& found, Report report) {
  for (const auto& [id, value] : wanted) {
    const auto other = found.find(id);
    const bool there = other != found.end();
    if (!there || other->second != value) {
      report(id, value, there ? other->second : "nothing");
    }
  }
}

}  // namespace

FaultSweep::FaultSweep(fs::path folder)
    : folder_(std::move(folder)), out_(folder_ / "out") {
  WriteTokens();
  WriteFileAtomically(file(), SweepText(tokens()));
}

void FaultSweep::WriteTokens() const {
  RandomStream random(14);
  std::string bytes;
  std::uint64_t token = 0;
  for (std::int64_t i = 0; i < kTokens; ++i) {
    // The next one can be guessed half of the time.
    token = random.Below(2) == 0 ? (5 * token + 3) % kVocabulary
                                 : random.Below(kVocabulary);
    bytes.push_back(static_cast<char>(token));
    bytes.push_back('\0');
  }
  WriteFileAtomically(tokens(), bytes);
}

std::vector<std::string> FaultSweep::Command(
    std::vector<std::string> more) const {
  std::vector<std::string> command{"sweep", file().string(), "-o",
                                   out_.string(), "--fit"};
  command.insert(command.end(), more.begin(), more.end());
  return command;
}

Trained ReadTrained(const FaultSweep& sweep) {
  const SweepDir dir(sweep.out());
  const Plan plan = LoadPlan(dir);
  Trained trained;
  for (const RunResult& result : LoadResults(dir, plan)) {
    trained.losses[result.id] = EndOf(result);
    trained.results[result.id] = ReadFile(dir.run(result.id) / "result.json");
    trained.curves[result.id] = CurveText(dir.run(result.id) / "metrics.jsonl");
  }
  for (const RunGroup& group : plan.groups) {
    trained.curves[group.id] = CurveText(dir.group(group.id) / "metrics.jsonl");
  }
  trained.fit = FitText(sweep.out() / "fit.json");
  return trained;
}

std::vector<std::string> Differences(const Trained& reference,
                                     const Trained& found) {
  std::vector<std::string> differences;
  Compare(reference.losses, found.losses,
          [&](const auto& id, const auto& wanted, const auto& other) {
            differences.push_back(
                fmt::format("{}: is {}, not {}", id, other, wanted));
          });
  Compare(reference.curves, found.curves,
          [&](const auto& id, const auto&, const auto&) {
            differences.push_back(id + ": has another curve");
          });
  if (found.losses.size() > reference.losses.size()) {
    differences.emplace_back("there are more runs than planned");
  }
  if (found.fit != reference.fit) differences.emplace_back("the fit differs");
  return differences;
}

std::vector<std::string> Rewritten(const Trained& before,
                                   const Trained& after) {
  std::vector<std::string> rewritten;
  Compare(before.results, after.results,
          [&](const auto& id, const auto&, const auto&) {
            const std::string& end = before.losses.at(id);
            if (end.starts_with("failed")) return;
            rewritten.push_back(id + ": ended twice, or its result is lost");
          });
  return rewritten;
}

Trained TrainUndisturbed(const FaultSweep& sweep, double* seconds) {
  const double start = MonotonicSeconds();
  Program program(sweep.Command(), sweep.said());
  const auto status = program.Wait(kDeadline);
  *seconds = MonotonicSeconds() - start;
  // The law of so few runs may well have no support.
  Require(status == 0 || status == 4, "undisturbed, status {}: {}",
          status.value_or(-1), program.Err());
  return ReadTrained(sweep);
}

std::string LastLine(const std::string& said) {
  const std::size_t end = said.find_last_not_of(" \n");
  if (end == said.npos) return {};
  const std::size_t before = said.find_last_of('\n', end);
  const std::size_t begin = before == said.npos ? 0 : before + 1;
  return Shortened(said.substr(begin, end + 1 - begin), 300);
}

}  // namespace isoflop
