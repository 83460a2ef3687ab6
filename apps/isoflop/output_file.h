// Where a command writes to: never over what it reads, and over something else
// only if that is what it wrote there itself, of the same source, or by
// --force.

#pragma once

#include <CLI/App.hpp>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/core/json.h"

namespace isoflop {

/// What is asked for with -o and --force, or stands for it.
struct OutputFile {
  std::filesystem::path path;  // empty: none, and all is well
  bool force = false;          // to replace what another command wrote
  // Files that are read, and directories of which anything may be read.
  std::vector<std::filesystem::path> inputs = {};
};

/// What a file is that lies where another is to be written.
enum class Existing {
  kOwn,          // of the same kind and source, as a command writes it again
  kOtherSource,  // of the same kind, made from something else
  kForeign,      // anything else
  kForPeople,    // as a command writes it once, to be changed by hand
};

/// Adds --force.
void AddForceOption(CLI::App* command, OutputFile* output);

/// Throws Error when the output is one of the inputs, under whatever name
/// (links, "./"), or when something else than kOwn lies there and is not to be
/// replaced by force. What is no file is left to the writing. `what_is` is
/// asked only where there is a file that is not empty.
void RequireMayWrite(
    const OutputFile& output,
    const std::function<Existing(const std::filesystem::path&)>& what_is);

/// Does so for JSON with this schema, whose source is the same where `is_same`
/// says so of what is there: as much of it as has `member`.
void RequireMayWriteJson(const OutputFile& output, std::string_view schema,
                         std::string_view member,
                         const std::function<bool(const Json&)>& is_same);

/// Throws Error when the output is not given, or is no folder: `format` writes
/// `what`, "a file for each figure".
void RequireFolder(const OutputFile& output, std::string_view format,
                   std::string_view what);

/// Returns the inputs of a command that reads `path`: a file, or a sweep
/// directory, whose plan and sweep file are never an output.
std::vector<std::filesystem::path> InputsOf(const std::filesystem::path& path);

/// Whether a file that `stored` was made from, as a file tells, is `given`: the
/// same words, or the same file or directory.
bool IsSameSource(const std::string& stored,
                  const std::filesystem::path& given);

/// Returns the string at a pointer such as "/observations/source", empty where
/// there is none.
std::string TextAt(const Json& json, const char* pointer);

}  // namespace isoflop
