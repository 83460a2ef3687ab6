// The tokens of the next steps, packed for the device and read ahead of time.

#pragma once

#include <cstdint>
#include <future>

#include "lib/data/data_source.h"
#include "lib/model/tensor.h"

namespace isoflop {

/// Which windows a chunk holds: rows of micro-batches, one after another in the
/// order of the group's seed.
struct ChunkRange {
  std::int64_t first_window = 0;
  std::int64_t rows = 0;

  bool operator==(const ChunkRange&) const = default;
};

/// Reads chunks of training windows, the next one while the last is in use.
/// Two bytes a token go to the device, whatever the source: token files that no
/// GPU could hold, and streams without an end.
class ChunkReader {
 public:
  /// REQUIRES: `source` outlives the reader.
  ChunkReader(const DataSource& source, std::int64_t seed,
              std::int64_t windows_per_row)
      : source_(source), seed_(seed), windows_per_row_(windows_per_row) {}

  /// int16, holding uint16 bit by bit, or int32 where the vocabulary is larger.
  at::ScalarType dtype() const;

  /// Returns windows [rows, windows per row, context + 1] on the CPU, and
  /// begins to read `next`, unless that has no rows. Throws what reading
  /// throws.
  at::Tensor Read(const ChunkRange& range, const ChunkRange& next);

 private:
  at::Tensor ReadNow(const ChunkRange& range) const;

  const DataSource& source_;
  std::int64_t seed_;
  std::int64_t windows_per_row_;
  ChunkRange ahead_range_;
  std::future<at::Tensor> ahead_;
};

/// Returns row `row` (int64 [1]) of a chunk: int64 [windows, context + 1]. Only
/// the device looks at the number of the row.
at::Tensor ChunkRow(const at::Tensor& chunk, const at::Tensor& row);

}  // namespace isoflop
