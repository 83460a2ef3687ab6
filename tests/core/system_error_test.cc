#include "lib/core/system_error.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace isoflop {
namespace {

TEST(SystemErrorText, IsThatOfTheSystem) {
  EXPECT_EQ(SystemErrorText(ENOENT), "No such file or directory");
}

TEST(SystemErrorText, NamesTheLimitThatWasMet) {
  EXPECT_EQ(SystemErrorText(EMFILE),
            "Too many open files (see `ulimit -n`; raise it, or lower --jobs)");
  EXPECT_EQ(SystemErrorText(EFBIG),
            "File too large (see `ulimit -f`; raise it, or write elsewhere)");
}

}  // namespace
}  // namespace isoflop
