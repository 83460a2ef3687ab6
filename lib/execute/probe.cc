#include "lib/execute/probe.h"

#include "lib/execute/worker_answer.h"

namespace isoflop {

ProbeReport Probe(const std::filesystem::path& worker) {
  const Json report = AskWorker(
      worker, {.verb = "probe", .input = {}, .timeout_seconds = 60.0});
  return ProbeReportFromJson(report, worker.string() + " probe");
}

}  // namespace isoflop
