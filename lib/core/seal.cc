#include "lib/core/seal.h"

#include <utility>

#include "lib/core/error.h"
#include "lib/core/files.h"
#include "lib/core/hash.h"

namespace isoflop {
namespace {

constexpr std::string_view kNoDigits = "0000000000000000";

/// Returns where the digits of the seal are, npos when there are none. They may
/// have a space before them, or none on a line.
std::size_t DigitsPosition(std::string_view text) {
  constexpr std::string_view kKey = R"("checksum":)";
  const std::size_t key = text.rfind(kKey);
  if (key == text.npos) return key;
  std::size_t at = key + kKey.size();
  if (at < text.size() && text[at] == ' ') ++at;
  if (at >= text.size() || text[at] != '"') return text.npos;
  ++at;
  return at + kNoDigits.size() <= text.size() ? at : text.npos;
}

/// REQUIRES: position is that of the digits in `text`.
std::string DigitsOf(std::string text, std::size_t position) {
  text.replace(position, kNoDigits.size(), kNoDigits);
  return ChecksumOf(text);
}

std::string Filled(std::string text) {
  const std::size_t position = DigitsPosition(text);
  text.replace(position, kNoDigits.size(), DigitsOf(text, position));
  return text;
}

}  // namespace

std::string ChecksumOf(std::string_view text) {
  return Sha256Hex(text).substr(0, kNoDigits.size());
}

std::string SealedText(Json object) {
  object[std::string(kSealKey)] = kNoDigits;
  return Filled(ReadableText(object));
}

std::string SealedLine(Json object) {
  object[std::string(kSealKey)] = kNoDigits;
  return Filled(object.dump());
}

Seal SealOf(std::string_view text) {
  const std::size_t position = DigitsPosition(text);
  if (position == text.npos) return Seal::kNone;
  const std::string_view given = text.substr(position, kNoDigits.size());
  return given == DigitsOf(std::string(text), position) ? Seal::kWhole
                                                        : Seal::kBroken;
}

Json ParseSealed(std::string_view text, const std::string& source) {
  Json json = ParseJson(text, source);
  if (!json.is_object() || !json.contains(kSealKey)) return json;
  Require(SealOf(text) == Seal::kWhole,
          "{}: is damaged: its checksum is wrong (if you changed it on "
          "purpose, take the key \"{}\" out)",
          source, kSealKey);
  json.erase(std::string(kSealKey));
  return json;
}

Json ReadSealedFile(const std::filesystem::path& path) {
  return ParseSealed(ReadFile(path), path.string());
}

}  // namespace isoflop
