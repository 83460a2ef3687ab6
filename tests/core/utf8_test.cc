#include "lib/core/utf8.h"

#include <gtest/gtest.h>

#include <string>

#include "lib/core/json.h"
#include "lib/core/random.h"
#include "tests/support/expect_error.h"

namespace isoflop {
namespace {

using namespace std::string_view_literals;

TEST(ValidUtf8Prefix, IsAllOfWellFormedText) {
  for (const std::string_view text :
       {""sv, "plain"sv, "a\0b"sv, "caf\xC3\xA9"sv, "\xE2\x82\xAC"sv,
        "\xF0\x9F\x98\x80"sv, "\xED\x9F\xBF"sv, "\xF4\x8F\xBF\xBF"sv}) {
    EXPECT_EQ(ValidUtf8Prefix(text), text);
  }
}

TEST(ValidUtf8Prefix, EndsBeforeWhatIsNot) {
  for (const std::string_view bad :
       {"\x80"sv, "\xBF"sv, "\xC0\x80"sv, "\xC1\xBF"sv, "\xC3"sv, "\xC3("sv,
        "\xE0\x9F\xBF"sv, "\xE2\x82"sv, "\xE2(\xA1"sv, "\xE2\x82("sv,
        "\xED\xA0\x80"sv, "\xF0\x8F\xBF\xBF"sv, "\xF0\x9F\x98"sv,
        "\xF4\x90\x80\x80"sv, "\xF5\x80\x80\x80"sv, "\xFF"sv}) {
    const std::string text = "ab" + std::string(bad) + "c";
    EXPECT_EQ(ValidUtf8Prefix(text), "ab")
        << Json(text).dump(-1, ' ', true, Json::error_handler_t::replace);
  }
}

/// The JSON library refuses to write a string that is no UTF-8.
bool LibraryAccepts(const std::string& text) {
  try {
    Json(text).dump();
    return true;
  } catch (const Json::exception&) {
    return false;
  }
}

TEST(ValidUtf8Prefix, AgreesWithTheJsonLibraryOnRandomBytes) {
  constexpr unsigned char kBytes[] = {'a',  0x7F, 0x80, 0x8F, 0x90, 0x9F,
                                      0xA0, 0xBF, 0xC2, 0xDF, 0xE0, 0xE1,
                                      0xED, 0xEF, 0xF0, 0xF3, 0xF4, 0xF5};
  RandomStream random(7);
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (std::uint64_t n = random.Below(6); n > 0; --n) {
      text += static_cast<char>(kBytes[random.Below(std::size(kBytes))]);
    }
    ASSERT_EQ(ValidUtf8Prefix(text) == text, LibraryAccepts(text));
  }
}

TEST(RequirePlainText, NamesTheLineOfWhatIsNoText) {
  EXPECT_EQ(RequirePlainText("\xEF\xBB\xBFx\ny", "f"), "x\ny");
  EXPECT_ERROR(RequirePlainText("\xFF\xFEx", "f"), "f: is UTF-16");
  EXPECT_ERROR(RequirePlainText("x\n\xFF", "f"), "f:2: byte 0xFF is no UTF-8");
  EXPECT_ERROR(RequirePlainText("x\0"sv, "f"), "f:1: a NUL byte");
}

TEST(WithUnixLineEnds, ReplacesEveryOtherEnd) {
  EXPECT_EQ(WithUnixLineEnds("a\r\nb\rc\nd\r"), "a\nb\nc\nd\n");
}

}  // namespace
}  // namespace isoflop
