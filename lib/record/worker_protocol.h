// What the front end and a worker say to each other: one JSON object a line,
// commands on the worker's standard input, events on its standard output.
// A worker trains the groups that it is given at the same time. One whose input
// ends stops them at checkpoints and exits.

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/core/arithmetic.h"
#include "lib/core/json.h"
#include "lib/core/names.h"

namespace isoflop {

/// Front end -> worker: train what is pending in a group.
struct TrainCommand {
  std::string sweep_dir;
  std::string group;           // group id
  std::string device = "cpu";  // "cpu", "cuda:0", ...
  std::optional<std::int64_t>
      micro_batch_tokens;  // after running out of memory
};

enum class WorkerEventKind {
  kProgress,     // a few times a second at most
  kRunEnded,     // result.json is written
  kGroupEnded,   // nothing is pending in the group any more
  kGroupFailed,  // the group cannot go on, for want of memory or for what a
                 // user can mend; the worker and others can
  kStopped,      // at a checkpoint, because it was asked to
};
constexpr std::array<NamedValue<WorkerEventKind>, 5> EnumNames(
    WorkerEventKind) {
  return {{{WorkerEventKind::kProgress, "progress"},
           {WorkerEventKind::kRunEnded, "run_ended"},
           {WorkerEventKind::kGroupEnded, "group_ended"},
           {WorkerEventKind::kGroupFailed, "group_failed"},
           {WorkerEventKind::kStopped, "stopped"}}};
}

/// Worker -> front end.
struct WorkerEvent {
  WorkerEventKind kind = WorkerEventKind::kProgress;
  std::string group;
  std::string run;               // id, of kRunEnded and, in a branch, kProgress
  std::string status;            // RunStatus word, of kRunEnded
  std::int64_t tokens_done = 0;  // by the group, since it began, all phases
  std::optional<double> loss;    // train loss; of kRunEnded the final one
  double tokens_per_second = 0.0;
  std::string reason;          // of kGroupFailed
  bool out_of_memory = false;  // of kGroupFailed: worth a smaller micro-batch
};

Json ToJson(const TrainCommand& command);
Json ToJson(const WorkerEvent& event);

/// Throw Error for a line that is not what ToJson writes.
TrainCommand ParseTrainCommand(const std::string& line);
WorkerEvent ParseWorkerEvent(const std::string& line);

/// What `isoflop-worker probe` prints: the machine as LibTorch sees it.
struct ProbeReport {
  std::string libtorch;  // version
  std::string cpu;       // name, capability ATen uses, BLAS
  // The processor that OpenBLAS takes this one for; empty for another BLAS.
  std::string blas_core = {};
  Arithmetic arithmetic = {};  // of the CPU
  std::int64_t cpu_threads = 1;
  double fp32_flops_per_second = 0.0;  // of a matrix product, one thread
  bool products_right = true;  // some releases of OpenBLAS multiply wrongly
  double bf16_flops_per_second = 0.0;
  double operation_seconds = 0.0;           // dispatch of a tiny operation
  std::optional<double> bf16_speedup = {};  // of training on one thread: how
                                            // long fp32 takes over bf16
  bool bf16_right = true;  // training in bf16 gives the gradient of fp32, to a
                           // few per cent, over thousands of tokens
  // Bytes of a worker's process on the CPU before it trains anything: its own,
  // and of LibTorch's files, which all workers share. Absent where the system
  // does not tell.
  std::optional<double> process_private_bytes = {};
  std::optional<double> process_shared_bytes = {};
  struct Device {
    std::string name;  // "cuda:0"
    // Each is absent where LibTorch does not tell, or nobody measured.
    std::optional<std::string> model = {};             // "NVIDIA H100"
    std::optional<double> memory_bytes = {};           // all, used or not
    std::optional<double> fp32_flops_per_second = {};  // of a large product
    std::optional<double> bf16_flops_per_second = {};
    std::optional<double> bf16_speedup = {};  // as above
    bool bf16_right = true;                   // as above
  };
  std::vector<Device> cuda;
  std::vector<std::string> warnings;  // "matrix products are slow: ..."
};

Json ToJson(const ProbeReport& report);
ProbeReport ProbeReportFromJson(const Json& json, const std::string& source);

}  // namespace isoflop
