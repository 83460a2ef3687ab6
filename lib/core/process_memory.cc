#include "lib/core/process_memory.h"

#include <fstream>
#include <sstream>
#include <string>

namespace isoflop {
namespace {

constexpr double kKibibyte = 1024.0;

}  // namespace

std::optional<ProcessMemory> MeasureOwnMemory() {
  std::ifstream status("/proc/self/status");
  std::optional<double> peak, anonymous, of_files;
  for (std::string line; std::getline(status, line);) {
    std::istringstream words(line);
    std::string key;
    double kibibytes = 0.0;
    if (!(words >> key >> kibibytes)) continue;
    // The peak as `top` shows it, and apart the pages of files, which workers
    // share.
    if (key == "VmHWM:") peak = kibibytes * kKibibyte;
    if (key == "RssAnon:") anonymous = kibibytes * kKibibyte;
    if (key == "RssFile:") of_files = kibibytes * kKibibyte;
  }
  if (!peak || !anonymous || !of_files) return std::nullopt;
  return ProcessMemory{*peak, *anonymous, *of_files};
}

}  // namespace isoflop
