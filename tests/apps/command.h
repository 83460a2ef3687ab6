// Runs the isoflop program as a shell would.

#pragma once

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <string>

#include "lib/core/files.h"
#include "tests/support/temp_dir.h"

namespace isoflop {

/// What a command printed and how it ended.
struct Outcome {
  int status = -1;
  std::string out;
  std::string err;
};

/// Runs `isoflop ARGUMENTS` through the shell, in the directory `where`. A pipe
/// or a redirection of its output may follow the arguments.
inline Outcome Isoflop(const TempDir& where, const std::string& arguments) {
  const std::filesystem::path err = where / ".stderr";
  const std::string command = "cd '" + where.path().string() +
                              "' && { " ISOFLOP_PROGRAM " " + arguments +
                              "\n} 2>'" + err.string() + "' </dev/null";
  Outcome outcome;
  std::FILE* pipe = ::popen(command.c_str(), "r");
  std::array<char, 4096> buffer{};
  std::size_t n = 0;
  while ((n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0) {
    outcome.out.append(buffer.data(), n);
  }
  const int status = ::pclose(pipe);
  outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
  outcome.err = ReadFile(err);
  return outcome;
}

}  // namespace isoflop
