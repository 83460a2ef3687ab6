// Kind `regression`: linear regression to be learned in context. Every example
// has weights of its own:
//
//   w normal in d dimensions, or one of a number of fixed vectors of that kind
//   x_i normal in d dimensions,  y_i = w . x_i + sigma e_i,  e_i normal
//
// Inputs show x_i and y_i, with noise; the target is w . x_i, without it. The
// loss is the squared error, not divided by d. As numbers (x, y):
//
//   interleaved   (x_0, 0) (0, y_0) (x_1, 0) (0, y_1) ...   each x_i counts
//   concatenated  (x_0, y_0) ... (x_{k-1}, y_{k-1}) (x_k, 0)   the last counts
//
// The best predictor of new weights is ridge regression with lambda = sigma^2.
//
// Sources: Garg et al. 2022 (arXiv:2208.01066); concatenated: von Oswald et al.
// 2023 (arXiv:2212.07677); fixed weights: Raventos et al. 2023
// (arXiv:2306.15063).

#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/core/names.h"
#include "lib/data/task_config.h"

namespace isoflop {

enum class RegressionLayout { kInterleaved, kConcatenated };
constexpr std::array<NamedValue<RegressionLayout>, 2> EnumNames(
    RegressionLayout) {
  return {{{RegressionLayout::kInterleaved, "interleaved"},
           {RegressionLayout::kConcatenated, "concatenated"}}};
}

/// Whose weights the evaluation set has.
enum class EvalTasks { kNew, kSame };
constexpr std::array<NamedValue<EvalTasks>, 2> EnumNames(EvalTasks) {
  return {{{EvalTasks::kNew, "new"}, {EvalTasks::kSame, "same"}}};
}

/// Predictors to compare a model with: see in_context_predictors.h.
enum class RegressionBaseline {
  kZero,
  kAveraging,
  kOneGradientStep,
  kNearestNeighbour,
  kKernelSmoother,
  kLeastSquares,
  kRidge,
  kMeanOfTasks,
};
constexpr std::array<NamedValue<RegressionBaseline>, 8> EnumNames(
    RegressionBaseline) {
  return {{{RegressionBaseline::kZero, "zero"},
           {RegressionBaseline::kAveraging, "averaging"},
           {RegressionBaseline::kOneGradientStep, "one_gradient_step"},
           {RegressionBaseline::kNearestNeighbour, "nearest_neighbour"},
           {RegressionBaseline::kKernelSmoother, "kernel_smoother"},
           {RegressionBaseline::kLeastSquares, "least_squares"},
           {RegressionBaseline::kRidge, "ridge"},
           {RegressionBaseline::kMeanOfTasks, "mean_of_tasks"}}};
}

struct RegressionConfig final : TaskConfig {
  std::int64_t dimension = 8;  // d
  double noise = 0.0;          // sigma
  std::int64_t tasks = 0;      // vectors of weights to train on; 0: endless
  std::int64_t task_seed = 0;  // what they are drawn from
  EvalTasks eval_tasks = EvalTasks::kNew;
  double eval_shift = 1.0;  // factor of every x of the evaluation set
  RegressionLayout layout = RegressionLayout::kInterleaved;
  std::int64_t train_examples = 0;  // of a training example only as many of the
                                    // first x count; 0: all

  bool interleaved() const { return layout == RegressionLayout::kInterleaved; }

  /// Pairs (x, y) of an example, with the last x that has no y after it.
  std::int64_t Pairs(std::int64_t context) const {
    return interleaved() ? context / 2 : context;
  }

  std::string_view kind() const override { return "regression"; }
  Json ToJson() const override;
  std::vector<std::string_view> Baselines() const override;
  ExampleShape Shape(std::int64_t context) const override;
  void Validate(std::int64_t context, const std::string& path,
                Problems* problems) const override;
  std::unique_ptr<Task> Open(std::int64_t eval_tokens,
                             std::int64_t context) const override;
};

/// Returns those that make sense of a task. Ridge regression is least squares
/// where there is no noise; the mean of very many tasks is slow, and no other
/// predictor than that.
std::vector<RegressionBaseline> RegressionBaselines(
    const RegressionConfig& config);

}  // namespace isoflop
