#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "lib/core/json.h"
#include "lib/data/task.h"
#include "tests/data/open_kind.h"
#include "tests/support/expect_error.h"

namespace isoflop {
namespace {

using testing::DoubleNear;
using testing::Pointwise;

std::unique_ptr<Task> OpenTeacher(const Json& keys, std::int64_t context) {
  return OpenKind("teacher", keys, context);
}

struct TeacherExample {
  std::vector<float> x, y;

  bool operator==(const TeacherExample&) const = default;
};

TeacherExample CopyOfTeacher(const ExampleSpans& example) {
  return {{example.vectors.begin(), example.vectors.end()},
          {example.target_vectors.begin(), example.target_vectors.end()}};
}

TeacherExample ReadTeacher(const Task& task, std::int64_t index,
                           std::int64_t seed = 0) {
  ExampleBuffer buffer(task.shape());
  task.ReadTrain(seed, index, buffer[0]);
  return CopyOfTeacher(buffer[0]);
}

TEST(Teacher, HasTargetsOfMeanZeroAndVarianceOne) {
  for (const double memory : {0.0, 0.5, 0.9}) {
    const auto task = OpenTeacher({{"outputs", 2}, {"memory", memory}}, 256);
    double sum[2] = {};
    double squares[2] = {};
    for (int i = 0; i < 100; ++i) {
      const TeacherExample example = ReadTeacher(*task, i);
      for (std::size_t n = 0; n < example.y.size(); ++n) {
        const auto y = static_cast<double>(example.y[n]);
        sum[n % 2] += y;
        squares[n % 2] += y * y;
      }
    }
    for (int output = 0; output < 2; ++output) {
      EXPECT_NEAR(sum[output] / 25600.0, 0.0, 0.15);
      EXPECT_NEAR(squares[output] / 25600.0, 1.0, 0.1);
    }
  }
}

/// Returns the mean product of y_t with y_{t+1}, of targets whose x differ.
double Correlation(const Task& task) {
  double sum = 0.0;
  double count = 0.0;
  for (int i = 0; i < 200; ++i) {
    const TeacherExample example = ReadTeacher(task, i);
    for (std::size_t t = 10; t + 1 < example.y.size(); ++t) {
      sum += static_cast<double>(example.y[t] * example.y[t + 1]);
      count += 1.0;
    }
  }
  return sum / count;
}

TEST(Teacher, RemembersAsMuchAsItsMemorySays) {
  EXPECT_NEAR(Correlation(*OpenTeacher({{"memory", 0}}, 64)), 0.0, 0.04);
  const double some = Correlation(*OpenTeacher({}, 64));
  const double much = Correlation(*OpenTeacher({{"memory", 0.95}}, 64));
  EXPECT_GT(some, 0.1);
  EXPECT_GT(much, some);
}

TEST(Teacher, LooksAtNothingToCome) {
  const TeacherExample longer = ReadTeacher(*OpenTeacher({}, 64), 3);
  TeacherExample shorter = ReadTeacher(*OpenTeacher({}, 10), 3);
  EXPECT_TRUE(std::equal(shorter.x.begin(), shorter.x.end(), longer.x.begin()));
  EXPECT_TRUE(std::equal(shorter.y.begin(), shorter.y.end(), longer.y.begin()));
}

TEST(Teacher, GivesTheSameExampleWhateverWasReadBefore) {
  const auto task = OpenTeacher({}, 16);
  const TeacherExample later = ReadTeacher(*task, 1000, 3);
  EXPECT_NE(ReadTeacher(*task, 1001, 3), later);
  EXPECT_NE(ReadTeacher(*task, 1000, 4), later);
  EXPECT_EQ(ReadTeacher(*task, 1000, 3), later);
  ExampleBuffer buffer(task->shape());
  task->ReadEval(0, buffer[0]);
  EXPECT_NE(CopyOfTeacher(buffer[0]), ReadTeacher(*task, 0, 0));
}

TEST(Teacher, IsAnotherForEveryTaskSeed) {
  const TeacherExample one = ReadTeacher(*OpenTeacher({}, 16), 0);
  const TeacherExample two =
      ReadTeacher(*OpenTeacher({{"task_seed", 1}}, 16), 0);
  EXPECT_EQ(one.x, two.x);
  EXPECT_NE(one.y, two.y);
}

TEST(Teacher, SameSettingsGiveTheSameTargetsInEveryBuild) {
  // A change of these changes the data of every recorded run; the number in the
  // fingerprint has to change with them.
  const auto task = OpenTeacher({{"inputs", 1}}, 4);
  const TeacherExample example = ReadTeacher(*task, 0);
  const std::vector<double> x = {2.36661, 0.892251, 0.632016, -0.996344};
  const std::vector<double> y = {1.55529, 2.06236, 1.92909, 0.312903};
  EXPECT_THAT(example.x, Pointwise(DoubleNear(1e-5), x));
  EXPECT_THAT(example.y, Pointwise(DoubleNear(1e-5), y));
  EXPECT_EQ(task->info().fingerprint,
            "9c1371aed82f535ac3583cb6c33f029a3ba422ae4f7291154f1bc0b69219b8f9");
}

TEST(Teacher, SaysItsShapeAndThatItCanBeLearned) {
  const auto task = OpenTeacher({{"inputs", 3}, {"outputs", 2}}, 16);
  EXPECT_EQ(task->shape().d_in, 3);
  EXPECT_EQ(task->shape().d_out, 2);
  EXPECT_TRUE(task->shape().all_count());
  EXPECT_EQ(task->info().vocab_size, 0);
  EXPECT_EQ(task->info().loss_unit, LossUnit::kSquaredError);
  EXPECT_EQ(task->info().optimum.expected, 0.0);
}

TEST(Teacher, RefusesSettingsOutOfRange) {
  EXPECT_ERROR(OpenTeacher({{"memory", 1}}, 16),
               "a.json: data.memory: must be from 0 to 0.99, got 1");
  EXPECT_ERROR(OpenTeacher({{"inputs", 0}}, 16), "inputs: must be from 1");
  EXPECT_ERROR(OpenTeacher({{"outputs", 0}}, 16), "outputs: must be from 1");
  EXPECT_ERROR(OpenTeacher({{"hidden", 0}}, 16), "hidden: must be from 1");
  EXPECT_ERROR(OpenTeacher({{"task_seed", -1}}, 16), "task_seed: must be");
}

}  // namespace
}  // namespace isoflop
