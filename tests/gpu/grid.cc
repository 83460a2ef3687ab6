// A grid of ten small models, trained in two ways: one after another with every
// operation launched by itself, and several at once as CUDA graphs.
//
//   isoflop_gpu_grid [DEVICE] [TOKENS]     cuda:0, 4194304 tokens each
//
// Prints both rates and their ratio as a row of a Markdown table.

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "lib/core/clock.h"
#include "lib/core/error.h"
#include "lib/data/task.h"
#include "lib/model/set_up.h"
#include "lib/sweep/plan.h"
#include "lib/train/device.h"
#include "lib/train/trainer.h"

namespace isoflop {
namespace {

constexpr std::int64_t kBatchTokens = 8192;
constexpr std::size_t kAtOnce = 8;

/// Ten models of 0.3M to 10M parameters, largest first.
Plan GridPlan(at::Device device, std::int64_t tokens) {
  Json sizes = Json::array();
  for (const int d : {384, 352, 320, 288, 256, 224, 192, 160, 128, 96}) {
    sizes.push_back({{"d_model", d}, {"layers", std::max(2, d / 64)}});
  }
  const Json sweep = {{"schema", kSweepSchema},
                      {"name", "grid"},
                      {"data",
                       {{"kind", "lexicon"},
                        {"vocab_size", 512},
                        {"words", 4096},
                        {"word_length", 4},
                        {"eval_tokens", 4096}}},
                      {"model", {{"context", 256}, {"head_size", 32}}},
                      {"grid", {{"sizes", sizes}, {"tokens", {tokens}}}},
                      {"training",
                       {{"batch_tokens", std::min(kBatchTokens, tokens / 4)},
                        {"precision", device.is_cpu() ? "fp32" : "bf16"},
                        {"schedule", {{"kind", "wsd"}, {"warmup_steps", 1}}}}},
                      {"seeds", {0}}};
  return MakePlan(ParseSweep(sweep, "grid"));
}

class Grid {
 public:
  Grid(at::Device device, std::int64_t tokens)
      : device_(device),
        plan_(GridPlan(device, tokens)),
        source_(OpenTask(plan_.groups.front().data,
                         plan_.groups.front().shape.context)) {}

  /// Tokens per second of the whole grid, from the first step to the last, the
  /// building of models included.
  double Rate(std::size_t at_once, const TrainerOptions& options) {
    const double start = MonotonicSeconds();
    std::atomic<std::size_t> next = 0;
    std::vector<std::future<void>> threads;
    for (std::size_t i = 0; i < at_once; ++i) {
      threads.push_back(std::async(std::launch::async, [&] {
        SetUpComputing();
        for (std::size_t j = next++; j < plan_.groups.size(); j = next++) {
          Train(plan_.groups[j], options);
        }
      }));
    }
    for (std::future<void>& thread : threads) thread.get();
    return static_cast<double>(Totals(plan_).tokens) /
           (MonotonicSeconds() - start);
  }

 private:
  void Train(const RunGroup& group, const TrainerOptions& options) const {
    constexpr std::int64_t kTakenTogether = 20;
    Trainer trainer(group, *source_, device_, options);
    trainer.Initialize();
    const std::int64_t steps = group.runs.back().steps;
    const LrSchedule schedule = MakeSchedule(group.training, steps);
    for (std::int64_t step = 0; step < steps; ++step) {
      trainer.Update(step, schedule);
      if (step % kTakenTogether == 0) trainer.TakeResults();
    }
    trainer.TakeResults();
    const std::string launch = trainer.DescribeLaunch().value_or("");
    Require(!options.graphs || device_.is_cpu() || launch == "CUDA graph",
            "{} was launched as {}", group.id, launch);
  }

  at::Device device_;
  Plan plan_;
  std::unique_ptr<Task> source_;
};

int Run(const std::string& device_name, std::int64_t tokens) {
  SetUpComputing();
  const at::Device device = ResolveDevice(device_name);
  // A GPU and its libraries set themselves up when they are first used.
  if (!device.is_cpu()) {
    Grid(device, 64 * kBatchTokens).Rate(1, {.device_step = true});
  }
  Grid grid(device, tokens);
  const double one_by_one =
      grid.Rate(1, {.device_step = true, .graphs = false});
  const double at_once =
      grid.Rate(device.is_cpu() ? 1 : kAtOnce, {.device_step = true});
  fmt::print("| ten models, 0.3M to 10M | {:.3g} | {:.3g} | {:.1f} |\n",
             one_by_one, at_once, at_once / one_by_one);
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace isoflop

int main(int argc, char** argv) {
  try {
    return isoflop::Run(argc > 1 ? argv[1] : "cuda:0",
                        argc > 2 ? std::atoll(argv[2]) : 1 << 22);
  } catch (const std::exception& error) {
    fmt::print(stderr, "isoflop_gpu_grid: {}\n", error.what());
    return EXIT_FAILURE;
  }
}
