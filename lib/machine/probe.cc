#include "lib/machine/probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>

#include "lib/core/error.h"

namespace isoflop {
namespace {

/// What another choice has to be faster by, so that noise makes none.
constexpr double kWorthIt = 1.1;

bool UserHasChosen() { return std::getenv(kBlasCoreVariable) != nullptr; }

bool IsInDoubt(const ProbeReport& probe) {
  return !probe.blas_core.empty() && !UserHasChosen() &&
         (!probe.products_right || LeavesVectorsUnused(probe.blas_core));
}

WorkerQuestion Question() {
  // Where there is little address space, libraries may ask for it for ever.
  return {.verb = "probe",
          .input = {},
          .timeout_seconds = AddressSpaceLimit() ? 60.0 : 300.0};
}

Machine MachineWith(const std::filesystem::path& worker, BlasCore core) {
  Machine machine{.worker = {worker, Settings(core)}, .probe = {}};
  machine.probe = Probe(machine.worker);
  machine.blas_core = core;
  return machine;
}

/// Nothing where its products kill the worker, or OpenBLAS does not take it.
std::optional<Machine> TryWith(const std::filesystem::path& worker,
                               BlasCore core) {
  try {
    Machine machine = MachineWith(worker, core);
    if (machine.probe.blas_core == NameOf(core)) return machine;
  } catch (const Error&) {
  }
  return std::nullopt;
}

const ProbeReport::Device* FindGpu(const ProbeReport& probe,
                                   const std::string& device) {
  const auto found =
      std::ranges::find(probe.cuda, device, &ProbeReport::Device::name);
  return found == probe.cuda.end() ? nullptr : &*found;
}

bool IsBetter(const ProbeReport& a, const ProbeReport& b) {
  if (a.products_right != b.products_right) return a.products_right;
  return a.fp32_flops_per_second > kWorthIt * b.fp32_flops_per_second;
}

}  // namespace

BegunProbe::BegunProbe(WorkerProgram worker)
    : worker_(std::move(worker)),
      answer_(std::make_unique<WorkerAnswer>(worker_, Question())) {}

ProbeReport BegunProbe::Wait() {
  Json report;
  try {
    report = answer_->Wait();
  } catch (const KilledFromOutside&) {
    report = AskWorker(worker_, Question());
  }
  return ProbeReportFromJson(report, worker_.path.string() + " probe");
}

ProbeReport Probe(const WorkerProgram& worker) {
  return BegunProbe(worker).Wait();
}

Machine ProbeMachine(const std::filesystem::path& worker) {
  return ProbeMachine(BegunProbe({worker}));
}

Machine ProbeMachine(BegunProbe first) {
  const std::filesystem::path worker = first.worker().path;
  Machine best{.worker = first.worker(), .probe = first.Wait()};
  if (UserHasChosen()) {
    best.blas_core = FromName<BlasCore>(best.probe.blas_core);
  }
  if (!IsInDoubt(best.probe)) return best;
  best.blas_core = BlasCore::kOwn;
  for (const BlasCore core : {BlasCore::kHaswell, BlasCore::kSkylakeX}) {
    if (!CpuRuns(core)) continue;
    auto other = TryWith(worker, core);
    if (other && IsBetter(other->probe, best.probe)) best = *std::move(other);
  }
  return best;
}

Machine ProbeMachineAgain(const std::filesystem::path& worker,
                          std::optional<BlasCore> chosen_before) {
  if (!chosen_before) return ProbeMachine(worker);
  std::optional<Machine> machine;
  if (CpuRuns(*chosen_before)) machine = MachineWith(worker, *chosen_before);
  // What is wrong, or cannot run, is not worth keeping.
  if (!machine || !machine->probe.products_right) {
    machine = ProbeMachine(worker);
  }
  ProbeReport& probe = machine->probe;
  if (*chosen_before != BlasCore::kOwn &&
      probe.blas_core != NameOf(*chosen_before)) {
    probe.warnings.push_back(fmt::format(
        "the sweep began with the products \"{}\" of OpenBLAS, here they are "
        "\"{}\": the last digits of losses may differ",
        NameOf(*chosen_before),
        probe.blas_core.empty() ? "another BLAS's" : probe.blas_core));
  }
  return *std::move(machine);
}

DevicePrecision PrecisionOf(const ProbeReport& probe,
                            const std::string& device) {
  std::optional<double> speedup;
  bool right = true;
  if (device == "cpu") {
    speedup = probe.bf16_speedup;
    right = probe.bf16_right;
  } else if (const auto* gpu = FindGpu(probe, device)) {
    speedup = gpu->bf16_speedup;
    right = gpu->bf16_right;
  }
  if (!right) return {.bf16 = Bf16Products::kNowhere};
  return {.of_auto = speedup.value_or(0.0) > kWorthIt ? Precision::kBf16
                                                      : Precision::kFp32,
          .bf16 = device == "cpu" ? Bf16Products::kByHand
                                  : Bf16Products::kEverywhere};
}

Arithmetic ArithmeticOf(const ProbeReport& probe, const std::string& device) {
  Arithmetic arithmetic = probe.arithmetic;
  const auto* gpu = FindGpu(probe, device);
  if (gpu != nullptr && gpu->model) arithmetic["gpu"] = *gpu->model;
  return arithmetic;
}

}  // namespace isoflop
