// The directory that tokenizing writes to, which survives being killed at any
// instant.
//
//   work/request.json  what is made: tokenizer, release, options
//   work/pieces.jsonl  a line for each piece of text that is done
//   work/000012.ids    its ids, until they are in a token file
//   train_000.bin      the ids of all pieces, so many a file
//
// Every file is written whole or not at all, and the line of a piece after its
// ids. A piece is done where its line says the hash of the same text.

#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "lib/core/files.h"
#include "lib/core/json.h"
#include "lib/core/mapped_file.h"
#include "lib/data/token_sequence.h"
#include "lib/data/tokens_record.h"

namespace isoflop {

/// What is known of a piece of text.
struct PieceRecord {
  std::string hash;
  std::int64_t tokens = 0;
  std::int64_t documents = 0;
  std::int64_t empty_documents = 0;
  std::int64_t bytes = 0;
};

/// Keeps every other process from the directory for as long as it lives.
class DirectoryLock {
 public:
  /// Makes the directory if need be. Throws Error when another process has it.
  explicit DirectoryLock(const std::filesystem::path& folder);
  ~DirectoryLock();
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

 private:
  int descriptor_ = -1;
};

class TokenStore {
 public:
  /// Opens `folder/work` and reads what is done. REQUIRES: the caller has the
  /// directory's lock, and work/request.json is that of this very request.
  TokenStore(std::filesystem::path folder, TokenWidth width,
             std::int64_t tokens_of_file);

  /// Whether a piece, by its number, is done; several threads may ask. Throws
  /// Error where what was in its place was another: the input has changed.
  bool Has(std::size_t piece, const std::string& hash) const;

  /// The number of the next piece.
  std::size_t next() const { return next_; }

  /// Takes the next piece as it is kept. REQUIRES: it is done.
  void KeepNext();

  /// Adds the next piece; writes each token file that is full with it.
  void Add(const PieceRecord& piece, std::span<const std::uint32_t> ids);

  /// Writes the last token file. Throws Error where there is no token at all,
  /// or pieces are kept that do not belong to the input.
  void Finish();

  /// All pieces so far.
  const TokensRecord& record() const { return record_; }

  /// Where requests and pieces are.
  static std::filesystem::path WorkOf(const std::filesystem::path& folder);

  /// Removes requests, pieces, and what killed processes left.
  static void RemoveWork(const std::filesystem::path& folder);

  /// Removes what tokenizing has written, finished or not.
  static void Clear(const std::filesystem::path& folder);

 private:
  struct Pending {  // tokens that are in no token file
    std::size_t piece = 0;
    MappedFile file;
    std::int64_t begin = 0;
  };

  void ReadPieces();
  void Count(const PieceRecord& piece);
  void Take(const PieceRecord& piece);
  void WriteFile(std::int64_t tokens);
  std::filesystem::path IdsOf(std::size_t piece) const;
  bool IsKept(std::size_t piece) const;

  std::filesystem::path folder_;
  TokenWidth width_;
  std::int64_t tokens_of_file_;
  std::vector<PieceRecord> done_;  // as the file of pieces says
  std::int64_t files_there_ = 0;   // full, from an earlier process
  std::int64_t tokens_there_ = 0;  // in them
  std::size_t next_ = 0;           // piece
  std::deque<Pending> pending_;
  std::int64_t pending_tokens_ = 0;
  std::optional<AppendFile> log_;
  std::string hashes_;  // of all pieces so far
  TokensRecord record_;
};

}  // namespace isoflop
