#include "lib/train/divergence_guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace isoflop {
namespace {

using testing::HasSubstr;
using testing::Optional;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

ModelShape OfVocabulary(std::int64_t size) {
  ModelShape shape;
  shape.vocab_size = size;
  return shape;
}

/// Adds `steps` losses from `first` on; returns the last answer.
std::optional<std::string> AddMany(DivergenceGuard* guard, std::int64_t first,
                                   std::int64_t steps, double loss) {
  std::optional<std::string> answer;
  for (std::int64_t step = first; step < first + steps; ++step) {
    answer = guard->Add(step, loss, 1.0);
  }
  return answer;
}

TEST(DivergenceGuard, LetsAFallingLossPass) {
  DivergenceGuard guard(OfVocabulary(64));
  for (std::int64_t step = 0; step < 1000; ++step) {
    const double loss = 4.0 / (1.0 + 0.01 * static_cast<double>(step));
    EXPECT_FALSE(guard.Add(step, loss, 1.0)) << step;
  }
}

TEST(DivergenceGuard, StopsAtOnceAtALossThatIsNotFinite) {
  for (const double loss : {kInfinity, kNan}) {
    DivergenceGuard guard(OfVocabulary(64));
    EXPECT_THAT(guard.Add(3, loss, 1.0),
                Optional(HasSubstr("loss of step 4 is")));
  }
}

TEST(DivergenceGuard, StopsAtOnceAtAGradientThatIsNotFinite) {
  DivergenceGuard guard(OfVocabulary(64));
  EXPECT_THAT(guard.Add(3, 1.0, kInfinity),
              Optional(HasSubstr("gradient of step 4")));
}

TEST(DivergenceGuard, StopsWhenTheMeanIsFarAboveItsMinimum) {
  DivergenceGuard guard(OfVocabulary(64));  // ln(64) / 2 = 2.08
  EXPECT_FALSE(AddMany(&guard, 0, 20, 1.5));
  EXPECT_FALSE(AddMany(&guard, 20, 20, 3.5));
  EXPECT_THAT(AddMany(&guard, 40, 20, 3.6),
              Optional(HasSubstr("steps 41-60 is 3.6000, more than 2.08 above "
                                 "the lowest mean before, 1.5000")));
}

TEST(DivergenceGuard, ForgivesASpike) {
  DivergenceGuard guard(OfVocabulary(64));
  EXPECT_FALSE(AddMany(&guard, 0, 39, 1.5));
  EXPECT_FALSE(guard.Add(39, 30.0, 1.0));
  EXPECT_FALSE(AddMany(&guard, 40, 20, 1.5));
}

TEST(DivergenceGuard, AllowsASmallVocabularyAWholeNat) {
  DivergenceGuard guard(OfVocabulary(2));
  EXPECT_FALSE(AddMany(&guard, 0, 20, 0.1));
  EXPECT_FALSE(AddMany(&guard, 20, 20, 1.0));
  EXPECT_TRUE(AddMany(&guard, 40, 20, 1.2));
}

TEST(DivergenceGuard, GoesOnWhereItWasSaved) {
  DivergenceGuard guard(OfVocabulary(64));
  AddMany(&guard, 0, 33, 1.5);
  DivergenceGuard loaded(OfVocabulary(64));
  Problems problems;
  loaded.Load(guard.ToJson(), "guard", &problems);
  EXPECT_TRUE(problems.empty());
  EXPECT_EQ(loaded.ToJson(), guard.ToJson());
  EXPECT_EQ(AddMany(&loaded, 33, 27, 9.0), AddMany(&guard, 33, 27, 9.0));
}

TEST(DivergenceGuard, JudgesSquaredErrorsByTheFirstOnes) {
  ModelShape shape;
  shape.d_out = 1;
  DivergenceGuard guard(shape);
  // Whatever they are measured in.
  EXPECT_FALSE(AddMany(&guard, 0, 20, 1000.0));
  EXPECT_FALSE(AddMany(&guard, 20, 20, 10.0));
  EXPECT_FALSE(AddMany(&guard, 40, 20, 4000.0));
  EXPECT_THAT(AddMany(&guard, 60, 20, 4100.0),
              Optional(HasSubstr("more than 4000.00 above the lowest mean")));
}

}  // namespace
}  // namespace isoflop
