#include "lib/machine/worker_answer.h"

#include <poll.h>

#include <map>
#include <memory>

#include "lib/core/clock.h"
#include "lib/core/error.h"
#include "lib/machine/signals.h"

namespace isoflop {
namespace {

// The end of a process is no event of its output.
constexpr int kAnswerPollMilliseconds = 50;

using OpenQuestions = std::map<std::size_t, std::unique_ptr<WorkerAnswer>>;

void WaitForNews(const OpenQuestions& open, int also) {
  std::vector<pollfd> watched{{also, POLLIN, 0}};
  for (const auto& [number, answer] : open) {
    watched.push_back({answer->descriptor(), POLLIN, 0});
  }
  ::poll(watched.data(), watched.size(), kAnswerPollMilliseconds);
}

}  // namespace

WorkerAnswer::WorkerAnswer(const WorkerProgram& worker,
                           const WorkerQuestion& question)
    : name_(worker.path.string() + " " + question.verb),
      timeout_seconds_(question.timeout_seconds),
      start_(MonotonicSeconds()),
      process_(worker, {question.verb}, log_.descriptor()) {
  // A worker that does not take it has ended, and Take says how.
  if (!question.input.empty() && process_.Send(question.input)) return;
  process_.CloseInput();
}

std::optional<Json> WorkerAnswer::Take() {
  // Asked before reading: what it wrote before its end is then all there.
  const auto status = process_.Ended();
  for (const std::string& line : process_.ReadLines()) text_ += line + "\n";
  if (!status) {
    Require(MonotonicSeconds() - start_ < timeout_seconds_,
            "{}: no answer in {:.0f} seconds: {}", name_, timeout_seconds_,
            log_.Tail());
    return std::nullopt;
  }
  Require(*status == 0, "{}: {}: {}", name_, DescribeEnd(*status), log_.Tail());
  return ParseJson(text_, name_);
}

Json AskWorker(const WorkerProgram& worker, const WorkerQuestion& question) {
  WorkerAnswer answer(worker, question);
  while (true) {
    if (auto json = answer.Take()) return *std::move(json);
    pollfd news{answer.descriptor(), POLLIN, 0};
    ::poll(&news, 1, kAnswerPollMilliseconds);
  }
}

std::optional<int> AskWorkers(
    const WorkerProgram& worker, const std::vector<WorkerQuestion>& questions,
    std::size_t at_a_time,
    const std::function<void(std::size_t, const Json&)>& on_answer) {
  StopSignals signals;
  OpenQuestions open;
  for (std::size_t next = 0; next < questions.size() || !open.empty();) {
    while (open.size() < at_a_time && next < questions.size()) {
      open[next] = std::make_unique<WorkerAnswer>(worker, questions[next]);
      ++next;
    }
    WaitForNews(open, signals.descriptor());
    const std::vector<int> come = signals.Take();
    // Leaving kills every worker that is still open.
    if (!come.empty()) return come.front();
    for (auto entry = open.begin(); entry != open.end();) {
      const auto json = entry->second->Take();
      if (json) on_answer(entry->first, *json);
      entry = json ? open.erase(entry) : std::next(entry);
    }
  }
  return std::nullopt;
}

}  // namespace isoflop
