#include "lib/tokenize/token_store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "lib/core/error.h"
#include "lib/core/hash.h"
#include "lib/core/text.h"
#include "lib/tokenize/token_writer.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

Json ToJson(const PieceRecord& piece) {
  return {{"sha256", piece.hash},
          {"tokens", piece.tokens},
          {"documents", piece.documents},
          {"empty_documents", piece.empty_documents},
          {"bytes", piece.bytes}};
}

PieceRecord PieceFromJson(const Json& json) {
  return {.hash = json.at("sha256"),
          .tokens = json.at("tokens"),
          .documents = json.at("documents"),
          .empty_documents = json.at("empty_documents"),
          .bytes = json.at("bytes")};
}

bool IsTokenFileName(const std::string& name) {
  return name.starts_with("train_") && name.ends_with(".bin");
}

/// Whether it is what a process left that was killed while it wrote one of the
/// files of the directory.
bool IsTorn(const std::string& name) {
  return name.ends_with(".tmp") &&
         (name.starts_with(".train_") || name.starts_with(".token"));
}

void RemoveIf(const fs::path& folder, bool (*unwanted)(const std::string&)) {
  std::error_code error;
  std::vector<fs::path> gone;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (unwanted(entry->path().filename().string())) {
      gone.push_back(entry->path());
    }
  }
  for (const fs::path& path : gone) fs::remove(path, error);
}

}  // namespace

DirectoryLock::DirectoryLock(const fs::path& folder) {
  MakeDirectories(folder);
  descriptor_ = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  Require(descriptor_ >= 0, "{}: cannot be opened", folder.string());
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return;
  ::close(descriptor_);
  throw Error(fmt::format(
      "{}: another process tokenizes into it; wait for it, or name another "
      "directory with -o",
      folder.string()));
}

DirectoryLock::~DirectoryLock() { ::close(descriptor_); }

TokenStore::TokenStore(fs::path folder, TokenWidth width,
                       std::int64_t tokens_of_file)
    : folder_(std::move(folder)),
      width_(width),
      tokens_of_file_(tokens_of_file) {
  const auto full =
      kTokenHeaderBytes + static_cast<std::uintmax_t>(tokens_of_file_) *
                              static_cast<std::uintmax_t>(width_);
  std::error_code ignored;
  const auto is_full = [&](std::int64_t number) {
    return fs::file_size(
               folder_ /
                   TokenFileName("train", static_cast<std::size_t>(number)),
               ignored) == full &&
           !ignored;
  };
  while (is_full(files_there_)) ++files_there_;
  tokens_there_ = files_there_ * tokens_of_file_;
  ReadPieces();
  log_.emplace(WorkOf(folder_) / "pieces.jsonl");
}

/// Takes the lines up to one that is torn, or whose ids are gone.
void TokenStore::ReadPieces() {
  const fs::path path = WorkOf(folder_) / "pieces.jsonl";
  const std::string text = ReadFileIfAny(path).value_or("");
  std::string kept;
  std::int64_t tokens = 0;
  for (const TextLine& line : NonBlankLines(text)) {
    try {
      const Json json = ParseJson(line.text, path.string());
      done_.push_back(PieceFromJson(json));
    } catch (const std::exception&) {
      break;
    }
    tokens += done_.back().tokens;
    if (tokens > tokens_there_ && !IsKept(done_.size() - 1)) {
      done_.pop_back();
      break;
    }
    kept += std::string(line.text) + "\n";
  }
  if (kept != text) WriteFileAtomically(path, kept);
}

bool TokenStore::IsKept(std::size_t piece) const {
  std::error_code ignored;
  const auto bytes = fs::file_size(IdsOf(piece), ignored);
  return !ignored &&
         bytes == static_cast<std::uintmax_t>(
                      done_[piece].tokens * static_cast<std::int64_t>(width_));
}

fs::path TokenStore::IdsOf(std::size_t piece) const {
  return WorkOf(folder_) / fmt::format("{:06}.ids", piece);
}

bool TokenStore::Has(std::size_t piece, const std::string& hash) const {
  if (piece >= done_.size()) return false;
  Require(done_[piece].hash == hash,
          "{}: has tokens of other text: the input has changed since; --force "
          "starts over, and -o names another directory",
          folder_.string());
  return true;
}

void TokenStore::KeepNext() { Take(done_[next_]); }

void TokenStore::Add(const PieceRecord& piece,
                     std::span<const std::uint32_t> ids) {
  const auto packed = PackTokens(ids, width_);
  const std::span<const std::byte> bytes(packed);
  WriteFileAtomically(IdsOf(next_), std::span(&bytes, 1));
  log_->AppendLine(ToJson(piece).dump());
  log_->Sync();
  Take(piece);
}

void TokenStore::Count(const PieceRecord& piece) {
  record_.documents += piece.documents;
  record_.empty_documents += piece.empty_documents;
  record_.bytes += piece.bytes;
  record_.tokens += piece.tokens;
  hashes_ += piece.hash + "\n";
}

void TokenStore::Take(const PieceRecord& piece) {
  const std::int64_t before = record_.tokens;
  Count(piece);
  if (record_.tokens > tokens_there_) {
    // Its first tokens may be in a file from an earlier process.
    const std::int64_t begin =
        std::clamp<std::int64_t>(tokens_there_ - before, 0, piece.tokens);
    pending_.push_back({next_, MappedFile(IdsOf(next_)), begin});
    pending_tokens_ += piece.tokens - begin;
  }
  ++next_;
  while (pending_tokens_ >= tokens_of_file_) WriteFile(tokens_of_file_);
}

void TokenStore::WriteFile(std::int64_t tokens) {
  const auto width = static_cast<std::int64_t>(width_);
  const std::string name = TokenFileName(
      "train", static_cast<std::size_t>(files_there_) + record_.files.size());
  std::vector<std::span<const std::byte>> parts;
  std::int64_t wanted = tokens;
  std::size_t used_up = 0;
  for (Pending& part : pending_) {
    if (wanted == 0) break;
    const auto all = part.file.bytes();
    const std::int64_t left = std::ssize(all) / width - part.begin;
    const std::int64_t taken = std::min(left, wanted);
    parts.push_back(all.subspan(static_cast<std::size_t>(part.begin * width),
                                static_cast<std::size_t>(taken * width)));
    part.begin += taken;
    wanted -= taken;
    if (taken == left) ++used_up;
  }
  const std::string hash =
      WriteTokenFile(folder_ / name, width_, std::move(parts));
  record_.files.push_back({name, tokens, hash});
  pending_tokens_ -= tokens;
  for (; used_up > 0; --used_up) {
    std::error_code ignored;
    fs::remove(IdsOf(pending_.front().piece), ignored);
    pending_.pop_front();
  }
}

void TokenStore::Finish() {
  Require(next_ >= done_.size() && record_.tokens >= tokens_there_,
          "{}: has tokens of more text: the input has changed since; --force "
          "starts over",
          folder_.string());
  Require(record_.tokens > 0, "INPUT: there is no text in any document");
  if (pending_tokens_ > 0) WriteFile(pending_tokens_);
  std::vector<TokensFileRecord> files;
  for (std::int64_t i = 0; i < files_there_; ++i) {
    const std::string name =
        TokenFileName("train", static_cast<std::size_t>(i));
    const MappedFile file(folder_ / name);
    Sha256 hash;
    hash.Update(file.bytes());
    files.push_back({name, tokens_of_file_, hash.Hex()});
  }
  record_.files.insert(record_.files.begin(), files.begin(), files.end());
  record_.fingerprint = Sha256Hex(hashes_);
}

fs::path TokenStore::WorkOf(const fs::path& folder) { return folder / "work"; }

void TokenStore::RemoveWork(const fs::path& folder) {
  std::error_code ignored;
  fs::remove_all(WorkOf(folder), ignored);
  RemoveIf(folder, IsTorn);
}

void TokenStore::Clear(const fs::path& folder) {
  std::error_code ignored;
  fs::remove(folder / kTokensFile, ignored);
  RemoveIf(folder, IsTokenFileName);
  fs::remove(folder / kModelFile, ignored);
  RemoveWork(folder);
}

}  // namespace isoflop
