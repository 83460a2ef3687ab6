#include "lib/machine/worker_answer.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <map>
#include <memory>

#include "lib/core/clock.h"
#include "lib/core/error.h"
#include "lib/core/text.h"
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

/// LibTorch and its BLAS may hang where they cannot map what they want.
std::string AddressSpaceHint() {
  const auto bytes = AddressSpaceLimit();
  if (!bytes) return {};
  return fmt::format(" (its address space is limited to {}, see `ulimit -v`)",
                     FormatBytes(*bytes));
}

}  // namespace

std::optional<double> AddressSpaceLimit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) {
    return std::nullopt;
  }
  return static_cast<double>(limit.rlim_cur);
}

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
            "{}: no answer in {:.0f} seconds: {}{}", name_, timeout_seconds_,
            LastWords(), AddressSpaceHint());
    return std::nullopt;
  }
  const std::string end =
      fmt::format("{}: {}: {}", name_, DescribeEnd(*status), LastWords());
  if (WIFSIGNALED(*status) && EndedFromOutside(*status))
    throw KilledFromOutside(end);
  Require(*status == 0, "{}{}", end, AddressSpaceHint());
  Require(!text_.empty(), "{}: ended without an answer: {}", name_,
          LastWords());
  return ParseJson(text_, name_);
}

Json WorkerAnswer::Wait() {
  while (true) {
    if (auto json = Take()) return *std::move(json);
    pollfd news{descriptor(), POLLIN, 0};
    ::poll(&news, 1, kAnswerPollMilliseconds);
  }
}

std::string WorkerAnswer::LastWords() const {
  const std::string tail = log_.Tail();
  return tail.empty() ? "it wrote nothing" : tail;
}

Json AskWorker(const WorkerProgram& worker, const WorkerQuestion& question) {
  return WorkerAnswer(worker, question).Wait();
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
