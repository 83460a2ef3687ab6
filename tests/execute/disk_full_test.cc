#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "tests/execute/execute_fixture.h"
#include "tests/support/wait_for.h"

namespace isoflop {
namespace {

using testing::Contains;
using testing::HasSubstr;

class DiskFullTest : public ExecuteFixture {
 protected:
  ExecuteOptions OneSlot(bool retry_failed) const {
    ExecuteOptions options = Options();
    options.slots = {{"cpu"}};
    options.retry_failed = retry_failed;
    return options;
  }
};

TEST_F(DiskFullTest, FailsTheGroupWithTheReasonAndTheOthersGoOn) {
  Prepare(dir_);
  const ScopedEnv fault("ISOFLOP_FAKE_FAULT", "fill_disk");
  const ScopedEnv where("ISOFLOP_FAKE_RUN", group(2).id);
  const ExecuteSummary summary = Run();
  EXPECT_EQ(summary.ok, 6);
  EXPECT_EQ(summary.failed, 2);
  const auto result = FindResult(dir_, group(2).runs[0].id);
  EXPECT_THAT(result->reason, HasSubstr("File too large"));
}

TEST_F(DiskFullTest, IsGoneOnFromWhenThereIsSpaceAgain) {
  Prepare(dir_);
  {
    const ScopedEnv fault("ISOFLOP_FAKE_FAULT", "fill_disk");
    Run(OneSlot(false));
  }
  EXPECT_EQ(Run(OneSlot(true)).ok, 8);
  ExpectAsUndisturbed();
}

/// A file system of a megabyte.
class SmallDisk {
 public:
  SmallDisk()
      : mounted_(::mount("tmpfs", temp_.path().c_str(), "tmpfs", 0,
                         "size=1m") == 0) {}
  ~SmallDisk() {
    if (mounted_) ::umount2(temp_.path().c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool mounted() const { return mounted_; }
  const std::filesystem::path& path() const { return temp_.path(); }

  void Fill() const {
    std::ofstream ballast(path() / "ballast", std::ios::binary);
    const std::string block(4096, 'x');
    while (ballast.write(block.data(), 4096).flush()) {
    }
  }
  void Empty() const { std::filesystem::remove(path() / "ballast"); }

 private:
  TempDir temp_;
  bool mounted_;
};

TEST_F(DiskFullTest, IsSurvivedByTheFrontEndToo) {
  const SmallDisk disk;
  if (!disk.mounted()) GTEST_SKIP() << "needs the right to mount a tmpfs";
  const SweepDir dir(disk.path() / "out");
  Prepare(dir);
  {
    const ScopedEnv slow("ISOFLOP_FAKE_SLEEP", "0.05");
    const std::jthread filler([&] {
      WaitFor([&] { return !Losses(dir).empty(); });
      disk.Fill();
    });
    const auto summary = Execute(dir, sweep_.plan, OneSlot(false), progress_);
    EXPECT_GT(summary.failed, 0);
    EXPECT_EQ(summary.ok + summary.failed, 8);
    EXPECT_THAT(summary.messages, Contains(HasSubstr("No space left")));
  }
  disk.Empty();
  const auto summary = Execute(dir, sweep_.plan, OneSlot(true), progress_);
  EXPECT_EQ(summary.ok, 8);
  EXPECT_EQ(Losses(dir), UndisturbedLosses());
}

}  // namespace
}  // namespace isoflop
