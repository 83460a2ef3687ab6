#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "lib/core/json.h"
#include "lib/data/task.h"
#include "tests/data/open_kind.h"
#include "tests/support/expect_error.h"

namespace isoflop {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pointwise;

std::unique_ptr<Task> OpenRegression(const Json& keys, std::int64_t context,
                                     std::int64_t eval_tokens = 65536) {
  Json with_size = {{"eval_tokens", eval_tokens}};
  for (const auto& [key, value] : keys.items()) with_size[key] = value;
  return OpenKind("regression", with_size, context);
}

struct RegressionExample {
  std::vector<float> vectors, targets;
  std::vector<std::uint8_t> counts;

  bool operator==(const RegressionExample&) const = default;
};

/// Reads one of the evaluation set where there is no seed.
RegressionExample ReadRegression(const Task& task, std::int64_t index,
                                 std::optional<std::int64_t> seed = 0) {
  ExampleBuffer buffer(task.shape());
  const ExampleSpans example = buffer[0];
  // What was there before must not show through.
  std::ranges::fill(example.vectors, 7.0F);
  std::ranges::fill(example.target_vectors, 7.0F);
  std::ranges::fill(example.counts, std::uint8_t{7});
  if (seed) {
    task.ReadTrain(*seed, index, example);
  } else {
    task.ReadEval(index, example);
  }
  return {{example.vectors.begin(), example.vectors.end()},
          {example.target_vectors.begin(), example.target_vectors.end()},
          {example.counts.begin(), example.counts.end()}};
}

/// An interleaved example, taken apart.
struct XyPairs {
  std::vector<std::vector<double>> x;
  std::vector<double> y, target;
};

XyPairs PairsOf(const Task& task, const RegressionExample& example) {
  const auto d = static_cast<std::size_t>(task.shape().d_in - 1);
  XyPairs pairs;
  for (std::size_t t = 0; t < example.targets.size(); t += 2) {
    const auto row =
        example.vectors.begin() + static_cast<std::ptrdiff_t>(t * (d + 1));
    pairs.x.emplace_back(row, row + static_cast<std::ptrdiff_t>(d));
    pairs.y.push_back(
        static_cast<double>(*(row + 2 * static_cast<std::ptrdiff_t>(d) + 1)));
    pairs.target.push_back(static_cast<double>(example.targets[t]));
  }
  return pairs;
}

double Dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

/// Solves A u = b for a positive definite A, by elimination.
std::vector<double> Solve(std::vector<std::vector<double>> A,
                          std::vector<double> b) {
  const std::size_t n = b.size();
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i + 1; j < n; ++j) {
      const double factor = A[j][i] / A[i][i];
      for (std::size_t k = i; k < n; ++k) A[j][k] -= factor * A[i][k];
      b[j] -= factor * b[i];
    }
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = i + 1; k < n; ++k) b[i] -= A[i][k] * b[k];
    b[i] /= A[i][i];
  }
  return b;
}

/// Returns the squared error, at the x after the first `shown` pairs, of ridge
/// regression on those: of (X' X + lambda) u = X' y.
double RidgeError(const XyPairs& pairs, std::size_t shown, double lambda) {
  const std::size_t d = pairs.x[0].size();
  std::vector<std::vector<double>> A(d, std::vector<double>(d));
  std::vector<double> b(d);
  for (std::size_t i = 0; i < d; ++i) {
    A[i][i] = lambda;
    for (std::size_t n = 0; n < shown; ++n) {
      b[i] += pairs.x[n][i] * pairs.y[n];
      for (std::size_t j = 0; j < d; ++j) {
        A[i][j] += pairs.x[n][i] * pairs.x[n][j];
      }
    }
  }
  const double error = Dot(Solve(A, b), pairs.x[shown]) - pairs.target[shown];
  return error * error;
}

struct ErrorMean {
  double sum = 0.0, squares = 0.0, count = 0.0;

  void Add(double value) {
    sum += value;
    squares += value * value;
    count += 1.0;
  }
  double mean() const { return sum / count; }
  double std_error() const {
    return std::sqrt((squares / count - mean() * mean()) / count);
  }
};

TEST(Regression, LeavesRidgeTheKnownErrors) {
  constexpr double kNoise = 0.5;
  const auto task = OpenRegression({{"noise", kNoise}}, 32);
  // Over d, after so many examples; rounded so far.
  struct Known {
    std::size_t shown;
    double error, rounding;
  };
  for (const Known& known :
       {Known{0, 1.00, 5e-3}, Known{4, 0.532, 5e-4}, Known{8, 0.181, 5e-4},
        Known{12, 0.0625, 5e-5}, Known{15, 0.0375, 5e-5}}) {
    ErrorMean error;
    for (int i = 0; i < 8000; ++i) {
      error.Add(RidgeError(PairsOf(*task, ReadRegression(*task, i)),
                           known.shown, kNoise * kNoise) /
                8.0);
    }
    EXPECT_NEAR(error.mean(), known.error,
                3.0 * error.std_error() + known.rounding)
        << known.shown;
  }
}

TEST(Regression, KnowsWhatRidgeReachesOnItsEvaluationSet) {
  constexpr double kNoise = 0.5;
  const auto task =
      OpenRegression({{"noise", kNoise}, {"eval_shift", 2}}, 32, 3200);
  double sum = 0.0;
  for (std::int64_t i = 0; i < 100; ++i) {
    const XyPairs pairs =
        PairsOf(*task, ReadRegression(*task, i, std::nullopt));
    for (std::size_t shown = 0; shown < 16; ++shown) {
      sum += RidgeError(pairs, shown, kNoise * kNoise);
    }
  }
  EXPECT_NEAR(task->info().optimum.on_evaluation_set.value(), sum / 1600.0,
              1e-9);
  EXPECT_EQ(task->info().optimum.expected, std::nullopt);
  EXPECT_THAT(task->info().optimum.by_position, IsEmpty());
}

TEST(Regression, LeavesWithoutNoiseTheDirectionsThatWereNotSeen) {
  const auto task = OpenRegression({{"dimension", 3}}, 10);
  const auto& optimum = task->info().optimum;
  EXPECT_THAT(optimum.by_position, ElementsAre(3, 0, 2, 0, 1, 0, 0, 0, 0, 0));
  EXPECT_EQ(optimum.expected, 6.0 / 5.0);
  // Of least squares on 6,553 examples.
  EXPECT_NEAR(optimum.on_evaluation_set.value(), 6.0 / 5.0, 0.06);
  for (std::size_t shown = 0; shown < 5; ++shown) {
    ErrorMean error;
    for (int i = 0; i < 5000; ++i) {
      // A little of it, so that what is not determined becomes 0.
      error.Add(
          RidgeError(PairsOf(*task, ReadRegression(*task, i)), shown, 1e-9));
    }
    EXPECT_NEAR(error.mean(), optimum.by_position[2 * shown],
                3.0 * error.std_error() + 1e-4);
  }
}

TEST(Regression, ShowsXThenYAndAsksAtX) {
  const auto task = OpenRegression({{"dimension", 2}, {"noise", 0.5}}, 6);
  EXPECT_EQ(task->shape().d_in, 3);
  EXPECT_EQ(task->shape().counted, 3);
  const RegressionExample example = ReadRegression(*task, 0);
  EXPECT_THAT(example.counts, ElementsAre(1, 0, 1, 0, 1, 0));
  for (std::size_t t = 0; t < 6; t += 2) {
    const float* row = example.vectors.data() + 3 * t;
    EXPECT_NE(row[0], 0.0F);
    EXPECT_NE(row[1], 0.0F);
    EXPECT_EQ(row[2], 0.0F);
    EXPECT_EQ(row[3], 0.0F);
    EXPECT_EQ(row[4], 0.0F);
    EXPECT_NE(row[5], 0.0F);
    EXPECT_NE(row[5], example.targets[t]) << "the target has no noise";
    EXPECT_EQ(example.targets[t + 1], 0.0F);
  }
}

TEST(Regression, AddsNoiseToWhatItShows) {
  const auto task = OpenRegression({{"noise", 0.5}}, 16);
  ErrorMean noise;
  for (int i = 0; i < 5000; ++i) {
    const XyPairs pairs = PairsOf(*task, ReadRegression(*task, i));
    for (std::size_t n = 0; n < 8; ++n) {
      noise.Add(std::pow(pairs.y[n] - pairs.target[n], 2.0));
    }
  }
  EXPECT_NEAR(noise.mean(), 0.25, 3.0 * noise.std_error());
}

TEST(Regression, PutsXAndYSideBySide) {
  const auto task = OpenRegression(
      {{"dimension", 2}, {"noise", 0.5}, {"layout", "concatenated"}}, 4);
  EXPECT_EQ(task->shape().counted, 1);
  const RegressionExample example = ReadRegression(*task, 0);
  EXPECT_THAT(example.counts, ElementsAre(0, 0, 0, 1));
  EXPECT_THAT(example.targets, ElementsAre(0, 0, 0, testing::Ne(0.0F)));
  // The same x and y as interleaved.
  const auto interleaved =
      OpenRegression({{"dimension", 2}, {"noise", 0.5}}, 8);
  const RegressionExample apart = ReadRegression(*interleaved, 0);
  for (std::size_t i = 0; i < 4; ++i) {
    const float* one = example.vectors.data() + 3 * i;
    const float* other = apart.vectors.data() + 6 * i;
    EXPECT_EQ(one[0], other[0]);
    EXPECT_EQ(one[1], other[1]);
    EXPECT_EQ(one[2], i == 3 ? 0.0F : other[5]);
  }
  EXPECT_EQ(example.targets[3], apart.targets[6]);
}

TEST(Regression, KnowsTheRiskOfTheQueryAlone) {
  const auto task = OpenRegression(
      {{"dimension", 5}, {"layout", "concatenated"}, {"eval_shift", 3}}, 4);
  EXPECT_THAT(task->info().optimum.by_position, ElementsAre(0, 0, 0, 18));
  EXPECT_EQ(task->info().optimum.expected, 18.0);
  EXPECT_NEAR(task->info().optimum.on_evaluation_set.value(), 18.0, 1.0);
}

TEST(Regression, ShiftsTheInputsOfTheEvaluationSetOnly) {
  const auto plain = OpenRegression({{"dimension", 2}}, 6);
  const auto shifted = OpenRegression({{"dimension", 2}, {"eval_shift", 2}}, 6);
  EXPECT_EQ(ReadRegression(*plain, 3), ReadRegression(*shifted, 3));
  RegressionExample twice = ReadRegression(*plain, 3, std::nullopt);
  for (float& number : twice.vectors) number *= 2.0F;
  for (float& number : twice.targets) number *= 2.0F;
  EXPECT_EQ(ReadRegression(*shifted, 3, std::nullopt), twice);
}

/// Returns w, of an example without noise that shows at least as many pairs.
std::vector<double> WeightsOf(const Task& task,
                              const RegressionExample& example) {
  const XyPairs pairs = PairsOf(task, example);
  const std::size_t d = pairs.x[0].size();
  std::vector<std::vector<double>> A(d, std::vector<double>(d));
  std::vector<double> b(d);
  for (std::size_t n = 0; n < pairs.x.size(); ++n) {
    for (std::size_t i = 0; i < d; ++i) {
      b[i] += pairs.x[n][i] * pairs.y[n];
      for (std::size_t j = 0; j < d; ++j) {
        A[i][j] += pairs.x[n][i] * pairs.x[n][j];
      }
    }
  }
  return Solve(A, b);
}

/// Returns how many different weights 300 examples have, to four digits.
std::size_t DifferentWeights(const Task& task,
                             std::optional<std::int64_t> seed) {
  std::set<std::int64_t> first;
  for (int i = 0; i < 300; ++i) {
    const double w = WeightsOf(task, ReadRegression(task, i, seed))[0];
    first.insert(std::lround(w * 1e3));
  }
  return first.size();
}

TEST(Regression, TrainsOnSoManyTasks) {
  const auto task = OpenRegression({{"dimension", 2}, {"tasks", 5}}, 40);
  EXPECT_EQ(DifferentWeights(*task, 0), 5U);
  EXPECT_GT(DifferentWeights(*task, std::nullopt), 200U);
  EXPECT_GT(DifferentWeights(*OpenRegression({{"dimension", 2}}, 40), 0), 200U);
}

TEST(Regression, EvaluatesOnTheSameTasksIfAsked) {
  const auto task = OpenRegression(
      {{"dimension", 2}, {"tasks", 5}, {"eval_tasks", "same"}}, 40);
  EXPECT_EQ(DifferentWeights(*task, std::nullopt), 5U);
  EXPECT_EQ(task->info().optimum.expected, std::nullopt);
  EXPECT_EQ(task->info().optimum.on_evaluation_set, std::nullopt);
}

TEST(Regression, HasOtherTasksForAnotherTaskSeed) {
  const Json keys = {{"tasks", 1}};
  Json other = keys;
  other["task_seed"] = 1;
  const auto task = OpenRegression(keys, 40);
  const RegressionExample example = ReadRegression(*task, 0);
  const RegressionExample changed =
      ReadRegression(*OpenRegression(other, 40), 0);
  EXPECT_EQ(PairsOf(*task, example).x, PairsOf(*task, changed).x);
  EXPECT_NE(example.targets, changed.targets);
  const auto w = WeightsOf(*task, example);
  EXPECT_THAT(WeightsOf(*task, ReadRegression(*task, 7, 5)),
              Pointwise(DoubleNear(1e-4), w));
}

TEST(Regression, CountsInTrainingOnlyTheFirstExamplesIfAsked) {
  const auto task = OpenRegression({{"train_examples", 2}}, 8);
  EXPECT_EQ(task->shape().counted, 2);
  EXPECT_THAT(ReadRegression(*task, 0).counts,
              ElementsAre(1, 0, 1, 0, 0, 0, 0, 0));
  EXPECT_THAT(ReadRegression(*task, 0, std::nullopt).counts,
              ElementsAre(1, 0, 1, 0, 1, 0, 1, 0));
}

TEST(Regression, GivesTheSameExampleWhateverWasReadBefore) {
  const auto task = OpenRegression({{"noise", 1}}, 8);
  const RegressionExample later = ReadRegression(*task, 1000, 3);
  EXPECT_NE(ReadRegression(*task, 1001, 3), later);
  EXPECT_NE(ReadRegression(*task, 1000, 4), later);
  EXPECT_EQ(ReadRegression(*task, 1000, 3), later);
  EXPECT_NE(ReadRegression(*task, 0, std::nullopt), ReadRegression(*task, 0));
}

TEST(Regression, SameSettingsGiveTheSameExamplesInEveryBuild) {
  // A change of these changes the data of every recorded run; the number in the
  // fingerprint has to change with them.
  const auto task = OpenRegression({{"dimension", 1}, {"noise", 1}}, 4);
  const std::vector<double> known = {0.818203, 0, 0, 0.388695,
                                     0.294996, 0, 0, 0.651424};
  EXPECT_THAT(ReadRegression(*task, 0).vectors,
              Pointwise(DoubleNear(1e-5), known));
  EXPECT_EQ(task->info().fingerprint,
            "dec4f788f5a20801ba9c53590d15db0419683b268529958dfb434bfd5bb4dac3");
}

TEST(Regression, SaysWhyItDoesNotComputeWhatTakesLong) {
  const auto task = OpenRegression({{"dimension", 1024}}, 64);
  EXPECT_EQ(task->info().optimum.on_evaluation_set, std::nullopt);
  EXPECT_THAT(task->info().notes, ElementsAre(HasSubstr("is not computed")));
}

TEST(Regression, RefusesWhatDoesNotFit) {
  EXPECT_ERROR(OpenRegression({}, 7),
               "a.json: data.layout: interleaved examples have two positions "
               "for each (x, y): model.context must be even, got 7");
  EXPECT_ERROR(OpenRegression({{"layout", "concatenated"}}, 1),
               "a.json: data.layout: concatenated examples have an (x, y) and "
               "a query: model.context must be at least 2, got 1");
  EXPECT_ERROR(OpenRegression({{"train_examples", 5}}, 8),
               "a.json: data.train_examples: must be at most the 4 examples "
               "that a model.context of 8 holds, or 0 for all, got 5");
  EXPECT_ERROR(
      OpenRegression({{"layout", "concatenated"}, {"train_examples", 1}}, 8),
      "a.json: data.train_examples: must be 0 in the layout \"concatenated\"");
  EXPECT_ERROR(OpenRegression({{"eval_tasks", "same"}}, 8),
               "a.json: data.eval_tasks: \"same\" needs a number of tasks");
  EXPECT_ERROR(OpenRegression({{"eval_tasks", "old"}}, 8),
               "eval_tasks: must be one of new, same");
  EXPECT_ERROR(OpenRegression({{"dimension", 0}}, 8), "dimension: must be");
  EXPECT_ERROR(OpenRegression({{"noise", -1}}, 8), "noise: must be");
  EXPECT_ERROR(OpenRegression({{"tasks", -1}}, 8), "tasks: must be");
}

/// Mean squared errors by position of one of the task's baselines on its
/// evaluation set.
std::vector<double> ErrorsOf(const Task& task, std::size_t baseline) {
  const auto predictor = task.MakeBaseline(baseline);
  ExampleBuffer buffer(task.shape());
  const auto positions = static_cast<std::size_t>(task.context());
  std::vector<double> predictions(positions);
  std::vector<double> sums(positions);
  for (std::int64_t index = 0; index < task.eval_examples(); ++index) {
    task.ReadEval(index, buffer[0]);
    predictor->Predict(buffer[0], predictions);
    for (std::size_t t = 0; t < positions; ++t) {
      const double error =
          predictions[t] - static_cast<double>(buffer[0].target_vectors[t]);
      sums[t] += error * error;
    }
  }
  for (double& sum : sums) sum /= static_cast<double>(task.eval_examples());
  return sums;
}

std::size_t NumberOf(const Json& keys, std::string_view name) {
  Json json = {{"kind", "regression"}};
  json.update(keys);
  Problems problems;
  const auto names =
      ParseDataConfig(json, "a.json", 16, &problems).task->Baselines();
  return static_cast<std::size_t>(std::ranges::find(names, name) -
                                  names.begin());
}

TEST(RegressionBaselines, RidgeHasTheKnownErrorsInNoise) {
  const Json keys = {{"dimension", 8}, {"noise", 0.5}};
  const auto task = OpenRegression(keys, 32, 32 * 8192);
  const auto errors = ErrorsOf(*task, NumberOf(keys, "ridge"));
  const std::vector<std::pair<std::size_t, double>> known = {
      {0, 1.0}, {4, 0.532}, {8, 0.181}, {12, 0.0625}, {15, 0.0375}};
  for (const auto& [shown, error] : known) {
    EXPECT_NEAR(errors[2 * shown] / 8.0, error, 0.06 * error) << shown;
  }
  double sum = 0.0;
  for (std::size_t t = 0; t < errors.size(); t += 2) sum += errors[t];
  EXPECT_NEAR(sum / 16.0, *task->info().optimum.on_evaluation_set, 1e-9);
}

TEST(RegressionBaselines, NoneIsBetterThanTheBestOne) {
  for (const Json& keys :
       {Json{{"dimension", 3}, {"noise", 0.5}}, Json{{"dimension", 3}},
        Json{{"dimension", 3},
             {"noise", 0.5},
             {"eval_tasks", "same"},
             {"tasks", 4}}}) {
    const auto task = OpenRegression(keys, 16, 16 * 2048);
    const bool same = keys.contains("tasks");
    const char* best_name = same                     ? "mean_of_tasks"
                            : keys.contains("noise") ? "ridge"
                                                     : "least_squares";
    const std::size_t best = NumberOf(keys, best_name);
    const auto least = ErrorsOf(*task, best);
    for (std::size_t i = 0; i < best; ++i) {
      const auto errors = ErrorsOf(*task, i);
      for (std::size_t t = 0; t < 16; t += 2) {
        EXPECT_GE(errors[t], 0.9 * least[t] - 1e-6) << keys << i << " at " << t;
      }
    }
  }
}

TEST(RegressionBaselines, PredictTheLastOnlyOfConcatenatedPairs) {
  const Json keys = {{"dimension", 2}, {"layout", "concatenated"}};
  const auto task = OpenRegression(keys, 8, 8 * 512);
  const auto errors = ErrorsOf(*task, NumberOf(keys, "least_squares"));
  EXPECT_NEAR(errors[7], 0.0, 1e-6);
  EXPECT_EQ(NumberOf(keys, "ridge"), NumberOf(keys, "no such"));
}

}  // namespace
}  // namespace isoflop
