// Questions that a worker answers once, with JSON on its standard output,
// before it exits.

#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lib/core/error.h"
#include "lib/core/json.h"
#include "lib/machine/worker_log.h"
#include "lib/machine/worker_path.h"
#include "lib/machine/worker_process.h"

namespace isoflop {

struct WorkerQuestion {
  std::string verb = {};  // "probe"
  // A line for its input, which then stays open: when the front end dies, the
  // worker stops. Empty: no input.
  std::string input = {};
  double timeout_seconds = 60.0;
};

/// The worker ended before it had answered, and that is no fault of its own;
/// see EndedFromOutside.
class KilledFromOutside : public Error {
 public:
  using Error::Error;
};

/// Returns the bytes of address space that a process may have; nothing where
/// there is no limit (`ulimit -v`).
std::optional<double> AddressSpaceLimit();

/// A worker that is at a question, in the environment that training has. It is
/// killed when this is destroyed before it has answered.
class WorkerAnswer {
 public:
  /// Throws Error when the worker cannot be started.
  WorkerAnswer(const WorkerProgram& worker, const WorkerQuestion& question);

  /// Readable when there may be news; for poll.
  int descriptor() const { return process_.output(); }

  /// Returns the answer once the worker has exited; never waits. Throws Error,
  /// with the last lines that it wrote, when it fails, takes too long, or
  /// prints something else, and KilledFromOutside.
  std::optional<Json> Take();

  /// Waits for the answer. Throws Error, as Take does.
  Json Wait();

 private:
  std::string LastWords() const;

  std::string name_;  // for messages
  double timeout_seconds_;
  double start_;  // monotonic seconds
  WorkerLog log_;
  WorkerProcess process_;
  std::string text_;
};

/// Asks and waits. Throws Error, as Take does.
Json AskWorker(const WorkerProgram& worker, const WorkerQuestion& question);

/// Asks every question of a process of its own, `at_a_time` at once, and hands
/// each answer with the number of its question to `on_answer`. Returns the
/// signal that ended it early, SIGINT or SIGTERM, with every worker killed.
/// Throws Error, as Take does.
std::optional<int> AskWorkers(
    const WorkerProgram& worker, const std::vector<WorkerQuestion>& questions,
    std::size_t at_a_time,
    const std::function<void(std::size_t, const Json&)>& on_answer);

}  // namespace isoflop
