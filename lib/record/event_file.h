// Event files, which TensorBoard reads, and other trackers after it: scalars
// over steps. A file is a row of records,
//
//   length of data   8 bytes, little-endian
//   its checksum     4 bytes
//   data             a protocol buffer of type Event
//   its checksum     4 bytes
//
// and the first of them names the version, "brain.Event:2". A checksum is the
// CRC-32C turned right by 15 bits, plus 0xA282EAD8.
//
// Source: TensorFlow, tensorflow/core/lib/io/record_writer.h and
// tensorflow/core/util/event.proto (its comments and field numbers).

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace isoflop {

/// A number with its name: "loss/train". Files hold it in single precision.
struct Scalar {
  std::string tag;
  double value = 0.0;
};

/// What was so at one step.
struct ScalarEvent {
  double wall_time = 0.0;  // seconds since 1970
  std::int64_t step = 0;
  std::vector<Scalar> scalars = {};
};

/// Returns the bytes of a file of these events. `writer` says who wrote it
/// (SourceMetadata.writer); its first record is of the time of the first event.
std::string EventFileText(std::span<const ScalarEvent> events,
                          std::string_view writer);

/// Whether `text` begins as EventFileText begins with that writer, whatever the
/// time.
bool IsEventFileOf(std::string_view text, std::string_view writer);

}  // namespace isoflop
