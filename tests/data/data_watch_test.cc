#include "lib/data/data_watch.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "lib/core/files.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

/// A file of 1 MiB that is mapped and watched.
class DataWatchTest : public ::testing::Test {
 protected:
  DataWatchTest() { Watch(Inspection::kWhole); }

  void Watch(Inspection inspection) {
    watch_ = {};
    watch_.Add(path_, mapped_.stamp(), mapped_.bytes(), inspection,
               ContentHash(mapped_.bytes(), inspection));
  }

  /// Writes one byte in place.
  void Put(std::int64_t at, char byte) const {
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(at);
    file.put(byte);
  }

  /// Sets the time of the last change to some other one.
  void Touch() const {
    fs::last_write_time(path_,
                        fs::last_write_time(path_) + std::chrono::seconds(5));
  }

  TempDir dir_;
  fs::path path_ = dir_.Write("a.bin", std::string(1 << 20, 'x'));
  MappedFile mapped_{path_};
  DataWatch watch_;
};

TEST_F(DataWatchTest, LetsDataBeThatAreAsTheyWere) {
  EXPECT_NO_THROW(watch_.RequireUnchanged());
  Touch();
  EXPECT_NO_THROW(watch_.RequireUnchanged());
}

TEST_F(DataWatchTest, SeesAByteThatWasWrittenInPlace) {
  Put(123457, 'y');
  Touch();  // the clock of a file may stand still for some milliseconds
  EXPECT_ERROR(watch_.RequireUnchanged(), "a.bin has changed while training");
  EXPECT_ERROR(watch_.RequireUnchanged(), "restore what the sweep was planned");
  Put(123457, 'x');
  EXPECT_NO_THROW(watch_.RequireUnchanged());
}

TEST_F(DataWatchTest, SeesSamplesWhateverTheTimeSays) {
  const auto time = fs::last_write_time(path_);
  Put(17, 'y');
  fs::last_write_time(path_, time);
  EXPECT_ERROR(watch_.RequireUnchanged(), "a.bin has changed");
}

TEST_F(DataWatchTest, SeesAFileThatWasCutOffWithoutReadingIt) {
  fs::resize_file(path_, 1000);
  EXPECT_ERROR(watch_.RequireUnchanged(), "a.bin has changed");
}

TEST_F(DataWatchTest, SeesAFileThatGrew) {
  fs::resize_file(path_, (1 << 20) + 1);
  EXPECT_ERROR(watch_.RequireUnchanged(), "a.bin has changed");
}

TEST_F(DataWatchTest, DoesNotTrustSamplesOfAFileThatWasWrittenTo) {
  Watch(Inspection::kSampled);
  EXPECT_NO_THROW(watch_.RequireUnchanged());
  Touch();
  EXPECT_ERROR(watch_.RequireUnchanged(), "a.bin has changed");
}

TEST_F(DataWatchTest, KeepsWhatWasMappedOfAFileThatWasReplacedOrDeleted) {
  WriteFileAtomically(path_, std::string(1 << 20, 'z'));
  EXPECT_NO_THROW(watch_.RequireUnchanged());
  fs::remove(path_);
  EXPECT_NO_THROW(watch_.RequireUnchanged());
}

}  // namespace
}  // namespace isoflop
