// Whatever the bytes, a file of tokens in each format, and the index of a pair,
// is opened and all its tokens are read, or it is refused by an Error.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/core/error.h"
#include "lib/data/megatron_index.h"
#include "lib/data/token_checks.h"
#include "lib/data/token_file.h"
#include "tests/fuzz/fuzz_checks.h"
#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

constexpr std::int64_t kVocab = 50257;

void CheckTokens(const TokenFile& file, std::size_t bytes) {
  Check(file.size() * static_cast<int>(file.width()) <=
            static_cast<std::int64_t>(bytes),
        "more tokens than bytes");
  TokenSequence sequence;
  sequence.Append(file.tokens(), file.width(), file.name());
  std::vector<std::int32_t> tokens(file.size());
  sequence.Read(0, tokens);
  bool inside = true;
  for (const std::int32_t token : tokens) {
    inside = inside && token >= 0 && token < kVocab;
  }
  const auto outside = FindOutside(file, kVocab, Inspection::kWhole);
  Check(outside.has_value() == !inside, "a token outside that is not found");
  (void)MisreadTokens(file, Inspection::kWhole);
  (void)OtherReading(file, kVocab, Inspection::kWhole);
}

void CheckFormat(const TempDir& dir, std::string_view bytes,
                 TokenFormat format) {
  try {
    const TokenFile file("input", MappedFile(dir.Write("input.bin", bytes)),
                         format);
    CheckTokens(file, bytes.size());
  } catch (const Error&) {
    return;  // refused, as it may be
  }
}

void CheckIndex(std::span<const std::byte> bytes) {
  try {
    const MegatronIndex index = ReadMegatronIndex("input.idx", bytes);
    Check(index.tokens >= 0, "fewer tokens than none");
  } catch (const Error&) {
    return;  // refused, as it may be
  }
}

}  // namespace
}  // namespace isoflop

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static const isoflop::TempDir dir;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const isoflop::TokenFormat format :
       {isoflop::TokenFormat::kAuto, isoflop::TokenFormat::kUint16,
        isoflop::TokenFormat::kUint32}) {
    isoflop::CheckFormat(dir, bytes, format);
  }
  isoflop::CheckIndex(std::as_bytes(std::span(data, size)));
  return 0;
}
