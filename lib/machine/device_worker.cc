#include "lib/machine/device_worker.h"

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

std::string DeviceWorker::Reap() {
  assert(has_process() && Ended());
  const std::string end = DescribeEnd(*process_->Ended());
  const std::string tail = log_->Tail();
  process_.reset();
  return "its worker " + end + (tail.empty() ? "" : "; its log ends: " + tail);
}

void DeviceWorker::AskToStop() {
  if (process_) process_->CloseInput();
}

}  // namespace isoflop
