#include "apps/isoflop/rasteriser.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

#include "lib/core/error.h"
#include "lib/machine/worker_process.h"

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

/// Returns where a program is; nothing where it is not in PATH.
std::optional<fs::path> FindInPath(std::string_view program) {
  const char* path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const std::size_t end = rest.find(':');
    fs::path file = fs::path(rest.substr(0, end)) / program;
    if (::access(file.c_str(), X_OK) == 0) return file;
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  return std::nullopt;
}

const Rasteriser* FindRasteriser() {
  for (const Rasteriser& one : kRasterisers) {
    if (FindInPath(one.program)) return &one;
  }
  return nullptr;
}

/// A picture takes a second or two.
constexpr std::chrono::seconds kDeadline(60);

/// Runs a program and returns how it failed; empty: it has not. It has no input
/// and is not heard, is killed after the deadline, and dies with this process.
std::string FailureOf(const fs::path& program, const ArgumentList& arguments) {
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  WorkerProcess process({.path = program, .environment = {}}, arguments,
                        nowhere);
  ::close(nowhere);
  process.CloseInput();
  const auto end = std::chrono::steady_clock::now() + kDeadline;
  while (std::chrono::steady_clock::now() < end) {
    process.ReadLines();
    if (const auto status = process.Ended()) {
      return *status == 0 ? "" : DescribeEnd(*status);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return fmt::format("took more than {} s", kDeadline.count());
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
  const std::string failure = FailureOf(
      *FindInPath(one.program), one.arguments(svg.string(), png.string()));
  std::error_code code;
  const bool there = fs::file_size(png, code) > 0 && !code;
  Require(failure.empty() && there,
          "{}: {} could not make a picture of it ({}); take --format svg",
          svg.string(), one.program,
          failure.empty() ? "it wrote none" : failure);
}

}  // namespace isoflop
