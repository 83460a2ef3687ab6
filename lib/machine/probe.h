// Asks a worker what machine it runs on, and in which environment it multiplies
// fastest there.

#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "lib/core/arithmetic.h"
#include "lib/core/blas_core.h"
#include "lib/machine/worker_answer.h"
#include "lib/machine/worker_path.h"
#include "lib/record/worker_protocol.h"
#include "lib/sweep/plan.h"

namespace isoflop {

/// `worker probe`, in the environment that training will have, at work while
/// the caller does something else. It is killed when this is destroyed before
/// Wait.
class BegunProbe {
 public:
  /// Throws Error when it cannot be started.
  explicit BegunProbe(WorkerProgram worker);

  const WorkerProgram& worker() const { return worker_; }

  /// Returns what it measured. One that is killed from outside is tried again
  /// once. Throws Error, with the last lines that it wrote, when it fails,
  /// prints something else, or has not answered in five minutes (in one where
  /// the address space is limited).
  ProbeReport Wait();

 private:
  WorkerProgram worker_;
  std::unique_ptr<WorkerAnswer> answer_;
};

/// Begins a probe and waits for it. Throws Error.
ProbeReport Probe(const WorkerProgram& worker);

/// This machine, and the worker as it is started on it.
struct Machine {
  WorkerProgram worker;
  ProbeReport probe;  // of that worker
  // What products were chosen, by measurement or by the user; absent where
  // OpenBLAS was not in doubt, or the user has chosen something else.
  std::optional<BlasCore> blas_core = {};
};

/// Probes, and where OpenBLAS leaves vectors unused that the processor has, or
/// multiplies wrongly, once more with every BlasCore that the processor runs:
/// one that is faster by a tenth is chosen, or that is right where OpenBLAS is
/// not. OPENBLAS_CORETYPE, where the user has set it, settles it. Throws Error
/// as Probe does.
Machine ProbeMachine(const std::filesystem::path& worker);

/// Does so with a first probe that has begun.
Machine ProbeMachine(BegunProbe first);

/// Probes with the choice that a sweep began with, since another would round
/// differently. Chooses anew where there was none, where this processor cannot
/// run it, or where it multiplies wrongly; if other products are in force then,
/// the probe warns of that.
/// Throws Error as Probe does.
Machine ProbeMachineAgain(const std::filesystem::path& worker,
                          std::optional<BlasCore> chosen_before);

/// Asks when somebody first wants to know, and once.
class LazyMachine {
 public:
  explicit LazyMachine(std::function<Machine()> ask) : ask_(std::move(ask)) {}

  /// Throws what `ask` throws.
  const Machine& Get() {
    if (!machine_) machine_ = ask_();
    return *machine_;
  }

 private:
  std::function<Machine()> ask_;
  std::optional<Machine> machine_;
};

/// Returns what a device makes of precisions. "auto" is the one that trains
/// faster, by at least a tenth, and fp32 where that was not measured or where
/// bf16 gives other gradients. A CPU has products of bf16 numbers only by hand.
DevicePrecision PrecisionOf(const ProbeReport& probe,
                            const std::string& device);

/// Returns what decides the last digits on a device: of the worker, and
/// "gpu" for its model.
Arithmetic ArithmeticOf(const ProbeReport& probe, const std::string& device);

}  // namespace isoflop
