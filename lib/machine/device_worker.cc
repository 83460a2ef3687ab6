#include "lib/machine/device_worker.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cassert>
#include <utility>

#include "lib/core/error.h"

namespace isoflop {

DeviceWorker::DeviceWorker(WorkerProgram program, std::filesystem::path log)
    : program_(std::move(program)), log_path_(std::move(log)) {}

void DeviceWorker::Train(const TrainCommand& command) {
  const bool idle = heard_.empty();
  // One that died with nothing to do is no fault of the group that comes next.
  if (!process_ || (idle && Ended())) Start();
  const std::string line = ToJson(command).dump();
  // Beside others it is about to be found dead where it does not take this.
  if (!process_->Send(line) && idle) {
    Start();
    process_->Send(line);
  }
  heard_[command.group].clear();
}

void DeviceWorker::Start() {
  process_.reset();
  log_ = std::make_unique<WorkerLog>(log_path_);
  process_ = std::make_unique<WorkerProcess>(
      program_, std::vector<std::string>{"serve"}, log_->descriptor());
}

void DeviceWorker::Listen() {
  if (!process_) return;
  for (const std::string& line : process_->ReadLines()) {
    try {
      WorkerEvent event = ParseWorkerEvent(line);
      const auto heard = heard_.find(event.group);
      if (heard != heard_.end()) heard->second.push_back(std::move(event));
    } catch (const Error&) {
      // Some library talks on standard output. That is no reason to stop.
      const std::string note = "(on standard output) " + line + "\n";
      [[maybe_unused]] const ssize_t written =
          ::write(log_->descriptor(), note.data(), note.size());
    }
  }
}

std::vector<WorkerEvent> DeviceWorker::TakeEvents(const std::string& group) {
  const auto heard = heard_.find(group);
  if (heard == heard_.end()) return {};
  return std::exchange(heard->second, {});
}

WorkerEnd DeviceWorker::Reap() {
  assert(has_process() && Ended());
  const int status = *process_->Ended();
  process_.reset();
  return {.cause = "its worker " + DescribeEnd(status) + "; " + LastWords(),
          .from_outside = EndedFromOutside(status)};
}

std::string DeviceWorker::LastWords() const {
  const std::string file =
      (log_path_.parent_path().filename() / log_path_.filename()).string();
  const std::string tail = log_ ? log_->Tail() : "";
  if (tail.empty()) return fmt::format("it wrote nothing to {}", file);
  return fmt::format("its log ends ({}:{}): {}", file, log_->CountLines(),
                     tail);
}

void DeviceWorker::AskToStop() {
  if (process_) process_->CloseInput();
}

}  // namespace isoflop
