#include "lib/tokenize/tokenize.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "lib/core/error.h"
#include "lib/core/hash.h"
#include "lib/core/share_work.h"
#include "lib/tokenize/document_reader.h"
#include "lib/tokenize/piece_encoder.h"
#include "lib/tokenize/token_store.h"
#include "lib/tokenize/token_writer.h"
#include "lib/tokenize/tokenizer_model.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kRequestSchema = "isoflop.tokenize-request/1";

/// Changes when units or pieces are cut otherwise.
constexpr int kCutVersion = 1;

std::string HashOf(const TextPiece& piece) {
  Sha256 hash;
  hash.Update(piece.text);
  std::string ends = fmt::format("\n{} empty", piece.empty_documents);
  for (const TextUnit& unit : piece.units) {
    if (unit.ends_document) ends += fmt::format(" {}", unit.begin + unit.size);
  }
  hash.Update(ends);
  return hash.Hex();
}

/// How far a reader is, on a line of progress.
class ReadingProgress {
 public:
  ReadingProgress(const std::vector<fs::path>& files, FitProgress* progress)
      : progress_(progress) {
    std::error_code ignored;
    for (const fs::path& file : files) bytes_ += fs::file_size(file, ignored);
  }

  void Report(std::string_view stage, std::int64_t bytes) const {
    constexpr std::int64_t kMiB = 1 << 20;
    if (progress_ == nullptr) return;
    progress_->Report(fmt::format("{}, MiB", stage),
                      static_cast<int>(bytes / kMiB),
                      static_cast<int>(bytes_ / kMiB) + 1);
  }

 private:
  FitProgress* progress_;
  std::uintmax_t bytes_ = 0;
};

/// A piece, and what was made of it.
struct PieceWork {
  TextPiece text;
  PieceRecord record;
  bool is_done = false;  // earlier
  std::vector<std::uint32_t> ids;
  std::optional<std::string> error;
};

class Tokenizing {
 public:
  Tokenizing(const TokenizeOptions& options, FitProgress* progress)
      : options_(options),
        files_(FindFilesOrThrow(options)),
        progress_(files_, progress),
        threads_(options.threads > 0
                     ? options.threads
                     : static_cast<int>(std::max(
                           1U, std::thread::hardware_concurrency()))) {}

  TokenizeOutcome Run() {
    std::optional<TokenizerModel> given;
    if (!options_.tokenizer.empty()) {
      given = TokenizerModel::Load(options_.tokenizer);
    }
    const DirectoryLock lock(options_.output);
    if (options_.force) TokenStore::Clear(options_.output);
    std::error_code ignored;
    if (fs::exists(options_.output / kTokensFile, ignored)) {
      return CheckComplete(given);
    }
    const TokenizerModel model = PrepareModel(std::move(given));
    TokenStore store(options_.output, WidthFor(model.vocab_size()),
                     options_.tokens_of_file);
    const std::int64_t kept = EncodeAll(model, &store);
    store.Finish();
    TokensRecord record = store.record();
    record.tokenizer = Describe(model);
    WriteJsonFile(options_.output / kTokensFile, ToJson(record));
    TokenStore::RemoveWork(options_.output);
    return {.record = std::move(record),
            .was_complete = false,
            .kept_pieces = kept};
  }

 private:
  static std::vector<fs::path> FindFilesOrThrow(
      const TokenizeOptions& options) {
    Problems problems;
    CheckOptions(options, &problems);
    auto files = FindTextFiles(options.inputs, &problems);
    problems.ThrowIfAny();
    return files;
  }

  static void CheckOptions(const TokenizeOptions& options, Problems* problems) {
    constexpr int kLeastVocabulary = 258;  // bytes, unknown, end of text
    if (options.tokens_of_file < 1 ||
        options.tokens_of_file > kMostTokensOfFile) {
      problems->Add("--shard-tokens",
                    fmt::format("must be from 1 to {}, got {}",
                                kMostTokensOfFile, options.tokens_of_file));
    }
    if (options.training.vocab_size < kLeastVocabulary) {
      problems->Add("--vocab-size",
                    fmt::format("must be at least {}: 256 bytes, the unknown "
                                "and the end of text, got {}",
                                kLeastVocabulary, options.training.vocab_size));
    }
    if (options.threads < 0 || options.threads > 1024) {
      problems->Add("--threads", fmt::format("must be from 0 to 1024, got {}",
                                             options.threads));
    }
  }

  TokenizerRecord Describe(const TokenizerModel& model) const {
    TokenizerRecord record;
    record.sha256 = model.fingerprint();
    record.release = SentencePieceRelease();
    record.kind = NameOf(model.facts().kind);
    record.vocab_size = model.vocab_size();
    record.end_of_text = model.end_of_text();
    if (options_.tokenizer.empty()) record.training_threads = kTrainingThreads;
    return record;
  }

  /// What is asked for, so far as the tokens depend on it.
  Json Request(const TokenizerRecord& tokenizer) const {
    return {{"schema", kRequestSchema},
            {"tokenizer", ToJson(tokenizer)},
            {"text_field", options_.text_field},
            {"tokens_of_file", options_.tokens_of_file},
            {"cut", kCutVersion}};
  }

  std::string Train() {
    DocumentReader reader(files_, options_.text_field);
    TextSample sample;
    TextPiece piece;
    while (reader.Next(&piece)) {
      sample.Add(piece);
      progress_.Report("reading for the tokenizer", reader.bytes_read());
    }
    progress_.Report("training the tokenizer", 0);
    return TrainTokenizer(sample.units(), options_.training);
  }

  /// Returns the tokenizer of the directory: the one that was given, the one
  /// that an earlier call has trained, or a new one.
  TokenizerModel PrepareModel(std::optional<TokenizerModel> given) {
    const fs::path work = TokenStore::WorkOf(options_.output);
    const fs::path request_file = work / "request.json";
    const fs::path model_file = options_.output / kModelFile;
    std::error_code ignored;
    const bool goes_on = fs::exists(request_file, ignored);
    const bool has_model = fs::exists(model_file, ignored);
    if (!goes_on) RequireNoTokens();
    if (!given && goes_on && has_model) {
      given = TokenizerModel::Load(model_file);
      RequireAskedFor(Describe(*given));
    }
    if (!given) {
      given = TokenizerModel(Train(), model_file.string());
    }
    const Json request = Request(Describe(*given));
    if (goes_on) {
      RequireSame(ReadJsonFile(request_file), request);
    } else {
      MakeDirectories(work);
      WriteJsonFile(request_file, request);
    }
    if (!goes_on || !has_model) {
      WriteFileAtomically(model_file, given->bytes());
    }
    return std::move(*given);
  }

  /// A directory that another program has written to is not ours.
  void RequireNoTokens() const {
    std::error_code error;
    const fs::path& folder = options_.output;
    for (const fs::path& path :
         {folder / TokenFileName("train", 0), folder / kModelFile}) {
      Require(!fs::exists(path, error),
              "{}: is there, but no {} that says what it is; name another "
              "directory with -o, or replace it with --force",
              path.string(), kTokensFile);
    }
  }

  void RequireSame(const Json& there, const Json& now) const {
    for (const char* path :
         {"/tokenizer/release", "/tokenizer/kind", "/tokenizer/vocab_size",
          "/tokenizer/sha256", "/text_field", "/tokens_of_file", "/cut"}) {
      const Json::json_pointer at(path);
      const Json before = there.contains(at) ? there.at(at) : Json("none");
      const Json after = now.contains(at) ? now.at(at) : Json("none");
      Require(
          before == after,
          "{}: has tokens made otherwise, which are not to be mixed: {} was "
          "{} and is {}; --force starts over, and -o names another "
          "directory",
          options_.output.string(), std::string(path).substr(1), WordOf(before),
          WordOf(after));
    }
  }

  /// Of a tokenizer that was trained here.
  void RequireAskedFor(const TokenizerRecord& there) const {
    TokenizerRecord now = there;
    now.release = SentencePieceRelease();
    if (options_.tokenizer.empty()) {
      now.kind = NameOf(options_.training.kind);
      now.vocab_size = options_.training.vocab_size;
      now.training_threads = kTrainingThreads;
    }
    Json was;
    Json is;
    was["tokenizer"] = ToJson(there);
    is["tokenizer"] = ToJson(now);
    RequireSame(was, is);
  }

  /// Everything is there: is it of this text?
  TokenizeOutcome CheckComplete(const std::optional<TokenizerModel>& given) {
    TokensRecord record = ReadTokensRecord(options_.output / kTokensFile);
    RequireAskedFor(record.tokenizer);
    TokenStore::RemoveWork(options_.output);  // if it was killed just before
    if (given) {
      Json was;
      Json is;
      was["tokenizer"] = ToJson(record.tokenizer);
      is["tokenizer"] = ToJson(Describe(*given));
      RequireSame(was, is);
    }
    DocumentReader reader(files_, options_.text_field);
    std::string hashes;
    TextPiece piece;
    while (reader.Next(&piece)) {
      hashes += HashOf(piece) + "\n";
      progress_.Report("comparing", reader.bytes_read());
    }
    Require(Sha256Hex(hashes) == record.fingerprint,
            "{}: has tokens of other text; --force starts over, and -o names "
            "another directory",
            options_.output.string());
    Require(record.files.size() < 2 ||
                record.files.front().tokens == options_.tokens_of_file,
            "{}: has files of {} tokens; --force starts over",
            options_.output.string(),
            record.files.empty() ? 0 : record.files.front().tokens);
    return {.record = std::move(record), .was_complete = true};
  }

  /// Encodes what is not done; returns how many pieces were.
  std::int64_t EncodeAll(const TokenizerModel& model, TokenStore* store) {
    DocumentReader reader(files_, options_.text_field);
    std::vector<std::unique_ptr<PieceEncoder>> encoders;
    encoders.reserve(static_cast<std::size_t>(threads_));
    for (int i = 0; i < threads_; ++i) {
      encoders.push_back(std::make_unique<PieceEncoder>(model));
    }
    std::int64_t kept = 0;
    const auto read = [&] { return ReadBatch(&reader); };
    auto next = std::async(std::launch::async, read);
    for (auto batch = next.get(); !batch.empty(); batch = next.get()) {
      const std::int64_t bytes = reader.bytes_read();
      next = std::async(std::launch::async, read);
      EncodeBatch(*store, &encoders, &batch);
      for (PieceWork& work : batch) {
        Require(!work.error, "{}", work.error.value_or(""));
        if (work.is_done) {
          store->KeepNext();
          ++kept;
        } else {
          store->Add(work.record, work.ids);
        }
      }
      progress_.Report("tokenizing", bytes);
    }
    return kept;
  }

  std::vector<PieceWork> ReadBatch(DocumentReader* reader) const {
    std::vector<PieceWork> batch;
    const std::size_t most = 2 * static_cast<std::size_t>(threads_);
    while (batch.size() < most) {
      PieceWork work;
      if (!reader->Next(&work.text)) break;
      batch.push_back(std::move(work));
    }
    return batch;
  }

  void EncodeBatch(const TokenStore& store,
                   std::vector<std::unique_ptr<PieceEncoder>>* encoders,
                   std::vector<PieceWork>* batch) {
    std::atomic<std::size_t> taken = 0;
    const auto make_worker = [&]() -> std::function<void(int)> {
      PieceEncoder* encoder = (*encoders)[taken++].get();
      return [&store, batch, encoder, this](int i) {
        const auto at = static_cast<std::size_t>(i);
        EncodePiece(store, store.next() + at, encoder, &(*batch)[at]);
      };
    };
    ShareWork(static_cast<int>(batch->size()), threads_, make_worker);
  }

  /// What is wrong is kept, so that it is the first of the text that is said.
  void EncodePiece(const TokenStore& store, std::size_t number,
                   PieceEncoder* encoder, PieceWork* work) const {
    try {
      work->record.hash = HashOf(work->text);
      work->is_done = store.Has(number, work->record.hash);
      if (work->is_done) return;
      work->ids = encoder->Encode(work->text, files_);
    } catch (const Error& error) {
      work->error = error.what();
      return;
    }
    PieceRecord& record = work->record;
    record.tokens = std::ssize(work->ids);
    record.empty_documents = work->text.empty_documents;
    record.documents = record.empty_documents;
    record.bytes = std::ssize(work->text.text);
    for (const TextUnit& unit : work->text.units) {
      if (unit.ends_document) ++record.documents;
    }
  }

  const TokenizeOptions& options_;
  std::vector<fs::path> files_;
  ReadingProgress progress_;
  int threads_;
};

}  // namespace

TokenizeOutcome Tokenize(const TokenizeOptions& options,
                         FitProgress* progress) {
  return Tokenizing(options, progress).Run();
}

}  // namespace isoflop
