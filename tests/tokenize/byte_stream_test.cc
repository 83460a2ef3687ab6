#include "lib/tokenize/byte_stream.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"
#include "tests/tokenize/compressed.h"
#include "tests/tokenize/sample_text.h"

namespace isoflop {
namespace {

/// Reads in small pieces, so that output has no room now and then.
std::string ReadAll(const std::filesystem::path& path, std::size_t room = 97) {
  const auto stream = OpenByteStream(path);
  std::string text;
  std::string part(room, '\0');
  while (const std::size_t bytes = stream->Read(part)) {
    text += part.substr(0, bytes);
  }
  return text;
}

TEST(ByteStream, ReadsWhatWasCompressed) {
  const TempDir dir;
  const std::string text = SampleText(500);
  EXPECT_EQ(ReadAll(dir.Write("a.txt", text)), text);
  EXPECT_EQ(ReadAll(dir.Write("a.txt.gz", Gzip(text))), text);
  EXPECT_EQ(ReadAll(dir.Write("a.txt.zst", Zstd(text))), text);
}

TEST(ByteStream, ReadsEveryMemberAndFrame) {
  const TempDir dir;
  EXPECT_EQ(ReadAll(dir.Write("a.gz", Gzip("one") + Gzip("") + Gzip("two"))),
            "onetwo");
  EXPECT_EQ(ReadAll(dir.Write("a.zst", Zstd("one") + Zstd("") + Zstd("two"))),
            "onetwo");
}

TEST(ByteStream, PassesOverSkippableFrames) {
  const TempDir dir;
  const std::string skippable("\x51\x2a\x4d\x18\x03\0\0\0abc", 11);
  EXPECT_EQ(ReadAll(dir.Write("a.zst", skippable + Zstd("text"))), "text");
}

TEST(ByteStream, PassesOverZerosBehindGzip) {
  const TempDir dir;
  EXPECT_EQ(ReadAll(dir.Write("a.gz", Gzip("one") + std::string(512, '\0'))),
            "one");
}

TEST(ByteStream, RefusesEveryCutOfGzipAndZstd) {
  const TempDir dir;
  for (const bool gzip : {true, false}) {
    const std::string whole = gzip ? Gzip("some text") : Zstd("some text");
    const char* name = gzip ? "cut.gz" : "cut.zst";
    for (std::size_t size = 5; size < whole.size(); ++size) {
      const auto path = dir.Write(name, whole.substr(0, size));
      EXPECT_ERROR(ReadAll(path), "cut off");
    }
  }
}

TEST(ByteStream, RefusesBrokenDataAndSaysWhere) {
  const TempDir dir;
  std::string gzip = Gzip(SampleText(50));
  gzip[gzip.size() - 6] ^= 1;  // of the checksum
  EXPECT_ERROR(ReadAll(dir.Write("a.txt.gz", gzip)), "incorrect data check");
  std::string zstd = Zstd(SampleText(50));
  zstd[zstd.size() / 2] ^= 0x55;
  zstd.resize(zstd.size() - 1);
  EXPECT_THROW(ReadAll(dir.Write("a.txt.zst", zstd)), Error);
}

TEST(ByteStream, RefusesOtherBytesBehindGzip) {
  const TempDir dir;
  EXPECT_ERROR(ReadAll(dir.Write("a.gz", Gzip("one") + "rest")), "4 bytes");
}

TEST(ByteStream, RefusesANameThatIsNotTrue) {
  const TempDir dir;
  EXPECT_ERROR(OpenByteStream(dir.Write("a.txt.gz", "text")),
               "is not compressed with gzip");
  EXPECT_ERROR(OpenByteStream(dir.Write("a.txt.zst", Gzip("text"))),
               "is not compressed with zstd");
  EXPECT_ERROR(OpenByteStream(dir.Write("a.txt", Gzip("text"))),
               "is compressed with gzip");
  EXPECT_ERROR(OpenByteStream(dir.Write("b.txt",
                                        "\xff\xfe"
                                        "a\0b\0")),
               "UTF-16");
  EXPECT_ERROR(OpenByteStream(dir / "none.txt"), "none.txt");
}

}  // namespace
}  // namespace isoflop
