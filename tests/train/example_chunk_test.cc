#include "lib/train/example_chunk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <vector>

#include "lib/core/error.h"
#include "tests/support/expect_error.h"

namespace isoflop {
namespace {

using testing::ElementsAre;

/// Example i has the tokens i, i + 1 and the targets i + 1, seed.
class CountingTask : public Task {
 public:
  explicit CountingTask(std::int64_t vocab_size) {
    shape_ = {.positions = 2, .vocab_size = vocab_size, .counted = 2};
  }

  void ReadTrain(std::int64_t seed, std::int64_t index,
                 const ExampleSpans& example) const override {
    Require(index != bad_example, "example {} is bad", index);
    ++reads;
    const auto token = static_cast<std::int32_t>(index);
    example.tokens[0] = token;
    example.tokens[1] = token + 1;
    example.target_tokens[0] = token + 1;
    example.target_tokens[1] = static_cast<std::int32_t>(seed);
  }

  void ReadEval(std::int64_t, const ExampleSpans&) const override {}

  std::int64_t bad_example = -1;
  mutable std::atomic<int> reads = 0;
};

/// Two positions of vectors of up to three numbers, of which the second counts.
class VectorTask : public Task {
 public:
  VectorTask() {
    shape_ = {.positions = 2,
              .d_in = 3,
              .d_out = 1,
              .counted = 1,
              .nested_inputs = true};
  }

  void ReadTrain(std::int64_t, std::int64_t index,
                 const ExampleSpans& example) const override {
    std::ranges::fill(example.vectors, static_cast<float>(index));
    std::ranges::fill(example.target_vectors, static_cast<float>(-index));
    example.counts[0] = 0;
    example.counts[1] = 1;
  }

  void ReadEval(std::int64_t, const ExampleSpans&) const override {}
};

at::Tensor Row(std::int64_t row) {
  return at::full({1}, row, at::TensorOptions(at::kLong));
}

template <typename Number>
std::vector<Number> Numbers(const at::Tensor& tensor) {
  const at::Tensor contiguous = tensor.contiguous();
  const auto* data = contiguous.data_ptr<Number>();
  return {data, data + contiguous.numel()};
}

std::vector<std::int64_t> Tokens(const Batch& chunk, std::int64_t row) {
  return Numbers<std::int64_t>(ChunkRow(chunk, Row(row)).inputs);
}

std::vector<std::int64_t> Targets(const Batch& chunk, std::int64_t row) {
  return Numbers<std::int64_t>(ChunkRow(chunk, Row(row)).targets);
}

TEST(ChunkReader, ReadsMicroBatchesInOrder) {
  const CountingTask task(100);
  ChunkReader reader(task, {}, /*seed=*/9, /*examples_per_row=*/2);
  const Batch chunk = reader.Read({.first_example = 4, .rows = 2}, {});
  EXPECT_THAT(Tokens(chunk, 0), ElementsAre(4, 5, 5, 6));
  EXPECT_THAT(Targets(chunk, 0), ElementsAre(5, 9, 6, 9));
  EXPECT_THAT(Tokens(chunk, 1), ElementsAre(6, 7, 7, 8));
  EXPECT_THAT(Targets(chunk, 1), ElementsAre(7, 9, 8, 9));
}

TEST(ChunkReader, TakesTwoBytesForATokenOfUpTo16Bits) {
  const CountingTask task(65536);
  ChunkReader reader(task, {}, 0, 1);
  const Batch chunk = reader.Read({.first_example = 65533, .rows = 2}, {});
  EXPECT_EQ(chunk.inputs.element_size(), 2);
  EXPECT_THAT(Tokens(chunk, 1), ElementsAre(65534, 65535));
}

TEST(ChunkReader, TakesFourBytesForALargerVocabulary) {
  const CountingTask task(65537);
  ChunkReader reader(task, {}, 0, 1);
  const Batch chunk = reader.Read({.first_example = 65535, .rows = 1}, {});
  EXPECT_EQ(chunk.inputs.element_size(), 4);
  EXPECT_THAT(Tokens(chunk, 0), ElementsAre(65535, 65536));
}

TEST(ChunkReader, ReadsTheNextChunkAheadAndOnce) {
  const CountingTask task(100);
  ChunkReader reader(task, {}, 0, 1);
  const ChunkRange first{.first_example = 0, .rows = 3};
  const ChunkRange second{.first_example = 3, .rows = 3};
  reader.Read(first, second);
  EXPECT_THAT(Tokens(reader.Read(second, {}), 2), ElementsAre(5, 6));
  EXPECT_EQ(task.reads, 6);
}

TEST(ChunkReader, ReadsWhatIsAskedForWhateverWasReadAhead) {
  const CountingTask task(100);
  ChunkReader reader(task, {}, 0, 1);
  reader.Read({.first_example = 0, .rows = 1}, {.first_example = 1, .rows = 1});
  const Batch chunk = reader.Read({.first_example = 7, .rows = 1}, {});
  EXPECT_THAT(Tokens(chunk, 0), ElementsAre(7, 8));
}

TEST(ChunkReader, FailsWhereABadExampleIsNeededAndNotBefore) {
  CountingTask task(100);
  task.bad_example = 5;
  ChunkReader reader(task, {}, 0, 1);
  const ChunkRange next{.first_example = 4, .rows = 4};
  EXPECT_NO_THROW(reader.Read({.first_example = 0, .rows = 4}, next));
  EXPECT_ERROR(reader.Read(next, {}), "example 5 is bad");
}

TEST(ChunkReader, ReadsAsMuchOfNestedInputsAsAModelTakes) {
  const VectorTask task;
  ModelShape model;
  model.d_in = 2;
  ChunkReader reader(task, model, 0, /*examples_per_row=*/1);
  const Batch chunk = reader.Read({.first_example = 7, .rows = 2}, {});
  const Batch row = ChunkRow(chunk, Row(1));
  EXPECT_THAT(row.inputs.sizes(), ElementsAre(1, 2, 2));
  EXPECT_THAT(Numbers<float>(row.inputs), ElementsAre(8, 8, 8, 8));
  EXPECT_THAT(Numbers<float>(row.targets), ElementsAre(-8, -8));
  EXPECT_THAT(Numbers<float>(row.counts), ElementsAre(0, 1));
}

}  // namespace
}  // namespace isoflop
