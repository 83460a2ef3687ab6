#include "lib/sweep/data_paths.h"

#include <glob.h>

#include <algorithm>
#include <string_view>
#include <system_error>

namespace isoflop {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kGlobCharacters = "*?[\\";

bool IsThere(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(path, ignored));
}

bool Matches(const std::string& pattern) {
  glob_t matched{};
  const bool some =
      ::glob(pattern.c_str(), GLOB_NOSORT, nullptr, &matched) == 0;
  ::globfree(&matched);
  return some;
}

/// The folder's name stands for itself, whatever is in it.
std::string Escaped(const std::string& folder) {
  std::string escaped;
  for (const char c : folder) {
    if (kGlobCharacters.find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

/// The name below a folder, as a path if one is there and else as a glob.
std::string Below(const fs::path& folder, const std::string& name) {
  std::error_code code;
  const fs::path root = fs::absolute(folder, code);
  if (code) return name;  // the working directory is gone
  const fs::path path = (root / name).lexically_normal();
  if (IsThere(path)) return path.string();
  return (fs::path(Escaped(root.string())) / name).lexically_normal().string();
}

bool IsPathKey(std::string_view key) { return key.ends_with("paths"); }

void MakeAbsolute(const fs::path& folder, Json* names) {
  if (!names->is_array()) return;
  for (Json& name : *names) {
    if (name.is_string()) {
      name = AbsoluteDataPath(name.get<std::string>(), folder);
    }
  }
}

}  // namespace

std::string AbsoluteDataPath(const std::string& name, const fs::path& folder) {
  const bool nul = name.find('\0') != std::string::npos;
  if (name.empty() || nul || fs::path(name).is_absolute()) return name;
  const std::string here = folder.empty() ? "." : folder.string();
  std::string beside = Below(here, name);
  if (IsThere(beside) || Matches(beside)) return beside;
  // As paths once were, so that sweeps go on which rely on it.
  const std::string from_caller = Below(".", name);
  return IsThere(from_caller) || Matches(from_caller) ? from_caller : beside;
}

void MakeDataPathsAbsolute(const fs::path& folder, Json* sweep) {
  if (!sweep->is_object()) return;
  if (const auto data = sweep->find("data");
      data != sweep->end() && data->is_object()) {
    for (auto& item : data->items()) {
      if (IsPathKey(item.key())) MakeAbsolute(folder, &item.value());
    }
  }
  const auto vary = sweep->find("vary");
  if (vary == sweep->end() || !vary->is_object()) return;
  for (auto& item : vary->items()) {
    if (!item.key().starts_with("data.") || !IsPathKey(item.key())) continue;
    if (!item.value().is_array()) continue;
    for (Json& names : item.value()) MakeAbsolute(folder, &names);
  }
}

}  // namespace isoflop
