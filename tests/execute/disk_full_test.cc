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
  static ExecuteOptions OneSlot() {
    ExecuteOptions options = Options();
    options.slots = {{"cpu"}};
    return options;
  }
};

TEST_F(DiskFullTest, LeavesTheGroupForTheReasonAndTheOthersGoOn) {
  Prepare(dir_);
  const ScopedEnv fault("ISOFLOP_FAKE_FAULT", "fill_disk");
  const ScopedEnv where("ISOFLOP_FAKE_RUN", group(2).id);
  const ExecuteSummary summary = Run();
  EXPECT_EQ(summary.ok, 6);
  EXPECT_EQ(summary.failed, 0);
  EXPECT_EQ(summary.pending, 2);
  EXPECT_THAT(summary.left.at(0).cause, HasSubstr("File too large"));
}

TEST_F(DiskFullTest, IsGoneOnFromWhenThereIsSpaceAgain) {
  Prepare(dir_);
  {
    const ScopedEnv fault("ISOFLOP_FAKE_FAULT", "fill_disk");
    EXPECT_EQ(Run(OneSlot()).pending, 8);
  }
  EXPECT_EQ(Run(OneSlot()).ok, 8);
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
    const auto summary = Execute(dir, sweep_.plan, OneSlot(), progress_);
    EXPECT_GT(summary.pending, 0);
    EXPECT_EQ(summary.ok + summary.pending, 8);
    EXPECT_THAT(progress_.notes, Contains(HasSubstr("No space left")));
  }
  disk.Empty();
  const auto summary = Execute(dir, sweep_.plan, OneSlot(), progress_);
  EXPECT_EQ(summary.ok, 8);
  EXPECT_EQ(Losses(dir), UndisturbedLosses());
}

}  // namespace
}  // namespace isoflop
