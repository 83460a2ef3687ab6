#include "lib/core/process_end.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "tests/support/child_process.h"

namespace isoflop {
namespace {

TEST(EndProcessAfter, EndsAProcessThatHangs) {
  ChildProcess hangs([]() -> int {
    EndProcessAfter(1);
    while (true) ::pause();
  });
  EXPECT_EQ(hangs.Wait(), 1);
}

TEST(EndProcessAfter, LeavesAProcessAloneThatEndsInTime) {
  ChildProcess ends([] {
    EndProcessAfter(600);
    return 0;
  });
  EXPECT_EQ(ends.Wait(), 0);
}

TEST(OutliveParent, UndoesWhatTheParentHasAskedTheKernelFor) {
  ChildProcess child([] {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    OutliveParent();
    int signal = -1;
    ::prctl(PR_GET_PDEATHSIG, &signal);
    return signal;
  });
  EXPECT_EQ(child.Wait(), 0);
}

}  // namespace
}  // namespace isoflop
