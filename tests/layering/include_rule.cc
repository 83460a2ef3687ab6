#include "tests/layering/include_rule.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <regex>
#include <sstream>
#include <string_view>

#include "lib/core/files.h"
#include "tests/layering/sources.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

using Folders = std::vector<std::string_view>;

/// A folder, the folders that it may include from besides itself, and headers
/// of a folder above that are a door to it.
struct Layer {
  std::string_view folder;
  Folders below;
  Folders doors = {};
};

const std::vector<Layer>& Layers() {
  static const std::vector<Layer> kLayers = {
      {"lib/core", {}},
      {"lib/numeric", {"lib/core"}},
      {"lib/plot", {"lib/core"}},
      {"lib/data", {"lib/core"}},
      {"lib/tokenize", {"lib/core", "lib/data"}},
      {"lib/sweep", {"lib/core", "lib/data"}},
      {"lib/record", {"lib/core", "lib/data", "lib/sweep"}},
      {"lib/machine", {"lib/core", "lib/sweep", "lib/record"}},
      {"lib/execute", {"lib/core", "lib/sweep", "lib/record", "lib/machine"}},
      // Kernels stand on the parts of a model. A model reaches them by one
      // door.
      {"lib/model", {"lib/core", "lib/sweep"}, {"lib/model/cpu/cpu_pass.h"}},
      {"lib/model/cpu", {"lib/core", "lib/sweep", "lib/model"}},
      {"lib/probe", {"lib/core", "lib/data", "lib/sweep", "lib/model"}},
      {"lib/train",
       {"lib/core", "lib/data", "lib/sweep", "lib/record", "lib/model",
        "lib/probe"}},
      {"analysis/laws", {"lib/core"}},
      {"analysis/solve", {"lib/core", "lib/numeric", "analysis/laws"}},
      {"analysis/table", {"lib/core"}},
      {"analysis/observe",
       {"lib/core", "lib/numeric", "lib/data", "lib/sweep", "lib/record",
        "analysis/solve", "analysis/table"}},
      {"analysis/regress",
       {"lib/core", "lib/numeric", "analysis/laws", "analysis/solve",
        "analysis/observe"}},
      {"analysis/diagnose",
       {"lib/core", "lib/numeric", "analysis/laws", "analysis/solve",
        "analysis/observe", "analysis/regress"}},
      {"analysis/decide",
       {"lib/core", "lib/numeric", "analysis/laws", "analysis/solve",
        "analysis/observe", "analysis/regress"}},
      {"analysis/compare",
       {"lib/core", "lib/numeric", "analysis/laws", "analysis/solve",
        "analysis/table", "analysis/observe", "analysis/regress",
        "analysis/decide"}},
      {"analysis/fit",
       {"lib/core", "lib/numeric", "lib/data", "lib/sweep", "lib/record",
        "analysis/laws", "analysis/solve", "analysis/observe",
        "analysis/regress", "analysis/diagnose", "analysis/decide"}},
      {"analysis/report",
       {"lib/core", "lib/numeric", "lib/data", "lib/sweep", "lib/record",
        "analysis/laws", "analysis/solve", "analysis/observe",
        "analysis/regress", "analysis/diagnose", "analysis/decide",
        "analysis/compare", "analysis/fit"}},
      {"analysis/page",
       {"lib/core", "lib/numeric", "lib/plot", "lib/data", "lib/sweep",
        "lib/record", "analysis/laws", "analysis/observe", "analysis/report"}},
      {"apps/isoflop",
       {"lib/core",         "lib/numeric",      "lib/plot",
        "lib/data",         "lib/tokenize",     "lib/sweep",
        "lib/record",       "lib/machine",      "lib/execute",
        "analysis/laws",    "analysis/solve",   "analysis/table",
        "analysis/observe", "analysis/regress", "analysis/diagnose",
        "analysis/decide",  "analysis/compare", "analysis/fit",
        "analysis/report",  "analysis/page"}},
      {"apps/isoflop-worker",
       {"lib/core", "lib/data", "lib/sweep", "lib/record", "lib/model",
        "lib/train"}},
  };
  return kLayers;
}

/// A library and the folders that may include it.
struct Library {
  std::string_view prefix;  // of its headers
  Folders users;
};

const std::vector<Library>& Libraries() {
  static const Folders kTorchUsers = {"lib/model", "lib/model/cpu", "lib/probe",
                                      "lib/train", "apps/isoflop-worker"};
  static const std::vector<Library> kLibraries = {
      {"torch/", kTorchUsers},
      {"ATen/", kTorchUsers},
      {"c10/", kTorchUsers},
      {"ceres/", {"analysis/solve"}},
      {"sentencepiece", {"lib/tokenize"}},
      {"zlib.h", {"lib/tokenize"}},
      {"zstd.h", {"lib/tokenize"}},
      {"CLI/", {"apps/isoflop", "apps/isoflop-worker"}},
  };
  return kLibraries;
}

bool Contains(const Folders& folders, std::string_view folder) {
  return std::ranges::find(folders, folder) != folders.end();
}

/// Returns "lib/model/cpu" of "lib/model/cpu/fast_math.h": the innermost folder
/// that has a place in the order; where none has, the first two parts.
std::string FolderOf(std::string_view path) {
  std::string_view innermost;
  for (const Layer& layer : Layers()) {
    const bool within = path.starts_with(layer.folder) &&
                        path.substr(layer.folder.size()).starts_with('/');
    if (within && layer.folder.size() > innermost.size()) {
      innermost = layer.folder;
    }
  }
  if (!innermost.empty()) return std::string(innermost);
  const auto first = path.find('/');
  if (first == std::string_view::npos) return {};
  const auto second = path.find('/', first + 1);
  if (second == std::string_view::npos) return {};
  return std::string(path.substr(0, second));
}

bool IsOurs(std::string_view path) {
  return path.starts_with("lib/") || path.starts_with("analysis/") ||
         path.starts_with("apps/") || path.starts_with("tests/");
}

/// Returns the rule that including our own header breaks, or nothing.
std::string RuleForOurs(const Layer& layer, const std::string& included) {
  const std::string target = FolderOf(included);
  if (target == layer.folder || Contains(layer.below, target)) return {};
  if (Contains(layer.doors, included)) return {};
  Folders allowed{"itself"};
  allowed.insert(allowed.end(), layer.below.begin(), layer.below.end());
  allowed.insert(allowed.end(), layer.doors.begin(), layer.doors.end());
  return fmt::format("{} may include {} only", layer.folder,
                     fmt::join(allowed, ", "));
}

/// Returns the rule that including a library's header breaks, or nothing.
std::string RuleForLibrary(const Layer& layer, const std::string& included) {
  for (const Library& library : Libraries()) {
    if (!included.starts_with(library.prefix)) continue;
    if (Contains(library.users, layer.folder)) continue;
    return fmt::format("<{}...> may be included in {} only", library.prefix,
                       fmt::join(library.users, ", "));
  }
  return {};
}

std::string BrokenRule(std::string_view folder, const std::string& included,
                       bool quoted) {
  const auto layer = std::ranges::find(Layers(), folder, &Layer::folder);
  if (layer == Layers().end()) {
    return fmt::format("the folder {} has no place in the order", folder);
  }
  if (IsOurs(included)) return RuleForOurs(*layer, included);
  if (quoted && RuleForLibrary(*layer, included).empty()) {
    return "headers of the project are included by their path from its root";
  }
  return RuleForLibrary(*layer, included);
}

void CheckFile(const fs::path& root, const std::string& file,
               std::vector<Violation>* violations) {
  static const std::regex kInclude(
      R"re(^\s*#\s*include\s*([<"])([^>"]+)[>"])re");
  std::istringstream text(ReadFile(root / file));
  std::string line;
  for (int number = 1; std::getline(text, line); ++number) {
    std::smatch match;
    if (!std::regex_search(line, match, kInclude)) continue;
    const std::string included = match[2];
    std::string rule = BrokenRule(FolderOf(file), included, match[1] == "\"");
    if (rule.empty()) continue;
    violations->push_back({file, number, included, std::move(rule)});
  }
}

}  // namespace

std::string Violation::ToString() const {
  return fmt::format("{}:{}: includes {}, but {}", file, line, included, rule);
}

std::vector<Violation> FindViolations(const fs::path& root) {
  std::vector<Violation> violations;
  for (const auto& file : SourceFiles(root)) CheckFile(root, file, &violations);
  return violations;
}

int CountSources(const fs::path& root) {
  return static_cast<int>(SourceFiles(root).size());
}

}  // namespace isoflop
