// What a SentencePiece model says of itself. Its library does not tell: the
// header of the message is in no package.

#pragma once

#include <array>
#include <string>
#include <string_view>

#include "lib/core/names.h"

namespace isoflop {

enum class TokenizerKind { kUnigram, kBpe, kWord, kCharacter };
constexpr std::array<NamedValue<TokenizerKind>, 4> EnumNames(TokenizerKind) {
  return {{{TokenizerKind::kUnigram, "unigram"},
           {TokenizerKind::kBpe, "bpe"},
           {TokenizerKind::kWord, "word"},
           {TokenizerKind::kCharacter, "char"}}};
}

struct ModelFacts {
  TokenizerKind kind = TokenizerKind::kUnigram;
  std::string normalization;  // the rule's name
};

/// Reads those two from the bytes of a model. What is missing has the format's
/// default. Throws Error, naming `source`, for bytes that are no message of
/// Protocol Buffers.
/// Source: sentencepiece_model.proto: ModelProto.trainer_spec (2),
/// TrainerSpec.model_type (3), ModelProto.normalizer_spec (3),
/// NormalizerSpec.name (1).
ModelFacts ReadModelFacts(std::string_view model, const std::string& source);

}  // namespace isoflop
