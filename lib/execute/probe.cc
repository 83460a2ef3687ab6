#include "lib/execute/probe.h"

#include "lib/execute/worker_answer.h"

namespace isoflop {

ProbeReport Probe(const std::filesystem::path& worker) {
  const Json report = AskWorker(
      worker, {.verb = "probe", .input = {}, .timeout_seconds = 60.0});
  return ProbeReportFromJson(report, worker.string() + " probe");
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
