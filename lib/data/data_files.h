// From what a user names (files, globs, directories) to a list of files.

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "lib/core/error.h"
#include "lib/core/mapped_file.h"

namespace isoflop {

/// A regular file that is not empty.
struct DataFile {
  std::filesystem::path path;
  std::int64_t bytes = 0;
};

/// What `FindFiles` found, and how much it passed over.
struct FileList {
  std::vector<DataFile> files;
  std::int64_t bytes = 0;      // of all files together
  std::int64_t repeated = 0;   // met again under another name
  std::int64_t empty = 0;      // in directories
  std::int64_t hidden = 0;     // in directories; names that begin with a dot
  std::int64_t unwanted = 0;   // in directories; of another extension
  std::int64_t irregular = 0;  // in directories: devices, sockets, pipes,
                               // broken links, links to directories
};

/// How directories are read: every file below them, or, where `extensions` are
/// given (".txt"), those that have one of them.
struct DirectoryRules {
  std::vector<std::string> extensions;
};

/// Returns the files that `names` stand for, each once, in the order of the
/// names: a name is a path if something is there, and otherwise a glob. The
/// files of a glob are ordered by path and those of a directory by their path
/// below it, byte by byte, so the order does not depend on where they lie.
/// Links to directories are not followed, so there are no loops.
///
/// Adds to `problems`, with `key` for the place ("data.paths"): a name that
/// nothing answers to, a file named or globbed that is empty or not regular, a
/// directory without files, or any directory when `directories` is absent.
FileList FindFiles(const std::vector<std::string>& names,
                   const std::string& key,
                   const std::optional<DirectoryRules>& directories,
                   Problems* problems);

/// Maps one of the files of `list`. When they do not fit into memory (half of
/// it), the kernel is told not to read ahead: windows are read in random order,
/// and what was read ahead would be gone before its turn.
MappedFile Map(const DataFile& file, const FileList& list);

/// Returns what `list` passed over, a sentence each.
std::vector<std::string> SkippedNotes(const FileList& list);

}  // namespace isoflop
