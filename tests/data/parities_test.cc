#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <map>
#include <vector>

#include "lib/data/task.h"
#include "tests/data/open_kind.h"

namespace isoflop {
namespace {

constexpr std::int64_t kParities = 3;
constexpr std::int64_t kBits = 6;

std::unique_ptr<Task> ThreeParities(std::int64_t subset = 2) {
  return OpenKind("parities",
                  {{"parities", kParities},
                   {"bits", kBits},
                   {"subset", subset},
                   {"alpha", 0.5}},
                  1);
}

struct Example {
  std::int64_t parity = -1;  // which, as the input says
  std::vector<bool> bits;
  std::int32_t target = 0;
};

Example ReadOne(const Task& task, std::int64_t index) {
  ExampleBuffer buffer(task.shape());
  const ExampleSpans spans = buffer[0];
  task.ReadEval(index, spans);
  Example example;
  for (std::int64_t i = 0; i < kParities; ++i) {
    const float here = spans.vectors[static_cast<std::size_t>(i)];
    if (here != 0.0F) {
      EXPECT_EQ(here, 1.0F);
      EXPECT_EQ(example.parity, -1);
      example.parity = i;
    }
  }
  for (const float bit : spans.vectors.subspan(kParities)) {
    EXPECT_EQ(std::abs(bit), 1.0F);
    example.bits.push_back(bit > 0.0F);
  }
  example.target = spans.target_tokens[0];
  return example;
}

TEST(Parities, AreThoseOfAFixedSubsetOfEachTask) {
  const auto task = ThreeParities();
  // Of the fifteen pairs of bits one explains all examples of a task.
  std::map<std::int64_t, int> fitting;
  for (std::size_t a = 0; a < kBits; ++a) {
    for (std::size_t b = a + 1; b < kBits; ++b) {
      std::map<std::int64_t, bool> fits;
      for (std::int64_t index = 0; index < 400; ++index) {
        const Example example = ReadOne(*task, index);
        const bool right =
            (example.bits[a] != example.bits[b]) == (example.target == 1);
        fits.try_emplace(example.parity, true).first->second &= right;
      }
      for (const auto& [parity, all] : fits) fitting[parity] += all ? 1 : 0;
    }
  }
  EXPECT_THAT(fitting,
              testing::ElementsAre(testing::Pair(0, 1), testing::Pair(1, 1),
                                   testing::Pair(2, 1)));
}

TEST(Parities, ComeAsPowersOfTheirRank) {
  const auto task = ThreeParities();
  std::vector<double> counts(kParities);
  constexpr std::int64_t kExamples = 20000;
  for (std::int64_t index = 0; index < kExamples; ++index) {
    ++counts[static_cast<std::size_t>(ReadOne(*task, index).parity)];
  }
  double sum = 0.0;
  for (int i = 1; i <= kParities; ++i) sum += std::pow(i, -1.5);
  for (int i = 1; i <= kParities; ++i) {
    const double p = std::pow(i, -1.5) / sum;
    const double error = std::sqrt(p * (1.0 - p) / kExamples);
    EXPECT_NEAR(counts[static_cast<std::size_t>(i - 1)] / kExamples, p,
                4.0 * error);
  }
}

TEST(Parities, NameTheTaskAsAFactor) {
  const auto task = ThreeParities();
  for (std::int64_t index = 0; index < 50; ++index) {
    EXPECT_THAT(task->FactorsOf(index),
                testing::ElementsAre(ReadOne(*task, index).parity));
  }
}

TEST(Parities, OfOneBitAreThatBit) {
  const auto task = ThreeParities(1);
  std::map<std::int64_t, std::vector<int>> agreeing;
  for (std::int64_t index = 0; index < 300; ++index) {
    const Example example = ReadOne(*task, index);
    auto& of_bits =
        agreeing.try_emplace(example.parity, kBits, 1).first->second;
    for (std::size_t bit = 0; bit < kBits; ++bit) {
      if (example.bits[bit] != (example.target == 1)) of_bits[bit] = 0;
    }
  }
  for (const auto& [parity, bits] : agreeing) {
    EXPECT_THAT(bits, testing::Contains(1).Times(1));
  }
}

}  // namespace
}  // namespace isoflop
