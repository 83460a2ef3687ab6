#include "lib/core/shell_word.h"

#include <gtest/gtest.h>

namespace isoflop {
namespace {

TEST(ShellWord, IsOneWordForAShell) {
  EXPECT_EQ(ShellWord("runs/demo-1.json"), "runs/demo-1.json");
  EXPECT_EQ(ShellWord(""), "''");
  EXPECT_EQ(ShellWord("a b"), "'a b'");
  EXPECT_EQ(ShellWord("it's"), "'it'\\''s'");
  EXPECT_EQ(ShellWord("$(rm)"), "'$(rm)'");
}

}  // namespace
}  // namespace isoflop
