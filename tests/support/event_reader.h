// Reads event files as their format is described, with nothing of the code
// that writes them.

#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace isoflop {

/// A field of a protocol buffer: a number or bytes, by the wire type.
struct WireField {
  std::uint64_t number = 0;  // varint or fixed
  std::string bytes;
};

struct ReadEvent {
  double wall_time = 0.0;
  std::int64_t step = 0;
  std::string file_version = {};
  std::string writer = {};
  std::map<std::string, float> scalars = {};
};

namespace event_reader {

inline std::uint64_t Little(std::string_view bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    number = number * 256 + static_cast<unsigned char>(bytes[i]);
  }
  return number;
}

/// CRC-32C a bit at a time, then masked.
inline std::uint32_t MaskedChecksum(std::string_view bytes) {
  std::uint32_t rest = 0xFFFFFFFFU;
  for (const char c : bytes) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      const bool odd =
          ((rest ^ (static_cast<unsigned char>(c) >> bit)) & 1U) != 0;
      rest >>= 1U;
      if (odd) rest ^= 0x82F63B78U;
    }
  }
  const std::uint32_t sum = ~rest;
  return ((sum >> 15U) | (sum << 17U)) + 0xA282EAD8U;
}

inline std::uint64_t TakeVarint(std::string_view* text) {
  std::uint64_t number = 0;
  for (unsigned shift = 0; !text->empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(text->front());
    text->remove_prefix(1);
    number |= std::uint64_t{byte & 0x7FU} << shift;
    if (byte < 0x80) return number;
  }
  ADD_FAILURE() << "a number that does not end";
  return number;
}

inline std::string Take(std::size_t size, std::string_view* text) {
  EXPECT_LE(size, text->size()) << "cut off";
  std::string taken(text->substr(0, size));
  text->remove_prefix(std::min(size, text->size()));
  return taken;
}

inline std::multimap<std::uint64_t, WireField> Fields(std::string_view text) {
  std::multimap<std::uint64_t, WireField> fields;
  while (!text.empty()) {
    const std::uint64_t key = TakeVarint(&text);
    WireField field;
    switch (key % 8) {
      case 0:
        field.number = TakeVarint(&text);
        break;
      case 1:
        field.number = Little(Take(8, &text));
        break;
      case 2:
        field.bytes = Take(TakeVarint(&text), &text);
        break;
      case 5:
        field.number = Little(Take(4, &text));
        break;
      default:
        ADD_FAILURE() << "wire type " << key % 8;
        return fields;
    }
    fields.emplace(key / 8, field);
  }
  return fields;
}

template <typename To, typename From>
To BitsOf(From from) {
  To to{};
  static_assert(sizeof(To) == sizeof(From));
  std::memcpy(&to, &from, sizeof(to));
  return to;
}

inline WireField Only(const std::multimap<std::uint64_t, WireField>& fields,
                      std::uint64_t number) {
  EXPECT_LE(fields.count(number), 1U) << "field " << number;
  const auto found = fields.find(number);
  return found == fields.end() ? WireField{} : found->second;
}

inline ReadEvent Event(std::string_view data) {
  const auto fields = Fields(data);
  ReadEvent event{.wall_time = BitsOf<double>(Only(fields, 1).number),
                  .step = static_cast<std::int64_t>(Only(fields, 2).number),
                  .file_version = Only(fields, 3).bytes,
                  .writer = Only(Fields(Only(fields, 10).bytes), 1).bytes};
  for (const auto& value : Fields(Only(fields, 5).bytes)) {
    EXPECT_EQ(value.first, 1U);
    const auto parts = Fields(value.second.bytes);
    const auto bits = static_cast<std::uint32_t>(Only(parts, 2).number);
    event.scalars[Only(parts, 1).bytes] = BitsOf<float>(bits);
  }
  return event;
}

}  // namespace event_reader

/// Returns the data of every record; expects whole ones with right checksums.
inline std::vector<std::string> RecordsOf(std::string_view file) {
  using namespace event_reader;
  std::vector<std::string> records;
  while (!file.empty()) {
    const std::string length = Take(8, &file);
    EXPECT_EQ(Little(Take(4, &file)), MaskedChecksum(length));
    records.push_back(Take(Little(length), &file));
    EXPECT_EQ(Little(Take(4, &file)), MaskedChecksum(records.back()));
    if (testing::Test::HasFailure()) break;
  }
  return records;
}

inline std::vector<ReadEvent> EventsIn(std::string_view file) {
  std::vector<ReadEvent> events;
  for (const std::string& record : RecordsOf(file)) {
    events.push_back(event_reader::Event(record));
  }
  return events;
}

}  // namespace isoflop
