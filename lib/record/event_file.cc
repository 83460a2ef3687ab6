#include "lib/record/event_file.h"

#include <bit>
#include <cstddef>

#include "lib/core/crc32c.h"

namespace isoflop {
namespace {

// Field numbers of event.proto and summary.proto.
constexpr std::uint32_t kEventWallTime = 1;
constexpr std::uint32_t kEventStep = 2;
constexpr std::uint32_t kEventFileVersion = 3;
constexpr std::uint32_t kEventSummary = 5;
constexpr std::uint32_t kEventSourceMetadata = 10;
constexpr std::uint32_t kSourceMetadataWriter = 1;
constexpr std::uint32_t kSummaryValue = 1;
constexpr std::uint32_t kValueTag = 1;
constexpr std::uint32_t kValueSimpleValue = 2;

// How the bytes of a field are to be read.
enum class WireType : std::uint32_t {
  kVarint = 0,
  kFixed64 = 1,
  kBytes = 2,
  kFixed32 = 5,
};

constexpr std::size_t kLengthSize = 8;
constexpr std::size_t kChecksumSize = 4;
// The time comes first in an event: its key and a double.
constexpr std::size_t kAfterWallTime = kLengthSize + kChecksumSize + 1 + 8;

/// `bytes` bytes, the lowest first.
std::string LittleEndian(std::uint64_t bits, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) {
    text.push_back(static_cast<char>((bits >> (8U * i)) & 0xFFU));
  }
  return text;
}

/// Seven bits a byte, the lowest first; the top bit says that more follow.
std::string Varint(std::uint64_t value) {
  std::string text;
  for (; value >= 0x80U; value >>= 7U) {
    text.push_back(static_cast<char>((value & 0x7FU) | 0x80U));
  }
  text.push_back(static_cast<char>(value));
  return text;
}

std::string Key(std::uint32_t field, WireType type) {
  return Varint((field << 3U) | static_cast<std::uint32_t>(type));
}

std::string BytesField(std::uint32_t field, std::string_view bytes) {
  return Key(field, WireType::kBytes) + Varint(bytes.size()) +
         std::string(bytes);
}

std::string WallTimeField(double seconds) {
  return Key(kEventWallTime, WireType::kFixed64) +
         LittleEndian(std::bit_cast<std::uint64_t>(seconds), 8);
}

std::string SimpleValueField(double value) {
  const auto single = static_cast<float>(value);
  return Key(kValueSimpleValue, WireType::kFixed32) +
         LittleEndian(std::bit_cast<std::uint32_t>(single), 4);
}

std::string EventOf(const ScalarEvent& event) {
  std::string summary;
  for (const Scalar& scalar : event.scalars) {
    summary += BytesField(kSummaryValue, BytesField(kValueTag, scalar.tag) +
                                             SimpleValueField(scalar.value));
  }
  return WallTimeField(event.wall_time) + Key(kEventStep, WireType::kVarint) +
         Varint(static_cast<std::uint64_t>(event.step)) +
         BytesField(kEventSummary, summary);
}

std::string Checksum(std::string_view bytes) {
  constexpr std::uint32_t kMaskDelta = 0xA282EAD8U;
  return LittleEndian(std::rotr(Crc32c(bytes), 15) + kMaskDelta, 4);
}

std::string Record(std::string_view data) {
  const std::string length = LittleEndian(data.size(), 8);
  return length + Checksum(length) + std::string(data) + Checksum(data);
}

std::string FirstRecord(double wall_time, std::string_view writer) {
  return Record(WallTimeField(wall_time) +
                BytesField(kEventFileVersion, "brain.Event:2") +
                BytesField(kEventSourceMetadata,
                           BytesField(kSourceMetadataWriter, writer)));
}

}  // namespace

std::string EventFileText(std::span<const ScalarEvent> events,
                          std::string_view writer) {
  std::string text =
      FirstRecord(events.empty() ? 0.0 : events.front().wall_time, writer);
  for (const ScalarEvent& event : events) text += Record(EventOf(event));
  return text;
}

bool IsEventFileOf(std::string_view text, std::string_view writer) {
  const std::string own = FirstRecord(0.0, writer);
  if (text.size() < own.size()) return false;
  const std::size_t rest = own.size() - kChecksumSize - kAfterWallTime;
  const std::size_t head = kLengthSize + kChecksumSize;
  return text.substr(0, head) == std::string_view(own).substr(0, head) &&
         text.substr(kAfterWallTime, rest) ==
             std::string_view(own).substr(kAfterWallTime, rest);
}

}  // namespace isoflop
