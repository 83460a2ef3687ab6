#include "lib/data/regression_config.h"

#include <fmt/format.h>

#include "lib/data/task_kinds.h"

namespace isoflop {

std::vector<RegressionBaseline> RegressionBaselines(
    const RegressionConfig& config) {
  constexpr std::int64_t kMostNumbers = 1 << 19;
  std::vector<RegressionBaseline> baselines = {
      RegressionBaseline::kZero,
      RegressionBaseline::kAveraging,
      RegressionBaseline::kOneGradientStep,
      RegressionBaseline::kNearestNeighbour,
      RegressionBaseline::kKernelSmoother,
      RegressionBaseline::kLeastSquares};
  if (config.noise > 0.0) baselines.push_back(RegressionBaseline::kRidge);
  if (config.tasks > 0 && config.tasks <= kMostNumbers / config.dimension) {
    baselines.push_back(RegressionBaseline::kMeanOfTasks);
  }
  return baselines;
}

std::vector<std::string_view> RegressionConfig::Baselines() const {
  std::vector<std::string_view> names;
  for (const RegressionBaseline baseline : RegressionBaselines(*this)) {
    names.emplace_back(NameOf(baseline));
  }
  return names;
}

Json RegressionConfig::ToJson() const {
  return {{"dimension", dimension},
          {"noise", noise},
          {"tasks", tasks},
          {"task_seed", task_seed},
          {"eval_tasks", NameOf(eval_tasks)},
          {"eval_shift", eval_shift},
          {"layout", NameOf(layout)},
          {"train_examples", train_examples}};
}

ExampleShape RegressionConfig::Shape(std::int64_t context) const {
  const std::int64_t all = interleaved() ? Pairs(context) : 1;
  return {.positions = context,
          .d_in = dimension + 1,
          .d_out = 1,
          .counted = train_examples == 0 ? all : train_examples,
          .targets_follow = interleaved()};
}

void RegressionConfig::Validate(std::int64_t context, const std::string& path,
                                Problems* problems) const {
  if (interleaved() && context % 2 != 0) {
    problems->Add(path + ".layout",
                  fmt::format("interleaved examples have two positions for "
                              "each (x, y): model.context must be even, got {}",
                              context));
  } else if (interleaved() && train_examples > Pairs(context)) {
    problems->Add(path + ".train_examples",
                  fmt::format("must be at most the {} examples that a "
                              "model.context of {} holds, or 0 for all, got {}",
                              Pairs(context), context, train_examples));
  }
  if (!interleaved() && context < 2) {
    problems->Add(path + ".layout",
                  fmt::format("concatenated examples have an (x, y) and a "
                              "query: model.context must be at least 2, got {}",
                              context));
  }
  if (!interleaved() && train_examples > 0) {
    problems->Add(path + ".train_examples",
                  fmt::format("must be 0 in the layout \"concatenated\", where "
                              "only the last position counts, got {}",
                              train_examples));
  }
  if (eval_tasks == EvalTasks::kSame && tasks == 0) {
    problems->Add(path + ".eval_tasks",
                  "\"same\" needs a number of tasks to train on: \"tasks\" is "
                  "0, which is endless");
  }
}

namespace {

std::shared_ptr<const TaskConfig> ReadRegressionConfig(ObjectReader* reader) {
  auto config = std::make_shared<RegressionConfig>();
  reader->Read("dimension", &config->dimension, {1, 1024});
  reader->Read("noise", &config->noise, {0.0, 1e3});
  reader->Read("tasks", &config->tasks, {0, std::int64_t{1} << 40});
  reader->Read("task_seed", &config->task_seed, {0, INT64_MAX});
  reader->ReadEnum("eval_tasks", &config->eval_tasks);
  reader->Read("eval_shift", &config->eval_shift, {0.0, 1e3});
  reader->ReadEnum("layout", &config->layout);
  reader->Read("train_examples", &config->train_examples, {0, 1 << 24});
  return config;
}

}  // namespace

TaskKind RegressionKind() {
  return {.name = RegressionConfig{}.kind(),
          .keys = {"dimension", "noise", "tasks", "task_seed", "eval_tasks",
                   "eval_shift", "layout", "train_examples"},
          .read = ReadRegressionConfig};
}

}  // namespace isoflop
