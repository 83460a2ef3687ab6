#include "tests/layering/output_rule.h"

#include <fmt/format.h>

#include <regex>
#include <sstream>
#include <string_view>

#include "lib/core/files.h"
#include "tests/layering/sources.h"

namespace isoflop {
namespace {

constexpr std::string_view kPlace = "lib/core/standard_streams.";
constexpr std::string_view kDisplay = "lib/execute/progress_display.cc";

/// Their signal handlers may call nothing but write.
bool HandlesSignals(std::string_view file) {
  return file == "lib/core/mapped_file.cc" || file == "lib/core/process_end.cc";
}

/// The code of a line, without what is quoted and without a comment at its end.
std::string CodeOf(const std::string& line) {
  static const std::regex kQuoted(R"re("(\\.|[^"\\])*")re");
  const std::string code = std::regex_replace(line, kQuoted, "\"\"");
  return code.substr(0, code.find("//"));
}

bool Prints(const std::string& code) {
  static const std::regex kPrints(
      R"re(\bfmt::print\b|\bstd::(cout|cerr|clog|wcout|wcerr)\b|)re"
      R"re(\b(printf|fprintf|vprintf|vfprintf|dprintf|puts|fputs|putc|fputc|)re"
      R"re(putchar|fwrite|perror|psignal)\s*\(|)re"
      R"re(\bwrite\s*\(\s*(STDOUT_FILENO|STDERR_FILENO|1|2)\b)re");
  return std::regex_search(code, kPrints);
}

bool MayPrint(std::string_view file) {
  return file.starts_with("apps/") || file == kDisplay;
}

}  // namespace

std::vector<std::string> FindPrinting(const std::filesystem::path& root) {
  static const std::regex kInclude(
      R"re(^\s*#\s*include\s*"lib/core/standard_streams\.h")re");
  std::vector<std::string> found;
  for (const std::string& file : SourceFiles(root)) {
    if (file.starts_with(kPlace) || HandlesSignals(file)) continue;
    std::istringstream text(ReadFile(root / file));
    std::string line;
    for (int number = 1; std::getline(text, line); ++number) {
      if (Prints(CodeOf(line))) {
        found.push_back(
            fmt::format("{}:{}: prints beside {}cc", file, number, kPlace));
      }
      if (std::regex_search(line, kInclude) && !MayPrint(file)) {
        found.push_back(
            fmt::format("{}:{}: only programs print", file, number));
      }
    }
  }
  return found;
}

}  // namespace isoflop
