#include "lib/tokenize/token_documents.h"

#include <algorithm>

#include "lib/core/random.h"
#include "lib/data/token_sequence.h"

namespace isoflop {

void ForEachDocument(
    const TokenFile& file, std::optional<std::int32_t> end_of_text,
    const std::function<void(std::span<const std::int32_t>)>& visit) {
  constexpr std::int64_t kAtATime = 1 << 20;
  TokenSequence tokens;
  tokens.Append(file.tokens(), file.width(), file.name());
  std::vector<std::int32_t> part;
  std::vector<std::int32_t> document;
  for (std::int64_t at = 0; at < tokens.size(); at += kAtATime) {
    part.resize(
        static_cast<std::size_t>(std::min(kAtATime, tokens.size() - at)));
    tokens.Read(at, part);
    for (const std::int32_t token : part) {
      if (end_of_text && token == *end_of_text) {
        visit(document);
        document.clear();
      } else {
        document.push_back(token);
      }
    }
  }
  if (!document.empty()) visit(document);
}

std::uint64_t HashTokens(std::span<const std::int32_t> tokens) {
  std::uint64_t hash = tokens.size();
  for (const std::int32_t token : tokens) {
    hash = MixBits(hash, static_cast<std::uint32_t>(token));
  }
  return hash;
}

}  // namespace isoflop
