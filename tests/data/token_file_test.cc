#include "lib/data/token_file.h"

#include <gtest/gtest.h>

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tests/data/token_bytes.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

using namespace std::string_literals;

TokenFile Open(const TempDir& dir, const std::string& bytes,
               TokenFormat format) {
  return {"shard.bin", MappedFile(dir.Write("shard.bin", bytes)), format};
}

std::int32_t TokenAt(const TokenFile& file, std::int64_t index) {
  TokenSequence tokens;
  tokens.Append(file.tokens(), file.width(), file.name());
  std::int32_t token = 0;
  tokens.Read(index, std::span(&token, 1));
  return token;
}

struct GoodFile {
  const char* what;
  std::string bytes;
  TokenFormat format;
};

TEST(TokenFile, ReadsEveryFormat) {
  const auto tokens = Counting(700, 5);
  const std::vector<GoodFile> good = {
      {"llm.c, GPT-2", Gpt2Header(700) + TokenBytes<std::uint16_t>(tokens),
       TokenFormat::kAuto},
      {"llm.c, Llama 3", Llama3Header(700) + TokenBytes<std::uint32_t>(tokens),
       TokenFormat::kAuto},
      {"modded-nanoGPT",
       Header(278895051, 1, 700) + TokenBytes<std::uint16_t>(tokens),
       TokenFormat::kAuto},
      {"modded-nanoGPT, 2 bytes",
       NanoGptHeader(700, 2) + TokenBytes<std::uint16_t>(tokens),
       TokenFormat::kAuto},
      {"modded-nanoGPT, 4 bytes",
       NanoGptHeader(700, 4) + TokenBytes<std::uint32_t>(tokens),
       TokenFormat::kAuto},
      {"uint16", TokenBytes<std::uint16_t>(tokens), TokenFormat::kUint16},
      {"uint32", TokenBytes<std::uint32_t>(tokens), TokenFormat::kUint32}};
  for (const GoodFile& file : good) {
    const TempDir dir;
    const TokenFile opened = Open(dir, file.bytes, file.format);
    EXPECT_EQ(opened.size(), 700) << file.what;
    EXPECT_EQ(TokenAt(opened, 0), 5) << file.what;
    EXPECT_EQ(TokenAt(opened, 699), 704) << file.what;
  }
}

struct BadFile {
  std::string bytes;
  TokenFormat format;
  const char* message;
};

TEST(TokenFile, RefusesWhatIsNotInTheFormat) {
  const std::string shorts = TokenBytes<std::uint16_t>(Counting(10));
  const std::string words = TokenBytes<std::uint32_t>(Counting(10));
  const std::string many = TokenBytes<std::uint16_t>(Counting(700));
  const auto kAuto = TokenFormat::kAuto;
  const std::vector<BadFile> bad = {
      {"abc", kAuto, "3 bytes are too few for the llm.c header of 1024"},
      {many.substr(0, 1023), kAuto, "set data.format to uint16 or uint32"},
      {many, kAuto,
       "magic number 65536 is neither 20240520 (uint16), 20240801"},
      {Header(20240522, 1, 10) + shorts, kAuto, "magic number 20240522"},
      {Header(20240521, 1, 10) + shorts, kAuto, "magic number 20240521"},
      {Header(0, 0, 0), kAuto, "magic number 0 is neither"},
      {Header(20240520, 2, 10) + shorts, kAuto,
       "version 2 of the format 20240520 is not known, only 1"},
      {Header(20240520, 7, 10) + shorts, kAuto, "version 7"},
      {Header(20240801, 1, 10) + words, kAuto,
       "version 1 of the format 20240801 is not known, only 7"},
      {Gpt2Header(0), kAuto, "says that it holds 0 tokens"},
      {Gpt2Header(-5) + shorts, kAuto, "says that it holds -5 tokens"},
      {Gpt2Header(11) + shorts, kAuto,
       "says 11 tokens, 22 bytes after the header, but 20 are there"},
      {Gpt2Header(9) + shorts, kAuto, "but 20 are there"},
      {Gpt2Header(10) + shorts + "x", kAuto, "but 21 are there"},
      {Gpt2Header(10) + words, kAuto, "but 40 are there"},
      {Llama3Header(10) + shorts, kAuto,
       "says 10 tokens, 40 bytes after the header, but 20 are there"},
      {Gpt2Header(10), kAuto, "but 0 are there"},
      {"abc", TokenFormat::kUint16,
       "3 bytes are no whole number of uint16 tokens"},
      {shorts + "xy", TokenFormat::kUint32,
       "22 bytes are no whole number of uint32 tokens"},
      {Gpt2Header(10) + shorts, TokenFormat::kUint16,
       "begins with the header 20240520, which would be read as tokens; set "
       "data.format to auto"},
      {Llama3Header(10) + words, TokenFormat::kUint32,
       "begins with the header 20240801"},
      {NanoGptHeader(10, 2) + shorts, TokenFormat::kUint16,
       "begins with the header 278895051"},
      {NanoGptHeader(10, 4) + shorts, kAuto, "says 10 tokens, 40 bytes"},
      {NanoGptHeader(10, 8) + shorts, kAuto,
       "says that a token has 8 bytes; 2 and 4 are read"},
      {Header(278895051, 2, 10) + shorts, kAuto, "version 2 of the format"},
  };
  for (const BadFile& file : bad) {
    const TempDir dir;
    EXPECT_ERROR(Open(dir, file.bytes, file.format), file.message);
    EXPECT_ERROR(Open(dir, file.bytes, file.format), "shard.bin: ");
  }
}

TEST(TokenFile, IsNotWhatAnotherFormatBeginsWith) {
  const std::string rest = TokenBytes<std::uint16_t>(Counting(700));
  const std::vector<std::pair<std::string, const char*>> kinds = {
      {"\x93NUMPY\x01"s, "is an array of NumPy (.npy)"},
      {"MMIDIDX\0\0"s, "is an index of Megatron or NeMo"},
      {"\x1f\x8b\x08\0"s, "is compressed with gzip: decompress it"},
      {"\x28\xb5\x2f\xfd"s, "is compressed with zstd"},
      {"PAR1\x15"s, "is a Parquet file"},
      {"PK\x03\x04"s, "is a zip archive"},
      {"\x40\0\0\0\0\0\0\0{\""s, "is a safetensors file"},
      {"\x89HDF\r\n\x1a\n"s, "is an HDF5 file"},
      {"version https://git-lfs.github.com/spec/v1\noid"s,
       "is a pointer of Git LFS"},
  };
  for (const auto& [head, message] : kinds) {
    const TempDir dir;
    const std::string bytes = (head + rest).substr(0, 1400);
    for (const auto format :
         {TokenFormat::kAuto, TokenFormat::kUint16, TokenFormat::kUint32}) {
      EXPECT_ERROR(Open(dir, bytes, format), message);
    }
  }
}

TEST(TokenFile, IsNoText) {
  const TempDir dir;
  std::string wide = "\xff\xfe";
  for (const char c : std::string(700, 'a')) wide += {c, '\0'};
  EXPECT_ERROR(Open(dir, wide, TokenFormat::kUint16), "shard.bin: is UTF-16");
  EXPECT_ERROR(Open(dir, wide, TokenFormat::kAuto), "shard.bin: is UTF-16");
  std::string text;
  while (text.size() < 4096) text += "It was the best of times. caf\xC3\xA9\n";
  EXPECT_ERROR(Open(dir, text.substr(0, 4096), TokenFormat::kUint16),
               "shard.bin: is text, no file of token ids: its kind of data is "
               "\"text\"");
}

/// An index of sequences that lie end to end.
std::string Index(std::uint8_t type, int width,
                  const std::vector<std::int32_t>& lengths) {
  std::string bytes = "MMIDIDX\0\0"s;
  const auto put = [&bytes](auto value) {
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  };
  put(std::uint64_t{1});
  put(type);
  put(std::uint64_t{lengths.size()});
  put(std::uint64_t{lengths.size() + 1});
  for (const std::int32_t length : lengths) put(length);
  std::int64_t offset = 0;
  for (const std::int32_t length : lengths) {
    put(offset);
    offset += length * width;
  }
  for (std::size_t i = 0; i <= lengths.size(); ++i) put(std::int64_t(i));
  return bytes;
}

MegatronIndex ReadIndex(const std::string& bytes) {
  return ReadMegatronIndex("x.idx", std::as_bytes(std::span(bytes)));
}

TEST(MegatronIndex, SaysHowWideAndHowManyTokensAre) {
  const MegatronIndex index = ReadIndex(Index(8, 2, {3, 0, 7}));
  EXPECT_EQ(index.width, TokenWidth::kUint16);
  EXPECT_EQ(index.tokens, 10);
  EXPECT_EQ(ReadIndex(Index(4, 4, {5})).width, TokenWidth::kUint32);
  EXPECT_EQ(ReadIndex(Index(1, 1, {5})).width, TokenWidth::kByte);
}

TEST(MegatronIndex, RefusesWhatItCannotVouchFor) {
  const std::string good = Index(8, 2, {3, 7});
  std::string version = good;
  version[9] = 2;
  std::string many = good;
  many[18] = 100;
  std::string gap = good;
  gap[34 + 8 + 8] = 8;  // the offset of the second sequence, of 6
  EXPECT_ERROR(ReadIndex(version), "x.idx: version 2 is not known, only 1");
  EXPECT_ERROR(ReadIndex(many), "lists 100 sequences, and is too short");
  EXPECT_ERROR(ReadIndex(gap), "sequence 1 begins at byte 8, not at 6");
  EXPECT_ERROR(ReadIndex(Index(5, 8, {3})), "of type 5 (int64)");
  EXPECT_ERROR(ReadIndex(Index(7, 4, {3})), "of type 7 (float32)");
  EXPECT_ERROR(ReadIndex(Index(99, 4, {3})), "of type 99 (not known)");
  EXPECT_ERROR(ReadIndex(good.substr(0, 30)), "does not begin with MMIDIDX");
  EXPECT_ERROR(ReadIndex("MMAPIDX\0\0"s + good.substr(9)), "no index of");
}

TEST(MegatronIndex, LiesBesideTheFileThatItIsOf) {
  const TempDir dir;
  const auto bin = dir.Write("x.bin", "");
  EXPECT_FALSE(MegatronIndexBeside(bin).has_value());
  dir.Write("x.idx", "something else");
  EXPECT_FALSE(MegatronIndexBeside(bin).has_value());
  dir.Write("x.idx", Index(8, 2, {}));
  EXPECT_EQ(MegatronIndexBeside(bin), dir / "x.idx");
}

TEST(MegatronIndex, HasToAgreeWithItsTokens) {
  const TempDir dir;
  const auto bin =
      dir.Write("x.bin", TokenBytes<std::uint16_t>(Counting(11, 5)));
  const MegatronIndex index{.width = TokenWidth::kUint16, .tokens = 10};
  EXPECT_ERROR(TokenFile("x.bin", MappedFile(bin), index),
               "x.bin: the index beside it says 10 tokens, 20 bytes, but 22 "
               "are there");
}

}  // namespace
}  // namespace isoflop
