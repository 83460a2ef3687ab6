#include "lib/data/tokens_task.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "lib/core/error.h"
#include "lib/core/hash.h"
#include "lib/core/text.h"
#include "lib/data/data_files.h"
#include "lib/data/data_watch.h"
#include "lib/data/finite_task.h"
#include "lib/data/inspection.h"
#include "lib/data/task_kinds.h"
#include "lib/data/token_file.h"
#include "lib/data/token_files.h"
#include "lib/data/token_text.h"

namespace isoflop {
namespace {

struct OpenedTokens {
  TokenFiles train;
  TokenFiles validation;
  Inspection inspection = Inspection::kWhole;
  DataWatch watch;
  std::optional<double> bytes_per_token;
  std::vector<std::string> notes;
};

void RefuseSharedFiles(const OpenedTokens& opened, Problems* problems) {
  const TokenFiles& train = opened.train;
  const TokenFiles& validation = opened.validation;
  for (std::size_t i = 0; i < validation.files.size(); ++i) {
    const auto same = std::ranges::find(train.hashes, validation.hashes[i]);
    if (same == train.hashes.end()) continue;
    const auto at = static_cast<std::size_t>(same - train.hashes.begin());
    problems->Add(
        "data.validation_paths",
        fmt::format("{} has the same tokens as the training file {}",
                    validation.files[i].name(), train.files[at].name()));
  }
}

/// Appends the tokens with numbers in [begin, end) of all files together.
void AppendRange(const TokenFiles& opened, std::int64_t begin, std::int64_t end,
                 TokenSequence* sequence) {
  std::int64_t file_begin = 0;
  for (const TokenFile& file : opened.files) {
    const std::int64_t first =
        std::clamp(begin - file_begin, std::int64_t{0}, file.size());
    const std::int64_t last = std::clamp(end - file_begin, first, file.size());
    const int width = static_cast<int>(file.width());
    sequence->Append(
        file.tokens().subspan(static_cast<std::size_t>(first * width),
                              static_cast<std::size_t>((last - first) * width)),
        file.width(), file.name(), first);
    file_begin += file.size();
  }
}

std::string Fingerprint(const OpenedTokens& opened) {
  Sha256 hash;
  hash.Update("isoflop tokens 1\n");
  for (const TokenFiles* side : {&opened.train, &opened.validation}) {
    for (std::size_t i = 0; i < side->files.size(); ++i) {
      // Not the names: moved or renamed files are the same data.
      hash.Update(fmt::format("{} x {} bytes: {}\n", side->files[i].size(),
                              static_cast<int>(side->files[i].width()),
                              side->hashes[i]));
    }
    hash.Update("end\n");
  }
  return hash.Hex();
}

void WatchFiles(OpenedTokens* opened) {
  for (const TokenFiles* side : {&opened->train, &opened->validation}) {
    for (std::size_t i = 0; i < side->files.size(); ++i) {
      const TokenFile& file = side->files[i];
      opened->watch.Add(file.name(), file.stamp(), file.tokens(),
                        opened->inspection, side->hashes[i]);
    }
  }
}

/// Opens and checks all files; throws Error with everything wrong.
OpenedTokens OpenAll(const TokensConfig& config) {
  Problems problems;
  FileList train = FindFiles(config.train_paths, "data.train_paths",
                             std::nullopt, &problems);
  FileList validation =
      FindFiles(config.validation_paths, "data.validation_paths", std::nullopt,
                &problems);
  OpenedTokens opened;
  opened.train = OpenTokenFiles(&train, config.format, &problems);
  opened.validation = OpenTokenFiles(&validation, config.format, &problems);
  opened.inspection =
      InspectionFor(opened.train.bytes + opened.validation.bytes);
  std::int64_t copies = 0;
  for (TokenFiles* side : {&opened.train, &opened.validation}) {
    copies +=
        CheckTokenFiles(config.vocab_size, opened.inspection, side, &problems);
  }
  RefuseSharedFiles(opened, &problems);
  opened.bytes_per_token =
      BytesPerToken(opened.train, opened.validation, &problems, &opened.notes);
  problems.ThrowIfAny();
  WatchFiles(&opened);
  std::ranges::move(SkippedNotes(train), std::back_inserter(opened.notes));
  if (copies > 0) {
    opened.notes.push_back(
        fmt::format("{} of {} files {} of another and {} left out", copies,
                    train.files.size() + validation.files.size(),
                    copies == 1 ? "is an exact copy" : "are exact copies",
                    copies == 1 ? "was" : "were"));
  }
  return opened;
}

TaskInfo Describe(const OpenedTokens& opened, const TokensConfig& config) {
  TaskInfo info;
  info.fingerprint = Fingerprint(opened);
  info.description =
      fmt::format("tokens: {} in {} file(s), vocabulary {}",
                  FormatCount(static_cast<double>(opened.train.tokens +
                                                  opened.validation.tokens)),
                  opened.train.files.size() + opened.validation.files.size(),
                  config.vocab_size);
  info.vocab_size = config.vocab_size;
  info.bytes_per_token = opened.bytes_per_token;
  info.notes = opened.notes;
  if (opened.inspection == Inspection::kSampled) {
    info.notes.push_back(
        "the files are too large to be read whole before training: their "
        "fingerprint is of samples, and tokens are checked as they are read");
  }
  return info;
}

std::shared_ptr<const TaskConfig> ReadTokens(ObjectReader* reader) {
  auto config = std::make_shared<TokensConfig>();
  if (reader->Need("train_paths")) {
    reader->Read("train_paths", &config->train_paths);
  }
  reader->Read("validation_paths", &config->validation_paths);
  reader->ReadEnum("format", &config->format);
  if (reader->Need("vocab_size")) {
    reader->Read("vocab_size", &config->vocab_size, {2, INT32_MAX});
  }
  constexpr std::int64_t kUint16Values = 65536;
  if (config->format == TokenFormat::kUint16 &&
      config->vocab_size > kUint16Values) {
    reader->Refuse("vocab_size",
                   fmt::format("must be at most {} with the format uint16, got "
                               "{}; is the format uint32?",
                               kUint16Values, config->vocab_size));
  }
  return config;
}

}  // namespace

TaskKind TokensKind() {
  return {.name = TokensConfig{}.kind(),
          .keys = {"train_paths", "validation_paths", "format", "vocab_size"},
          .read = ReadTokens};
}

Json TokensConfig::ToJson() const {
  Json json = {{"train_paths", train_paths}};
  if (!validation_paths.empty()) json["validation_paths"] = validation_paths;
  json["format"] = NameOf(format);
  json["vocab_size"] = vocab_size;
  return json;
}

ExampleShape TokensConfig::Shape(std::int64_t context) const {
  return WindowShape(vocab_size, context);
}

std::unique_ptr<Task> TokensConfig::Open(std::int64_t eval_tokens,
                                         std::int64_t context) const {
  return OpenTokens(*this, eval_tokens, context);
}

std::unique_ptr<Task> OpenTokens(const TokensConfig& config,
                                 std::int64_t eval_tokens,
                                 std::int64_t context) {
  auto opened = std::make_shared<const OpenedTokens>(OpenAll(config));
  const TokenFiles& train = opened->train;
  const TokenFiles& validation = opened->validation;
  FiniteTokens tokens;
  tokens.info = Describe(*opened, config);
  tokens.remedy = "add files to data.validation_paths";
  if (validation.files.empty()) {
    // Without files for it the end of the training data is the evaluation set:
    // whole windows, and the token after the last.
    const std::int64_t cut = eval_tokens / context * context + 1;
    const std::int64_t end = std::max<std::int64_t>(train.tokens - cut, 0);
    AppendRange(train, 0, end, &tokens.train);
    AppendRange(train, end, train.tokens, &tokens.validation);
  } else {
    AppendRange(train, 0, train.tokens, &tokens.train);
    AppendRange(validation, 0, validation.tokens, &tokens.validation);
  }
  tokens.watch = opened->watch;
  tokens.storage = std::move(opened);
  return std::make_unique<FiniteTask>(std::move(tokens), eval_tokens, context);
}

}  // namespace isoflop
