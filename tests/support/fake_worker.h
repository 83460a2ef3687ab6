// What the fake worker is told by its environment. It takes the arguments of
// isoflop-worker and speaks its protocol, but computes losses from FakeLaw
// instead of training.
//
// A fault strikes when the fake is about to write a line of the loss curve:
//
//   ISOFLOP_FAKE_FAULT      which, see kFaults; none when absent
//   ISOFLOP_FAKE_RUN        only in runs (trunks: groups) whose id contains it
//   ISOFLOP_FAKE_DEVICE     only on this device
//   ISOFLOP_FAKE_TIMES      only so many times in a sweep directory
//   ISOFLOP_FAKE_STRIDE     only so many steps after the time before
//
// Every run that ends is a line in <out>/logs/ended.log: tests count them. And
// whether or not there is a fault,
//
//   ISOFLOP_FAKE_NOISE      standard deviation of a loss; default 0.002
//   ISOFLOP_FAKE_SLEEP      seconds per line of the loss curve; default 0
//   ISOFLOP_FAKE_FITS       tokens of micro-batches that fit into the memory of
//                           a process together
//   ISOFLOP_FAKE_CUDA       GPUs that `probe` finds; default 0
//   ISOFLOP_FAKE_SPEEDUP    of bf16 training, as `probe` finds it; default none

#pragma once

#include <array>

#include "lib/core/names.h"

namespace isoflop {

enum class Fault {
  kNone,
  kKill,      // SIGKILL, as the kernel's out-of-memory killer does
  kSegv,      // a message on standard error, then SIGSEGV
  kExit,      // exit status 3
  kHang,      // says and does nothing more, not even when asked to stop
  kFail,      // group_failed with a reason
  kLie,       // group_ended without results
  kStop,      // stops though nobody asked
  kDiverge,   // a result: the loss is far too high
  kGarbage,   // text on standard output, then goes on
  kFillDisk,  // what it writes meets a full disk (RLIMIT_FSIZE)
};

constexpr std::array<NamedValue<Fault>, 11> EnumNames(Fault) {
  return {{{Fault::kNone, ""},
           {Fault::kKill, "kill"},
           {Fault::kSegv, "segv"},
           {Fault::kExit, "exit"},
           {Fault::kHang, "hang"},
           {Fault::kFail, "fail"},
           {Fault::kLie, "lie"},
           {Fault::kStop, "stop"},
           {Fault::kDiverge, "diverge"},
           {Fault::kGarbage, "garbage"},
           {Fault::kFillDisk, "fill_disk"}}};
}

}  // namespace isoflop
