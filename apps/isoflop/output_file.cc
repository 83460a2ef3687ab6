#include "apps/isoflop/output_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>
#include <system_error>

#include "lib/core/error.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

/// By device and inode, so links of either kind count.
bool AreTheSame(const fs::path& a, const fs::path& b) {
  std::error_code code;
  return fs::equivalent(a, b, code) && !code;
}

bool IsFolder(const fs::path& path) {
  std::error_code code;
  return fs::is_directory(path, code);
}

/// Whether the file lies in the directory, or below it.
bool LiesIn(const fs::path& file, const fs::path& directory) {
  std::error_code code;
  fs::path folder = fs::canonical(file, code).parent_path();
  while (!code && folder != folder.parent_path()) {
    if (AreTheSame(folder, directory)) return true;
    folder = folder.parent_path();
  }
  return false;
}

/// Whether there is a file with something in it.
bool HasContent(const fs::path& path) {
  std::error_code code;
  return fs::is_regular_file(path, code) && fs::file_size(path, code) > 0 &&
         !code;
}

/// The document's schema and `member`, if it is one; what follows them, and a
/// file of anything else, may be large, and is not read.
std::optional<Json> HeadIfAny(const fs::path& path, std::string_view member) {
  std::ifstream file(path, std::ios::binary);
  if ((file >> std::ws).peek() != '{') return std::nullopt;
  try {
    return ReadJsonUpTo(path,
                        std::array<std::string_view, 2>{"schema", member});
  } catch (const Error&) {
    return std::nullopt;
  }
}

void RefuseInput(const OutputFile& output, const fs::path& input) {
  const std::string other_name =
      output.path == input ? "" : fmt::format(", as {}", input.string());
  throw Error(fmt::format(
      "--output: {} is read by this command{}, and would be lost; name another "
      "file",
      output.path.string(), other_name));
}

const char* InWords(Existing existing) {
  switch (existing) {
    case Existing::kOtherSource:
      return "was made from something else";
    case Existing::kForPeople:
      return "may have been changed by hand";
    default:
      return "is not what this command writes";
  }
}

void RefuseExisting(const OutputFile& output, Existing existing) {
  throw Error(fmt::format(
      "--output: {} is there already, and {}; name another file with -o, or "
      "replace it with --force",
      output.path.string(), InWords(existing)));
}

}  // namespace

void AddForceOption(CLI::App* command, OutputFile* output) {
  command->add_flag("--force", output->force,
                    "Replace the output file, whatever it is (but never what "
                    "is read)");
}

void RequireMayWrite(const OutputFile& output,
                     const std::function<Existing(const fs::path&)>& what_is) {
  for (const fs::path& input : output.inputs) {
    if (!IsFolder(input) && AreTheSame(output.path, input)) {
      RefuseInput(output, input);
    }
  }
  if (output.path.empty() || !HasContent(output.path)) return;
  const Existing existing = what_is(output.path);
  if (existing == Existing::kOwn) return;
  for (const fs::path& input : output.inputs) {
    if (IsFolder(input) && LiesIn(output.path, input)) {
      RefuseInput(output, input);
    }
  }
  if (!output.force) RefuseExisting(output, existing);
}

void RequireMayWriteJson(const OutputFile& output, std::string_view schema,
                         std::string_view member,
                         const std::function<bool(const Json&)>& is_same) {
  RequireMayWrite(output, [&](const fs::path& path) {
    const auto json = HeadIfAny(path, member);
    if (!json || TextAt(*json, "/schema") != schema) return Existing::kForeign;
    return is_same(*json) ? Existing::kOwn : Existing::kOtherSource;
  });
}

void RequireFolder(const OutputFile& output, std::string_view format,
                   std::string_view what) {
  Require(!output.path.empty(),
          "--output: --format {} writes {}; name the folder that they go into "
          "with -o",
          format, what);
  std::error_code code;
  Require(!fs::exists(output.path, code) || IsFolder(output.path),
          "--output: {} is a file; --format {} writes a folder with {}",
          output.path.string(), format, what);
}

std::vector<fs::path> InputsOf(const fs::path& path) {
  if (!IsFolder(path)) return {path};
  return {path, path / "plan.json", path / "sweep.json"};
}

bool IsSameSource(const std::string& stored, const fs::path& given) {
  return stored == given.string() || AreTheSame(stored, given);
}

std::string TextAt(const Json& json, const char* pointer) {
  const Json::json_pointer place(pointer);
  if (!json.contains(place) || !json[place].is_string()) return {};
  return json[place].get<std::string>();
}

}  // namespace isoflop
