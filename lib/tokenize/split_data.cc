#include "lib/tokenize/split_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <span>
#include <system_error>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "lib/core/error.h"
#include "lib/core/files.h"
#include "lib/core/hash.h"
#include "lib/core/mapped_file.h"
#include "lib/core/random.h"
#include "lib/data/data_files.h"
#include "lib/data/token_file.h"
#include "lib/data/tokens_record.h"
#include "lib/tokenize/token_documents.h"
#include "lib/tokenize/token_writer.h"
#include "lib/tokenize/tokenizer_model.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kLeastPart = 1024;  // tokens
constexpr std::int64_t kTokensOfFile = 100'000'000;

using Part = std::span<const std::int32_t>;

/// The files to split, and what they have in common.
struct Source {
  std::deque<TokenFile> files;
  std::int64_t tokens = 0;
  std::int32_t end_of_text = 0;
  std::optional<TokenizerRecord> tokenizer;
  std::optional<TokenizerModel> model;
};

void CheckSplitOptions(const SplitOptions& options, Problems* problems) {
  if (options.validation_tokens.has_value() ==
      options.validation_fraction.has_value()) {
    problems->Add("--validation-tokens, --validation-fraction",
                  "exactly one of the two is needed");
  }
  if (options.validation_tokens && *options.validation_tokens < 1) {
    problems->Add(
        "--validation-tokens",
        fmt::format("must be at least 1, got {}", *options.validation_tokens));
  }
  const double fraction = options.validation_fraction.value_or(0.5);
  if (!(fraction > 0.0 && fraction < 1.0)) {
    problems->Add("--validation-fraction",
                  fmt::format("must be between 0 and 1, got {}", fraction));
  }
}

/// Adds what tokens.json beside a file says; all have to say the same.
void AddTokenizer(const fs::path& path, Source* source, Problems* problems) {
  const auto record = FindTokensRecord(path);
  if (!record) return;
  if (!source->tokenizer) {
    source->tokenizer = record->tokenizer;
    const fs::path model = path.parent_path() / kModelFile;
    std::error_code ignored;
    if (fs::exists(model, ignored)) source->model = TokenizerModel::Load(model);
    return;
  }
  if (source->tokenizer->sha256 != record->tokenizer.sha256 ||
      source->tokenizer->release != record->tokenizer.release) {
    problems->Add(path.string(),
                  "is of another tokenizer, or release of SentencePiece, than "
                  "the files before it, and is not to be mixed with them");
  }
}

Source OpenSource(const SplitOptions& options) {
  Problems problems;
  CheckSplitOptions(options, &problems);
  const DirectoryRules rules{{".bin"}};
  const FileList list = FindFiles(options.inputs, "INPUT", rules, &problems);
  problems.ThrowIfAny();
  Source source;
  for (const DataFile& file : list.files) {
    source.files.emplace_back(file.path.string(), Map(file, list),
                              TokenFormat::kAuto);
    source.tokens += source.files.back().size();
    AddTokenizer(file.path, &source, &problems);
    if (source.files.back().width() != source.files.front().width()) {
      problems.Add(file.path.string(),
                   "has tokens of another width than the files before it");
    }
  }
  problems.ThrowIfAny();
  const bool is_known = options.end_of_text || source.tokenizer;
  Require(is_known,
          "--end-of-text: which token stands between documents? no tokens.json "
          "beside {} says it; GPT-2's is 50256",
          list.files.front().path.string());
  source.end_of_text = options.end_of_text.value_or(
      source.tokenizer
          ? static_cast<std::int32_t>(source.tokenizer->end_of_text)
          : 0);
  return source;
}

std::int64_t WantedTokens(const SplitOptions& options, std::int64_t tokens) {
  const std::int64_t wanted = options.validation_tokens.value_or(std::llround(
      options.validation_fraction.value_or(0.0) * static_cast<double>(tokens)));
  Require(wanted >= 1 && wanted < tokens,
          "the validation set would have {} of the {} tokens, and both sides "
          "need some",
          wanted, tokens);
  return wanted;
}

/// Calls `visit` with every document, or every part of a long one.
void ForEachPart(const Source& source, std::int64_t longest,
                 const std::function<void(Part)>& visit) {
  for (const TokenFile& file : source.files) {
    ForEachDocument(file, source.end_of_text, [&](Part rest) {
      while (!rest.empty()) {
        const auto size =
            std::min(rest.size(), static_cast<std::size_t>(longest));
        visit(rest.first(size));
        rest = rest.subspan(size);
      }
    });
  }
}

/// The hashes of the parts that are drawn for validation.
std::unordered_set<std::uint64_t> DrawValidation(const Source& source,
                                                 std::int64_t longest,
                                                 std::int64_t wanted,
                                                 std::uint64_t seed,
                                                 std::int64_t* repeated) {
  std::map<std::uint64_t, std::int64_t> tokens;  // of each distinct part
  ForEachPart(source, longest, [&](Part part) {
    std::int64_t& sum = tokens[HashTokens(part)];
    if (sum > 0) ++*repeated;
    sum += std::ssize(part) + 1;
  });
  std::vector<std::pair<std::uint64_t, std::uint64_t>> order;
  order.reserve(tokens.size());
  for (const auto& [hash, sum] : tokens) {
    order.emplace_back(MixBits(seed, hash), hash);
  }
  std::ranges::sort(order);
  std::unordered_set<std::uint64_t> drawn;
  std::int64_t sum = 0;
  for (const auto& [key, hash] : order) {
    if (sum >= wanted) break;
    sum += tokens[hash];
    drawn.insert(hash);
  }
  Require(drawn.size() < tokens.size(),
          "nothing would be left for training: the files have {} distinct "
          "documents or parts; ask for a smaller validation set",
          tokens.size());
  return drawn;
}

/// Writes the token files of one side.
class SideWriter {
 public:
  SideWriter(fs::path folder, std::string prefix, const Source& source)
      : folder_(std::move(folder)),
        prefix_(std::move(prefix)),
        source_(source) {
    MakeDirectories(folder_);
  }

  void Add(Part part, std::uint64_t hash) {
    for (const std::int32_t token : part) {
      ids_.push_back(static_cast<std::uint32_t>(token));
      if (source_.model && token >= 0 && token < source_.model->vocab_size()) {
        record_.bytes += std::ssize(source_.model->Surface(token));
      }
    }
    ids_.push_back(static_cast<std::uint32_t>(source_.end_of_text));
    ++record_.documents;
    hash_.Update(fmt::format("{:016x}\n", hash));
    if (std::ssize(ids_) >= kTokensOfFile) WriteFile();
  }

  SplitSide Finish() {
    if (!ids_.empty()) WriteFile();
    record_.fingerprint = hash_.Hex();
    if (source_.tokenizer && source_.model) {
      record_.tokenizer = *source_.tokenizer;
      WriteFileAtomically(folder_ / kModelFile, source_.model->bytes());
      WriteJsonFile(folder_ / kTokensFile, ToJson(record_));
    }
    SplitSide side{
        .tokens = record_.tokens, .documents = record_.documents, .files = {}};
    for (const auto& file : record_.files) {
      side.files.push_back((folder_ / file.name).string());
    }
    return side;
  }

 private:
  void WriteFile() {
    const std::string name = TokenFileName(prefix_, record_.files.size());
    const TokenWidth width = source_.files.front().width();
    const auto bytes = PackTokens(ids_, width);
    const std::string hash = WriteTokenFile(folder_ / name, width, {bytes});
    record_.files.push_back({name, std::ssize(ids_), hash});
    record_.tokens += std::ssize(ids_);
    ids_.clear();
  }

  fs::path folder_;
  std::string prefix_;
  const Source& source_;
  std::vector<std::uint32_t> ids_;
  Sha256 hash_;
  TokensRecord record_;
};

/// Clears a side, or refuses one that has something in it.
void PrepareSide(const fs::path& folder, bool force) {
  std::error_code ignored;
  if (!fs::exists(folder, ignored) || fs::is_empty(folder, ignored)) return;
  Require(force,
          "{}: is not empty; name another directory with -o, or replace "
          "its token files with --force",
          folder.string());
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".bin") fs::remove(entry.path(), ignored);
  }
}

void RequireOtherFolder(const Source& source, const fs::path& folder) {
  for (const TokenFile& file : source.files) {
    std::error_code ignored;
    Require(
        !fs::equivalent(fs::path(file.name()).parent_path(), folder, ignored),
        "{}: is read, and would be written to; name another directory "
        "with -o",
        folder.string());
  }
}

}  // namespace

SplitOutcome SplitData(const SplitOptions& options) {
  const Source source = OpenSource(options);
  const std::int64_t wanted = WantedTokens(options, source.tokens);
  const std::int64_t longest = std::max(kLeastPart, wanted / 4);
  const fs::path train_folder = options.output / "train";
  const fs::path validation_folder = options.output / "val";
  for (const fs::path& folder : {train_folder, validation_folder}) {
    RequireOtherFolder(source, folder);
  }
  SplitOutcome outcome;
  const auto drawn =
      DrawValidation(source, longest, wanted, options.seed, &outcome.repeated);
  for (const fs::path& folder : {train_folder, validation_folder}) {
    PrepareSide(folder, options.force);
  }
  SideWriter train(train_folder, "train", source);
  SideWriter validation(validation_folder, "val", source);
  ForEachPart(source, longest, [&](Part part) {
    const std::uint64_t hash = HashTokens(part);
    (drawn.contains(hash) ? validation : train).Add(part, hash);
  });
  outcome.train = train.Finish();
  outcome.validation = validation.Finish();
  return outcome;
}

}  // namespace isoflop
