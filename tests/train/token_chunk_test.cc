#include "lib/train/token_chunk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <vector>

#include "lib/core/error.h"
#include "tests/support/expect_error.h"

namespace isoflop {
namespace {

using testing::ElementsAre;

/// Windows of two tokens: window i is i, i + 1, and the seed.
class CountingSource : public DataSource {
 public:
  explicit CountingSource(std::int64_t vocab_size) {
    info_.vocab_size = vocab_size;
    context_ = 2;
  }

  std::optional<std::int64_t> train_windows() const override { return {}; }

  void ReadTrainWindow(std::int64_t seed, std::int64_t index,
                       std::span<std::int32_t> window) const override {
    Require(index != bad_window, "window {} is bad", index);
    ++reads;
    const auto token = static_cast<std::int32_t>(index);
    window[0] = token;
    window[1] = token + 1;
    window[2] = static_cast<std::int32_t>(seed);
  }

  void ReadEvalWindow(std::int64_t, std::span<std::int32_t>) const override {}

  std::int64_t bad_window = -1;
  mutable std::atomic<int> reads = 0;
};

at::Tensor Row(std::int64_t row) {
  return at::full({1}, row, at::TensorOptions(at::kLong));
}

std::vector<std::int64_t> Tokens(const at::Tensor& chunk, std::int64_t row) {
  const at::Tensor tokens = ChunkRow(chunk, Row(row)).contiguous();
  EXPECT_EQ(tokens.scalar_type(), at::kLong);
  const auto* data = tokens.data_ptr<std::int64_t>();
  return {data, data + tokens.numel()};
}

TEST(ChunkReader, ReadsMicroBatchesInOrder) {
  const CountingSource source(100);
  ChunkReader reader(source, /*seed=*/9, /*windows_per_row=*/2);
  const at::Tensor chunk = reader.Read({.first_window = 4, .rows = 2}, {});
  EXPECT_THAT(Tokens(chunk, 0), ElementsAre(4, 5, 9, 5, 6, 9));
  EXPECT_THAT(Tokens(chunk, 1), ElementsAre(6, 7, 9, 7, 8, 9));
}

TEST(ChunkReader, TakesTwoBytesForATokenOfUpTo16Bits) {
  const CountingSource source(65536);
  ChunkReader reader(source, 0, 1);
  const at::Tensor chunk = reader.Read({.first_window = 65533, .rows = 2}, {});
  EXPECT_EQ(chunk.element_size(), 2);
  EXPECT_THAT(Tokens(chunk, 1), ElementsAre(65534, 65535, 0));
}

TEST(ChunkReader, TakesFourBytesForALargerVocabulary) {
  const CountingSource source(65537);
  ChunkReader reader(source, 0, 1);
  const at::Tensor chunk = reader.Read({.first_window = 65535, .rows = 1}, {});
  EXPECT_EQ(chunk.element_size(), 4);
  EXPECT_THAT(Tokens(chunk, 0), ElementsAre(65535, 65536, 0));
}

TEST(ChunkReader, ReadsTheNextChunkAheadAndOnce) {
  const CountingSource source(100);
  ChunkReader reader(source, 0, 1);
  const ChunkRange first{.first_window = 0, .rows = 3};
  const ChunkRange second{.first_window = 3, .rows = 3};
  reader.Read(first, second);
  EXPECT_THAT(Tokens(reader.Read(second, {}), 2), ElementsAre(5, 6, 0));
  EXPECT_EQ(source.reads, 6);
}

TEST(ChunkReader, ReadsWhatIsAskedForWhateverWasReadAhead) {
  const CountingSource source(100);
  ChunkReader reader(source, 0, 1);
  reader.Read({.first_window = 0, .rows = 1}, {.first_window = 1, .rows = 1});
  const at::Tensor chunk = reader.Read({.first_window = 7, .rows = 1}, {});
  EXPECT_THAT(Tokens(chunk, 0), ElementsAre(7, 8, 0));
}

TEST(ChunkReader, FailsWhereABadWindowIsNeededAndNotBefore) {
  CountingSource source(100);
  source.bad_window = 5;
  ChunkReader reader(source, 0, 1);
  const ChunkRange next{.first_window = 4, .rows = 4};
  EXPECT_NO_THROW(reader.Read({.first_window = 0, .rows = 4}, next));
  EXPECT_ERROR(reader.Read(next, {}), "window 5 is bad");
}

}  // namespace
}  // namespace isoflop
