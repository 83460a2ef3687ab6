#include "lib/machine/signals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>

#include "tests/support/child_process.h"

namespace isoflop {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

bool Readable(int descriptor) {
  pollfd ready{descriptor, POLLIN, 0};
  return ::poll(&ready, 1, 0) == 1;
}

TEST(StopSignals, AreTakenInTheOrderInWhichTheyCame) {
  StopSignals signals;
  ::raise(SIGINT);
  ::raise(SIGTERM);
  ::raise(SIGHUP);
  EXPECT_TRUE(Readable(signals.descriptor()));
  EXPECT_THAT(signals.Take(), ElementsAre(SIGINT, SIGTERM, SIGHUP));
  EXPECT_FALSE(Readable(signals.descriptor()));
  EXPECT_THAT(signals.Take(), IsEmpty());
}

TEST(StopSignals, KillAgainAfterTheirObjectIsGone) {
  ChildProcess child([] {
    ::signal(SIGTERM, SIG_DFL);
    { const StopSignals signals; }
    ::raise(SIGTERM);
    return 0;
  });
  EXPECT_EQ(child.Wait(), 128 + SIGTERM);
}

TEST(StopSignals, LeaveAnIgnoredSignalIgnored) {
  ChildProcess child([] {
    ::signal(SIGINT, SIG_IGN);
    StopSignals signals;
    ::raise(SIGINT);
    return signals.Take().empty() ? 0 : 1;
  });
  EXPECT_EQ(child.Wait(), 0);
}

TEST(StopSignals, MakeWritingToADeadProcessAnError) {
  ChildProcess child([] {
    const StopSignals signals;
    int ends[2];
    if (::pipe(ends) != 0) return 1;
    ::close(ends[0]);
    return ::write(ends[1], "x", 1) == -1 && errno == EPIPE ? 0 : 2;
  });
  EXPECT_EQ(child.Wait(), 0);
}

}  // namespace
}  // namespace isoflop
