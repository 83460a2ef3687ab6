#include "lib/machine/worker_path.h"

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

TEST(WorkerPath, IsTheOneThatIsGiven) {
  EXPECT_EQ(FindWorker(ISOFLOP_FAKE_WORKER), ISOFLOP_FAKE_WORKER);
}

TEST(WorkerPath, RefusesAFileThatIsNoProgram) {
  const TempDir temp;
  const std::string file = temp.Write("worker", "text").string();
  EXPECT_ERROR(FindWorker(file), "--worker: " + file + ": is not a program");
}

TEST(WorkerPath, RefusesADirectory) {
  const TempDir temp;
  EXPECT_ERROR(FindWorkerIfAny(temp.path().string()), "is not a program");
}

TEST(WorkerPath, SaysWhatToDoWhenThereIsNone) {
  EXPECT_ERROR(FindWorker(""), "./bootstrap.sh build");
  EXPECT_FALSE(FindWorkerIfAny("").has_value());
}

}  // namespace
}  // namespace isoflop
