#include "apps/isoflop/rasteriser.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/core/error.h"

extern char** environ;

namespace isoflop {
namespace {

namespace fs = std::filesystem;

using ArgumentList = std::vector<std::string>;

/// A program and what it is told.
struct Rasteriser {
  const char* program;
  ArgumentList (*arguments)(const std::string& svg, const std::string& png);
};

constexpr Rasteriser kRasterisers[] = {
    {"rsvg-convert",
     [](const std::string& svg, const std::string& png) {
       return ArgumentList{
           "--zoom", "2", "--background-color", "white", "--output", png, svg};
     }},
    {"inkscape",
     [](const std::string& svg, const std::string& png) {
       return ArgumentList{svg, "--export-dpi=192", "--export-background=white",
                           "--export-type=png", "--export-filename=" + png};
     }},
    {"chromium", [](const std::string& svg, const std::string& png) {
       return ArgumentList{"--headless",
                           "--no-sandbox",
                           "--disable-gpu",
                           "--no-first-run",
                           "--disable-background-networking",
                           "--hide-scrollbars",
                           "--force-device-scale-factor=2",
                           "--window-size=760,960",
                           "--screenshot=" + png,
                           "file://" + fs::absolute(svg).string()};
     }}};

bool IsInPath(std::string_view program) {
  const char* path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const std::size_t end = rest.find(':');
    const fs::path file = fs::path(rest.substr(0, end)) / program;
    if (::access(file.c_str(), X_OK) == 0) return true;
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  return false;
}

const Rasteriser* FindRasteriser() {
  for (const Rasteriser& one : kRasterisers) {
    if (IsInPath(one.program)) return &one;
  }
  return nullptr;
}

/// Runs a program without input or output; returns its exit status, or nothing
/// where it did not end by itself.
std::optional<int> Run(const char* program, ArgumentList words) {
  words.insert(words.begin(), program);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  for (const int descriptor : {0, 1, 2}) {
    ::posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null",
                                       O_RDWR, 0);
  }
  pid_t pid = 0;
  const int failed = ::posix_spawnp(&pid, program, &actions, nullptr,
                                    arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return std::nullopt;
  int status = 0;
  if (::waitpid(pid, &status, 0) != pid || !WIFEXITED(status)) {
    return std::nullopt;
  }
  return WEXITSTATUS(status);
}

}  // namespace

void RequireRasteriser() {
  Require(
      FindRasteriser() != nullptr,
      "--format png: needs rsvg-convert, inkscape or chromium, and none is "
      "in PATH; install one (Debian: apt-get install librsvg2-bin), or take "
      "--format svg");
}

void Rasterise(const fs::path& svg, const fs::path& png) {
  RequireRasteriser();
  const Rasteriser& one = *FindRasteriser();
  const auto status =
      Run(one.program, one.arguments(svg.string(), png.string()));
  std::error_code code;
  Require(status == 0 && fs::file_size(png, code) > 0 && !code,
          "{}: {} could not make a picture of it; take --format svg",
          svg.string(), one.program);
}

}  // namespace isoflop
