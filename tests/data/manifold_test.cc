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
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pointwise;

std::unique_ptr<Task> OpenManifold(const Json& keys, std::int64_t context = 1) {
  return OpenKind("manifold", keys, context);
}

struct ManifoldPoint {
  std::vector<float> x;
  float y = 0.0F;

  bool operator==(const ManifoldPoint&) const = default;
};

ManifoldPoint ReadManifold(const Task& task, std::int64_t index,
                           std::int64_t seed = 0) {
  ManifoldPoint point;
  point.x.resize(static_cast<std::size_t>(task.shape().d_in));
  task.ReadTrain(seed, index,
                 {.vectors = point.x, .target_vectors = {&point.y, 1}});
  return point;
}

TEST(Manifold, HasATargetOfMeanZeroAndVarianceOne) {
  for (const int dimension : {1, 2, 5, 20}) {
    const auto task = OpenManifold({{"dimension", dimension}, {"ambient", 41}});
    constexpr int kPoints = 20000;
    double sum = 0.0;
    double squares = 0.0;
    double fourth = 0.0;
    for (int i = 0; i < kPoints; ++i) {
      const auto y = static_cast<double>(ReadManifold(*task, i).y);
      sum += y;
      squares += y * y;
      fourth += std::pow(y, 4.0);
    }
    const double variance = squares / kPoints;
    EXPECT_NEAR(sum / kPoints, 0.0, 3.0 * std::sqrt(variance / kPoints));
    EXPECT_NEAR(
        variance, 1.0,
        3.0 * std::sqrt((fourth / kPoints - variance * variance) / kPoints));
  }
}

double SquaredDistance(const ManifoldPoint& a, const ManifoldPoint& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.x.size(); ++i) {
    sum += std::pow(static_cast<double>(a.x[i] - b.x[i]), 2.0);
  }
  return sum;
}

/// Returns the dimension by the maximum likelihood of the ratios between the
/// distances of the two nearest neighbours (Facco et al. 2017).
double MeasuredDimension(const Task& task) {
  constexpr int kPoints = 1500;
  std::vector<ManifoldPoint> points;
  for (int i = 0; i < kPoints; ++i) points.push_back(ReadManifold(task, i));
  double sum = 0.0;
  for (const ManifoldPoint& point : points) {
    double nearest = 1e9;
    double second = 1e9;
    for (const ManifoldPoint& other : points) {
      if (&other == &point) continue;
      const double distance = SquaredDistance(point, other);
      second = std::min(second, std::max(nearest, distance));
      nearest = std::min(nearest, distance);
    }
    sum += 0.5 * std::log(second / nearest);
  }
  return kPoints / sum;
}

TEST(Manifold, HasTheDimensionThatWasAskedFor) {
  // The estimate has a standard error of 2.6 %; edges lower it in more
  // dimensions.
  EXPECT_NEAR(MeasuredDimension(*OpenManifold({{"dimension", 1}})), 1.0, 0.1);
  EXPECT_NEAR(MeasuredDimension(*OpenManifold({{"dimension", 2}})), 2.0, 0.2);
  EXPECT_NEAR(
      MeasuredDimension(*OpenManifold({{"dimension", 4}, {"ambient", 32}})),
      4.0, 0.6);
}

TEST(Manifold, HasAlikeTargetsWhereInputsAreAlike) {
  const auto task = OpenManifold({});
  std::vector<ManifoldPoint> points;
  for (int i = 0; i < 2000; ++i) points.push_back(ReadManifold(*task, i));
  double squares = 0.0;
  for (std::size_t i = 0; i < 100; ++i) {
    const ManifoldPoint& point = points[i];
    const auto nearest = std::min_element(
        points.begin() + 100, points.end(),
        [&](const ManifoldPoint& a, const ManifoldPoint& b) {
          return SquaredDistance(a, point) < SquaredDistance(b, point);
        });
    squares += std::pow(static_cast<double>(nearest->y - point.y), 2.0);
  }
  EXPECT_LT(squares / 100.0, 0.02);
}

TEST(Manifold, HasTheFirstInputsWhateverTheirNumber) {
  const ManifoldPoint few = ReadManifold(*OpenManifold({{"ambient", 5}}), 9);
  const ManifoldPoint many = ReadManifold(*OpenManifold({{"ambient", 50}}), 9);
  EXPECT_TRUE(std::equal(few.x.begin(), few.x.end(), many.x.begin()));
  EXPECT_EQ(few.y, many.y);
}

TEST(Manifold, GivesTheSamePointWhateverWasReadBefore) {
  const auto task = OpenManifold({});
  const ManifoldPoint later = ReadManifold(*task, 1000, 3);
  EXPECT_NE(ReadManifold(*task, 1001, 3), later);
  EXPECT_NE(ReadManifold(*task, 1000, 4), later);
  EXPECT_EQ(ReadManifold(*task, 1000, 3), later);
  ManifoldPoint eval = later;
  task->ReadEval(1000, {.vectors = eval.x, .target_vectors = {&eval.y, 1}});
  EXPECT_NE(eval, ReadManifold(*task, 1000, 0));
  EXPECT_NE(ReadManifold(*OpenManifold({{"task_seed", 1}}), 1000, 3), later);
}

TEST(Manifold, SameSettingsGiveTheSamePointsInEveryBuild) {
  // A change of these changes the data of every recorded run; the number in the
  // fingerprint has to change with them.
  const auto task = OpenManifold({{"ambient", 5}});
  const ManifoldPoint point = ReadManifold(*task, 0);
  const std::vector<double> known = {-1.38775, 1.2705, 1.16895, 1.11768,
                                     -0.335449};
  EXPECT_THAT(point.x, Pointwise(DoubleNear(1e-5), known));
  EXPECT_NEAR(point.y, -1.65432, 1e-5);
  EXPECT_EQ(task->info().fingerprint,
            "e0687fe71218d879ca70672e13c1d7c2690b64a82980f023a1f7708468a983b0");
}

TEST(Manifold, SaysWhatIsExpectedOfIt) {
  const auto task = OpenManifold({{"dimension", 6}});
  EXPECT_EQ(task->info().loss_unit, LossUnit::kSquaredError);
  EXPECT_EQ(task->info().optimum.expected, 0.0);
  EXPECT_THAT(task->info().notes, ElementsAre(HasSubstr("N^-0.6667")));
}

TEST(Manifold, RefusesWhatDoesNotFit) {
  EXPECT_ERROR(OpenManifold({}, 64),
               "a.json: data.kind: manifold has examples of one position: "
               "model.context must be 1, got 64");
  EXPECT_ERROR(OpenManifold({{"dimension", 8}}),
               "a.json: data.ambient: must be above twice the dimension of 8, "
               "so that the manifold does not cross itself: at least 17, got "
               "16");
  EXPECT_ERROR(OpenManifold({{"dimension", 65}}), "dimension: must be from 1");
  EXPECT_ERROR(OpenManifold({{"ambient", 0}}), "ambient: must be");
  EXPECT_ERROR(OpenManifold({{"task_seed", -1}}), "task_seed: must be");
}

}  // namespace
}  // namespace isoflop
