#include "lib/data/text_task.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "lib/core/error.h"
#include "lib/core/hash.h"
#include "lib/core/random.h"
#include "lib/core/text.h"
#include "lib/data/corpus.h"
#include "lib/data/data_files.h"
#include "lib/data/finite_task.h"
#include "lib/data/inspection.h"
#include "lib/data/task_kinds.h"

namespace isoflop {
namespace {

using Bytes = std::span<const std::byte>;

// Another number would be another split of the same text.
constexpr std::uint64_t kSplit = 0x73706c6974;
constexpr std::byte kSeparator{0};
constexpr std::int64_t kBytes = 256;  // different ones

std::int64_t BlockBytes(std::int64_t text_bytes) {
  constexpr std::int64_t kLargest = 64 << 10;
  constexpr std::int64_t kSmallest = 1 << 10;
  constexpr std::int64_t kEnough = 512;  // blocks
  // Large blocks keep context; enough of them make the validation text typical
  // of the whole.
  std::int64_t bytes = kLargest;
  while (bytes > kSmallest && text_bytes / bytes < kEnough) bytes /= 2;
  return bytes;
}

/// Which block numbers are for validation.
class BlockSplit {
 public:
  BlockSplit(std::int64_t blocks, double validation_fraction)
      : shuffle_(kSplit, static_cast<std::uint64_t>(blocks)),
        validation_(static_cast<std::uint64_t>(
            std::llround(static_cast<double>(blocks) * validation_fraction))) {}

  bool IsValidation(std::int64_t block) const {
    return shuffle_(static_cast<std::uint64_t>(block)) < validation_;
  }

 private:
  Permutation shuffle_;
  std::uint64_t validation_;  // blocks
};

std::int64_t BlocksIn(Bytes document, std::int64_t block_bytes) {
  return (std::ssize(document) + block_bytes - 1) / block_bytes;
}

/// Appends what begins at byte `offset` of a document of this name.
void AppendText(Bytes text, std::string_view name, std::int64_t offset,
                TokenSequence* tokens) {
  tokens->Append(text, TokenWidth::kByte, name, offset);
  tokens->Append(Bytes(&kSeparator, 1), TokenWidth::kByte, "separator");
}

/// Deals out one document, whose blocks are numbered from `number` on. Returns
/// how many of its bytes are for validation.
std::int64_t SplitDocument(Bytes document, std::string_view name,
                           std::int64_t number, std::int64_t block_bytes,
                           const BlockSplit& split, FiniteTokens* tokens) {
  const std::int64_t blocks = BlocksIn(document, block_bytes);
  std::int64_t validation_bytes = 0;
  for (std::int64_t begin = 0; begin < blocks;) {
    const bool validation = split.IsValidation(number + begin);
    std::int64_t end = begin + 1;
    // Blocks of one side that follow each other stay in one piece.
    while (end < blocks && split.IsValidation(number + end) == validation) {
      ++end;
    }
    const Bytes from =
        document.subspan(static_cast<std::size_t>(begin * block_bytes));
    const auto count = static_cast<std::size_t>((end - begin) * block_bytes);
    const Bytes text = from.first(std::min(count, from.size()));
    if (validation) validation_bytes += std::ssize(text);
    AppendText(text, name, begin * block_bytes,
               validation ? &tokens->validation : &tokens->train);
    begin = end;
  }
  return validation_bytes;
}

void Split(const Corpus& corpus, double validation_fraction,
           FiniteTokens* tokens) {
  const std::int64_t block_bytes = BlockBytes(corpus.bytes());
  std::int64_t blocks = 0;
  for (const Bytes document : corpus.documents()) {
    blocks += BlocksIn(document, block_bytes);
  }
  const BlockSplit split(blocks, validation_fraction);
  std::int64_t number = 0;
  std::int64_t validation_bytes = 0;
  for (std::size_t i = 0; i < corpus.documents().size(); ++i) {
    const Bytes document = corpus.documents()[i];
    validation_bytes += SplitDocument(document, corpus.names()[i], number,
                                      block_bytes, split, tokens);
    number += BlocksIn(document, block_bytes);
  }
  if (tokens->validation.size() == 0) return;
  // A token is a byte, or a separator.
  tokens->info.bytes_per_token = static_cast<double>(validation_bytes) /
                                 static_cast<double>(tokens->validation.size());
}

TaskInfo Describe(const Corpus& corpus, const FileList& files,
                  double validation_fraction) {
  TaskInfo info;
  info.fingerprint =
      Sha256Hex(fmt::format("isoflop text 1: {} validation={}",
                            corpus.fingerprint(), validation_fraction));
  info.description = fmt::format(
      "text: {} documents, {}, byte tokens, {:.3g} % for validation",
      corpus.documents().size(),
      FormatBytes(static_cast<double>(corpus.bytes())),
      100.0 * validation_fraction);
  info.vocab_size = kBytes;
  info.notes = SkippedNotes(files);
  if (corpus.duplicates() > 0) {
    info.notes.push_back(
        fmt::format("{} of {} files are exact copies of others and were left "
                    "out",
                    corpus.duplicates(), files.files.size()));
  }
  if (InspectionFor(files.bytes) == Inspection::kSampled) {
    info.notes.push_back(
        "the text is too large to be read whole before training: its "
        "fingerprint is of samples");
  }
  return info;
}

std::shared_ptr<const TaskConfig> ReadText(ObjectReader* reader) {
  auto config = std::make_shared<TextConfig>();
  if (reader->Need("paths")) reader->Read("paths", &config->paths);
  reader->Read("extensions", &config->extensions);
  for (std::string& extension : config->extensions) {
    // "txt" is what many people write for ".txt".
    if (!extension.starts_with('.')) extension.insert(extension.begin(), '.');
  }
  reader->Read("validation_fraction", &config->validation_fraction,
               {kPositive, 0.5});
  return config;
}

}  // namespace

TaskKind TextKind() {
  return {.name = TextConfig{}.kind(),
          .keys = {"paths", "extensions", "validation_fraction"},
          .read = ReadText};
}

Json TextConfig::ToJson() const {
  Json json = {{"paths", paths}};
  if (!extensions.empty()) json["extensions"] = extensions;
  json["validation_fraction"] = validation_fraction;
  return json;
}

ExampleShape TextConfig::Shape(std::int64_t context) const {
  return WindowShape(kBytes, context);
}

std::unique_ptr<Task> TextConfig::Open(std::int64_t eval_tokens,
                                       std::int64_t context) const {
  return OpenText(*this, eval_tokens, context);
}

std::unique_ptr<Task> OpenText(const TextConfig& config,
                               std::int64_t eval_tokens, std::int64_t context) {
  Problems problems;
  const FileList files =
      FindFiles(config.paths, "data.paths",
                DirectoryRules{.extensions = config.extensions}, &problems);
  problems.ThrowIfAny();
  auto corpus = std::make_shared<const Corpus>(files);
  FiniteTokens tokens;
  tokens.info = Describe(*corpus, files, config.validation_fraction);
  Split(*corpus, config.validation_fraction, &tokens);
  tokens.watch = corpus->watch();
  tokens.remedy = "raise data.validation_fraction";
  tokens.storage = std::move(corpus);
  return std::make_unique<FiniteTask>(std::move(tokens), eval_tokens, context);
}

}  // namespace isoflop
