#include "lib/data/token_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

#include "lib/data/tokens_record.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

/// The records beside token files, each read once.
class Records {
 public:
  Records(Problems* problems, std::vector<std::string>* notes)
      : problems_(problems), notes_(notes) {}

  /// Returns the record that tells of the file, or null.
  const TokensRecord* Of(const TokenFile& file) {
    const fs::path path = file.name();
    const auto& record = Beside(path);
    if (!record) return nullptr;
    const auto told = std::ranges::find(record->files, path.filename().string(),
                                        &TokensFileRecord::name);
    if (told == record->files.end()) return nullptr;
    if (told->tokens == file.size()) return &*record;
    notes_->push_back(fmt::format(
        "{}: {} tells of {} tokens, and there are {}: it is not believed",
        file.name(), kTokensFile, told->tokens, file.size()));
    return nullptr;
  }

 private:
  const std::optional<TokensRecord>& Beside(const fs::path& file) {
    const auto [found, is_new] = records_.try_emplace(file.parent_path());
    if (!is_new) return found->second;
    try {
      found->second = FindTokensRecord(file);
    } catch (const Error& error) {
      problems_->Add("", error.what());
    }
    return found->second;
  }

  std::map<fs::path, std::optional<TokensRecord>> records_;
  Problems* problems_;
  std::vector<std::string>* notes_;
};

std::string InWords(const TokenizerRecord& tokenizer) {
  constexpr std::size_t kEnough = 12;  // digits, to tell two apart
  return fmt::format("SHA-256 {}..., SentencePiece {}",
                     tokenizer.sha256.substr(0, kEnough), tokenizer.release);
}

/// A file, and which tokenizer made it.
struct Made {
  const TokenFile* file = nullptr;
  const TokenizerRecord* by = nullptr;
};

void RefuseAnother(const Made& first, const Made& made, Problems* problems) {
  if (first.by->sha256 == made.by->sha256 &&
      first.by->release == made.by->release) {
    return;
  }
  problems->Add(
      "data", fmt::format("{} is of another tokenizer ({}) than {} ({}): the "
                          "same id is another text in each; make both with the "
                          "same one, isoflop data tokenize --tokenizer",
                          made.file->name(), InWords(*made.by),
                          first.file->name(), InWords(*first.by)));
}

}  // namespace

std::optional<double> BytesPerToken(const TokenFiles& train,
                                    const TokenFiles& validation,
                                    Problems* problems,
                                    std::vector<std::string>* notes) {
  Records records(problems, notes);
  const TokenFiles& evaluated = validation.files.empty() ? train : validation;
  Made first;
  std::vector<const TokensRecord*> counted;
  double bytes = 0.0;
  double tokens = 0.0;
  bool all_known = true;
  for (const TokenFiles* side : {&train, &validation}) {
    for (const TokenFile& file : side->files) {
      const TokensRecord* record = records.Of(file);
      if (record == nullptr) {
        all_known = all_known && side != &evaluated;
        continue;
      }
      const Made made{&file, &record->tokenizer};
      if (first.file == nullptr) first = made;
      RefuseAnother(first, made, problems);
      if (side != &evaluated ||
          std::ranges::find(counted, record) != counted.end()) {
        continue;
      }
      counted.push_back(record);
      bytes += static_cast<double>(record->bytes);
      tokens += static_cast<double>(record->tokens);
    }
  }
  if (!all_known || tokens <= 0.0 || bytes <= 0.0) return std::nullopt;
  return bytes / tokens;
}

}  // namespace isoflop
