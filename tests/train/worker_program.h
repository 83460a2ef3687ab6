// isoflop-worker as a program, and something for it to do.

#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include "lib/core/json.h"
#include "lib/record/worker_protocol.h"
#include "tests/train/tiny_sweep.h"

namespace isoflop {

inline constexpr const char* kProgram = ISOFLOP_BIN_DIR "/isoflop-worker";

/// A worker with its input and output in our hands.
class Process {
 public:
  explicit Process(std::vector<std::string> arguments) {
    std::array<int, 2> in{};
    std::array<int, 2> out{};
    if (::pipe2(in.data(), O_CLOEXEC) != 0 ||
        ::pipe2(out.data(), O_CLOEXEC) != 0) {
      ADD_FAILURE() << "no pipes";
    }
    arguments.insert(arguments.begin(), kProgram);
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(in[0], STDIN_FILENO);
      ::dup2(out[1], STDOUT_FILENO);
      ::execv(kProgram, argv.data());
      ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    input_ = in[1];
    output_ = ::fdopen(out[0], "r");
  }

  ~Process() {
    CloseInput();
    std::fclose(output_);
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void Write(const std::string& line) {
    const std::string text = line + "\n";
    EXPECT_EQ(::write(input_, text.data(), text.size()),
              static_cast<ssize_t>(text.size()));
  }

  void CloseInput() {
    if (input_ >= 0) ::close(input_);
    input_ = -1;
  }

  void Kill(int signal) { ::kill(pid_, signal); }

  /// Returns the next line of output, empty at its end.
  std::string ReadLine() {
    std::string line;
    for (int c = std::fgetc(output_); c != EOF && c != '\n';
         c = std::fgetc(output_)) {
      line.push_back(static_cast<char>(c));
    }
    return line;
  }

  /// Reads events until one of this kind, of this group if that is named; fails
  /// at the end of the output.
  WorkerEvent WaitFor(WorkerEventKind kind, const std::string& group = "") {
    while (true) {
      const std::string line = ReadLine();
      if (line.empty()) {
        ADD_FAILURE() << "no event " << NameOf(kind);
        return {};
      }
      WorkerEvent event = ParseWorkerEvent(line);
      if (event.kind != kind) continue;
      if (group.empty() || event.group == group) return event;
    }
  }

  /// Waits for its end; returns the exit status, or minus the signal.
  int Wait() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  pid_t pid_ = -1;
  int input_ = -1;
  std::FILE* output_ = nullptr;
};

/// Long enough to be caught in the act: several seconds.
inline Json LongSweepJson() {
  Json json = TinySweepJson();
  json["grid"]["tokens"] = {2560000, 5120000};
  json["training"]["checkpoint_every_seconds"] = 0.2;
  json["training"]["log_every_steps"] = 500;
  return json;
}

inline std::string CommandFor(TinySweep& sweep) {
  TrainCommand command;
  command.sweep_dir = sweep.dir().root().string();
  command.group = sweep.group().id;
  return ToJson(command).dump();
}

}  // namespace isoflop
