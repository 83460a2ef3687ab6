// The display on a pseudo-terminal and on a pipe.

#include "lib/execute/progress_display.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <sstream>
#include <string>
#include <vector>

#include "lib/core/json.h"
#include "tests/support/scoped_env.h"

namespace isoflop {
namespace {

using testing::HasSubstr;
using testing::Not;

/// A terminal of a given width whose output can be read back.
///
/// What is written to the line reaches the screen when the kernel gets to it,
/// but in order: whatever comes before a mark written last is all there is.
class Terminal {
 public:
  explicit Terminal(unsigned short columns)
      : screen_(::posix_openpt(O_RDWR | O_NOCTTY)) {
    ::grantpt(screen_);
    ::unlockpt(screen_);
    line_ = ::open(::ptsname(screen_), O_RDWR | O_NOCTTY);
    struct winsize size {};
    size.ws_col = columns;
    size.ws_row = 24;
    ::ioctl(line_, TIOCSWINSZ, &size);
  }
  ~Terminal() {
    ::close(line_);
    ::close(screen_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  int descriptor() const { return line_; }

  std::string Output() const {
    EXPECT_EQ(::write(line_, &kMark, 1), 1);
    std::string output;
    char byte;
    while (::read(screen_, &byte, 1) == 1 && byte != kMark) output += byte;
    return output;
  }

 private:
  static constexpr char kMark = '\x1e';

  int screen_;
  int line_;
};

SweepProgress Busy() {
  SweepProgress progress;
  progress.runs = 32;
  progress.ok = 12;
  progress.failed = 1;
  progress.seconds_left = 100.0;
  SlotProgress slot;
  slot.device = "cpu";
  slot.group = "d64-l2-s0-0123456789ab";
  slot.loss = 1.5;
  slot.tokens_per_second = 9e4;
  progress.slots = {slot, slot};
  return progress;
}

RunResult Failure() {
  RunResult result;
  result.id = "d64-l2-D524k-s0-ba9876543210";
  result.status = RunStatus::kFailed;
  result.reason = "disk full";
  return result;
}

class ProgressDisplayTest : public testing::Test {
 protected:
  ScopedEnv term_{"TERM", "xterm"};
  ScopedEnv no_colour_{"NO_COLOR", "1"};
};

TEST_F(ProgressDisplayTest, NeverWrapsOnATerminal) {
  const Terminal terminal(30);
  MakeProgress(terminal.descriptor())->Show(Busy());
  std::size_t width = 0;
  for (const char c : terminal.Output()) {
    width = c == '\r' || c == '\n' ? 0 : width + 1;
    EXPECT_LT(width, 30U);
  }
}

TEST_F(ProgressDisplayTest, ErasesWhatItDrewBefore) {
  const Terminal terminal(100);
  const auto progress = MakeProgress(terminal.descriptor());
  progress->Show(Busy());
  EXPECT_THAT(terminal.Output(), Not(HasSubstr("\x1b[3A")));
  progress->Finish(Busy());
  EXPECT_THAT(terminal.Output(), HasSubstr("\x1b[3A\r\x1b[J13/32 runs"));
}

TEST_F(ProgressDisplayTest, LetsANoteStay) {
  const Terminal terminal(100);
  const auto progress = MakeProgress(terminal.descriptor());
  progress->Show(Busy());
  progress->Note("something");
  EXPECT_THAT(terminal.Output(), HasSubstr("\x1b[Jsomething\r\n"));
}

TEST_F(ProgressDisplayTest, TellsOfFailuresOnATerminalButNotOfEveryRun) {
  const Terminal terminal(100);
  const auto progress = MakeProgress(terminal.descriptor());
  progress->RunEnded(Failure(), Busy());
  EXPECT_THAT(terminal.Output(), HasSubstr("failed: disk full"));
  RunResult fine = Failure();
  fine.status = RunStatus::kOk;
  progress->RunEnded(fine, Busy());
  EXPECT_EQ(terminal.Output(), "");
}

TEST_F(ProgressDisplayTest, ShowsTheLastRunsThatEndedWell) {
  const Terminal terminal(100);
  const auto progress = MakeProgress(terminal.descriptor());
  RunResult fine = Failure();
  fine.status = RunStatus::kOk;
  for (const char* id : {"first", "second", "third", "fourth"}) {
    fine.id = id;
    progress->RunEnded(fine, Busy());
  }
  progress->Show(Busy());
  const std::string output = terminal.Output();
  EXPECT_THAT(output, Not(HasSubstr("first")));
  EXPECT_THAT(output, HasSubstr("second"));
  EXPECT_THAT(output, HasSubstr("fourth"));
}

TEST_F(ProgressDisplayTest, IsAnObjectALineForPrograms) {
  const Terminal terminal(100);
  const auto progress =
      MakeProgress(terminal.descriptor(), ProgressStyle::kJson);
  progress->Show(Busy());
  progress->Show(Busy());  // within the same second
  progress->RunEnded(Failure(), Busy());
  progress->Note("a \"note\"\x1b");
  progress->Finish(Busy());
  std::istringstream lines(terminal.Output());
  std::vector<std::string> events;
  for (std::string line; std::getline(lines, line);) {
    events.push_back(ParseJson(line, "line")["event"].get<std::string>());
    EXPECT_EQ(line.find('\x1b'), line.npos);
  }
  EXPECT_THAT(events,
              testing::ElementsAre("progress", "run", "note", "finish"));
}

TEST_F(ProgressDisplayTest, IsSilentWhereNoneIsAskedFor) {
  const Terminal terminal(100);
  const auto progress =
      MakeProgress(terminal.descriptor(), ProgressStyle::kNone);
  progress->Show(Busy());
  progress->Note("something");
  progress->Finish(Busy());
  EXPECT_EQ(terminal.Output(), "");
}

TEST_F(ProgressDisplayTest, HasNoColourWithNoColor) {
  const Terminal terminal(100);
  const auto progress = MakeProgress(terminal.descriptor());
  progress->Show(Busy());
  progress->Note("something");
  EXPECT_THAT(terminal.Output(), Not(HasSubstr("m13/32")));
}

TEST_F(ProgressDisplayTest, HasColourWithoutNoColor) {
  const ScopedEnv colour("NO_COLOR", "");
  const Terminal terminal(100);
  MakeProgress(terminal.descriptor())->Show(Busy());
  EXPECT_THAT(terminal.Output(), HasSubstr("\x1b[1m13/32"));
}

TEST_F(ProgressDisplayTest, IsPlainOnADumbTerminal) {
  const ScopedEnv dumb("TERM", "dumb");
  const Terminal terminal(100);
  MakeProgress(terminal.descriptor())->Finish(Busy());
  EXPECT_THAT(terminal.Output(), Not(HasSubstr("\x1b")));
}

TEST_F(ProgressDisplayTest, IsPlainLinesWithoutATerminal) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_NONBLOCK), 0);
  const auto progress = MakeProgress(ends[1]);
  progress->Show(Busy());
  progress->RunEnded(Failure(), Busy());
  progress->Note("something");
  progress->Finish(Busy());
  std::array<char, 4096> bytes{};
  ASSERT_GT(::read(ends[0], bytes.data(), bytes.size()), 0);
  EXPECT_STREQ(bytes.data(),
               "[13/32]  d64-l2-D524k-s0-ba9876543210  failed: disk full\n"
               "something\n"
               "13/32 runs  0 %  1 min 40 s left  1 failed  180k tok/s  0 s "
               "elapsed\n");
  ::close(ends[0]);
  ::close(ends[1]);
}

}  // namespace
}  // namespace isoflop
