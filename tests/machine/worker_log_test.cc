#include "lib/machine/worker_log.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "lib/core/files.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

void Write(const WorkerLog& log, const std::string& text) {
  ASSERT_EQ(::write(log.descriptor(), text.data(), text.size()),
            static_cast<ssize_t>(text.size()));
}

TEST(WorkerLog, QuotesItsLastLines) {
  const WorkerLog log;
  Write(log, "one\n\ntwo\n");
  EXPECT_EQ(log.Tail(), "one | two");
}

TEST(WorkerLog, QuotesNothingOfAnEarlierWorker) {
  const TempDir temp;
  temp.Write("log", "earlier\n");
  const WorkerLog log(temp / "log");
  EXPECT_EQ(log.Tail(), "");
  Write(log, "now\n");
  EXPECT_EQ(log.Tail(), "now");
  EXPECT_EQ(ReadFile(temp / "log"), "earlier\nnow\n");
}

TEST(WorkerLog, QuotesOnlyTheEndOfALongText) {
  const WorkerLog log;
  Write(log, std::string(5000, 'x') + "\nthe end\n");
  EXPECT_LT(log.Tail().size(), 700U);
  EXPECT_TRUE(log.Tail().ends_with("the end"));
}

TEST(WorkerLog, SaysWhereItCannotBeWritten) {
  EXPECT_ERROR(WorkerLog("/no/such/directory/log"),
               "/no/such/directory/log: cannot write: No such file");
}

TEST(Printable, ReplacesWhatNoJsonCanHold) {
  EXPECT_EQ(Printable("a\xff\x01\tb", 100), "a?? b");
}

}  // namespace
}  // namespace isoflop
