#include "lib/execute/probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "lib/core/error.h"
#include "lib/execute/worker_answer.h"

namespace isoflop {
namespace {

/// What another choice has to be faster by, so that noise makes none.
constexpr double kWorthIt = 1.1;

/// Whether OpenBLAS's own choice uses the widest vectors there are.
bool UsesWidestVectors(std::string_view core) {
  using Names = std::array<std::string_view, 3>;
  const Names widest = HasAvx512()
                           ? Names{"SkylakeX", "Cooperlake", "SapphireRapids"}
                           : Names{"Haswell", "Zen", "Zen"};
  return std::ranges::find(widest, core) != widest.end();
}

bool IsInDoubt(const ProbeReport& probe) {
  return !probe.blas_core.empty() &&
         std::getenv(kBlasCoreVariable) == nullptr &&
         !(probe.products_right && UsesWidestVectors(probe.blas_core));
}

Machine MachineWith(const std::filesystem::path& worker, BlasCore core) {
  Machine machine{.worker = {worker, {Setting(core)}}, .probe = {}};
  machine.probe = Probe(machine.worker);
  machine.blas_core = core;
  return machine;
}

bool IsBetter(const ProbeReport& a, const ProbeReport& b) {
  if (a.products_right != b.products_right) return a.products_right;
  return a.fp32_flops_per_second > kWorthIt * b.fp32_flops_per_second;
}

}  // namespace

ProbeReport Probe(const WorkerProgram& worker) {
  const Json report = AskWorker(
      worker, {.verb = "probe", .input = {}, .timeout_seconds = 60.0});
  return ProbeReportFromJson(report, worker.path.string() + " probe");
}

Machine ProbeMachine(const std::filesystem::path& worker) {
  Machine best{.worker = {worker}, .probe = Probe({worker})};
  if (!IsInDoubt(best.probe)) return best;
  const std::string own = best.probe.blas_core;
  for (const auto& [core, name] : EnumNames(BlasCore{})) {
    if (!CpuRuns(core) || name == own) continue;
    Machine other = MachineWith(worker, core);
    if (IsBetter(other.probe, best.probe)) best = std::move(other);
  }
  return best;
}

Machine ProbeMachine(const std::filesystem::path& worker,
                     std::optional<BlasCore> chosen_before) {
  if (chosen_before && CpuRuns(*chosen_before)) {
    return MachineWith(worker, *chosen_before);
  }
  Machine machine{.worker = {worker}, .probe = Probe({worker})};
  if (chosen_before) {
    machine.probe.warnings.push_back(fmt::format(
        "this processor cannot multiply as the one that the sweep began on "
        "({}): the last digits of losses will differ",
        Setting(*chosen_before)));
  }
  return machine;
}

Precision FasterPrecision(const ProbeReport& probe, const std::string& device) {
  std::optional<double> speedup;
  if (device == "cpu") speedup = probe.bf16_speedup;
  for (const ProbeReport::Device& cuda : probe.cuda) {
    if (cuda.name == device) speedup = cuda.bf16_speedup;
  }
  return speedup.value_or(0.0) > kWorthIt ? Precision::kBf16 : Precision::kFp32;
}

}  // namespace isoflop
