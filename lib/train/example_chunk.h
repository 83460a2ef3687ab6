// The examples of the next steps, packed for the device and read ahead of time.

#pragma once

#include <cstdint>
#include <future>

#include "lib/data/task.h"
#include "lib/model/batch.h"
#include "lib/sweep/model_shape.h"
#include "lib/train/batch_reader.h"

namespace isoflop {

/// Which examples a chunk holds: rows of micro-batches, one after another in
/// the order of the group's seed.
struct ChunkRange {
  std::int64_t first_example = 0;
  std::int64_t rows = 0;

  bool operator==(const ChunkRange&) const = default;
};

/// Reads chunks of training examples, the next one while the last is in use.
/// Two bytes a token go to the device, whatever the task: token files that no
/// GPU could hold, and streams without an end.
class ChunkReader {
 public:
  /// REQUIRES: `task` outlives the reader.
  ChunkReader(const Task& task, const ModelShape& model, std::int64_t seed,
              std::int64_t examples_per_row)
      : task_(task),
        shape_(ExamplesFor(task, model)),
        seed_(seed),
        examples_per_row_(examples_per_row) {}

  /// Returns room for `rows` rows: tensors [rows, examples per row, T], and of
  /// vectors [..., width]. Tokens are int16, holding uint16 bit by bit, or
  /// int32 where the vocabulary is larger.
  Batch Room(std::int64_t rows) const;

  /// Returns a chunk on the CPU, as Room has it, and begins to read `next`,
  /// unless that has no rows. Throws what reading throws.
  Batch Read(const ChunkRange& range, const ChunkRange& next);

 private:
  Batch ReadNow(const ChunkRange& range) const;
  Batch ByRow(const Batch& examples) const;
  at::ScalarType TokenType() const;

  const Task& task_;
  ExampleShape shape_;
  std::int64_t seed_;
  std::int64_t examples_per_row_;
  ChunkRange ahead_range_;
  std::future<Batch> ahead_;
};

/// Returns row `row` (int64 [1]) of a chunk as a batch of the types that a
/// model takes. Only the device looks at the number of the row.
Batch ChunkRow(const Batch& chunk, const at::Tensor& row);

}  // namespace isoflop
