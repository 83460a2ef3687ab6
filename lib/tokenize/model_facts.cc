#include "lib/tokenize/model_facts.h"

#include <cstdint>
#include <optional>

#include "lib/core/error.h"

namespace isoflop {
namespace {

/// One field of a message: a number, or bytes.
struct WireField {
  std::uint64_t number = 0;  // which field it is
  std::uint64_t value = 0;
  std::string_view bytes;
};

/// Reads the fields of a message one after the other.
class WireReader {
 public:
  WireReader(std::string_view message, const std::string& source)
      : rest_(message), source_(source) {}

  std::optional<WireField> Next() {
    if (rest_.empty()) return std::nullopt;
    const std::uint64_t tag = Varint();
    WireField field{.number = tag >> 3U, .value = 0, .bytes = {}};
    switch (tag & 7U) {
      case 0:
        field.value = Varint();
        break;
      case 1:
        Take(8);
        break;
      case 2:
        field.bytes = Take(Varint());
        break;
      case 5:
        Take(4);
        break;
      default:
        Refuse();
    }
    return field;
  }

 private:
  [[noreturn]] void Refuse() const {
    throw Error(source_ +
                ": is no model of SentencePiece, or was cut off; a model is "
                "what spm_train writes as NAME.model");
  }

  std::string_view Take(std::uint64_t bytes) {
    if (bytes > rest_.size()) Refuse();
    const std::string_view taken = rest_.substr(0, bytes);
    rest_.remove_prefix(bytes);
    return taken;
  }

  std::uint64_t Varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(Take(1).front());
      value |= std::uint64_t{byte & 0x7fU} << shift;
      if (byte < 0x80U) return value;
    }
    Refuse();
  }

  std::string_view rest_;
  const std::string& source_;
};

}  // namespace

ModelFacts ReadModelFacts(std::string_view model, const std::string& source) {
  constexpr std::uint64_t kTrainerSpec = 2;
  constexpr std::uint64_t kModelType = 3;
  constexpr std::uint64_t kNormalizerSpec = 3;
  constexpr std::uint64_t kName = 1;
  ModelFacts facts;
  WireReader fields(model, source);
  while (const auto field = fields.Next()) {
    WireReader inner(field->bytes, source);
    if (field->number == kTrainerSpec) {
      while (const auto part = inner.Next()) {
        if (part->number != kModelType) continue;
        Require(part->value >= 1 && part->value <= 4,
                "{}: model type {} is not known, only 1 to 4", source,
                part->value);
        facts.kind = static_cast<TokenizerKind>(part->value - 1);
      }
    } else if (field->number == kNormalizerSpec) {
      while (const auto part = inner.Next()) {
        if (part->number == kName) facts.normalization = part->bytes;
      }
    }
  }
  return facts;
}

}  // namespace isoflop
