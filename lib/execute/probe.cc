#include "lib/execute/probe.h"

#include <fmt/format.h>
#include <poll.h>

#include <string>
#include <vector>

#include "lib/core/clock.h"
#include "lib/core/error.h"
#include "lib/execute/worker_log.h"
#include "lib/execute/worker_process.h"

namespace isoflop {
namespace {

constexpr double kTimeoutSeconds = 60.0;
constexpr int kAnswerPollMilliseconds = 50;

/// Returns everything that the process prints; *status is how it ended, absent
/// when it had to be given up.
std::string ReadToTheEnd(WorkerProcess* process, std::optional<int>* status) {
  std::string text;
  const double start = MonotonicSeconds();
  while (MonotonicSeconds() - start < kTimeoutSeconds) {
    pollfd ready{process->output(), POLLIN, 0};
    ::poll(&ready, 1, kAnswerPollMilliseconds);
    *status = process->Ended();
    for (const std::string& line : process->ReadLines()) text += line + "\n";
    if (*status) break;
  }
  return text;
}

}  // namespace

ProbeReport Probe(const std::filesystem::path& worker) {
  const WorkerLog log;
  WorkerProcess process(worker, {"probe"}, log.descriptor());
  process.CloseInput();
  std::optional<int> status;
  const std::string text = ReadToTheEnd(&process, &status);
  const std::string name = worker.string() + " probe";
  Require(status.has_value(), "{}: no answer in {} seconds: {}", name,
          kTimeoutSeconds, log.Tail());
  Require(*status == 0, "{}: {}: {}", name, DescribeEnd(*status), log.Tail());
  return ProbeReportFromJson(ParseJson(text, name), name);
}

Precision FasterPrecision(const ProbeReport& probe, const std::string& device) {
  constexpr double kWorthIt = 1.1;
  std::optional<double> speedup;
  if (device == "cpu") speedup = probe.bf16_speedup;
  for (const ProbeReport::Device& cuda : probe.cuda) {
    if (cuda.name == device) speedup = cuda.bf16_speedup;
  }
  return speedup.value_or(0.0) > kWorthIt ? Precision::kBf16 : Precision::kFp32;
}

}  // namespace isoflop
