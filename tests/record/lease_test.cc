#include "lib/record/lease.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>

#include "lib/core/clock.h"
#include "lib/core/files.h"
#include "lib/record/process_identity.h"
#include "tests/support/child_process.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_for.h"

namespace isoflop {
namespace {

class LeaseTest : public testing::Test {
 protected:
  std::optional<Lease> Acquire(double stale_seconds = 0.3) {
    return Lease::Acquire(path_, &holder_, {.stale_seconds = stale_seconds});
  }

  /// A claim as a process of another host leaves it.
  void WriteForeignClaim(int number, int beats) {
    const Json json{{"host", "elsewhere"},
                    {"pid", 1},
                    {"process_start", "x"},
                    {"since", "then"},
                    {"beats", beats}};
    WriteJsonFile(path_.string() + "." + std::to_string(number), json);
  }

  TempDir temp_;
  std::filesystem::path path_ = temp_ / "lease.json";
  LeaseHolder holder_;
};

TEST_F(LeaseTest, IsHeldByOneAtATime) {
  const auto first = Acquire();
  ASSERT_TRUE(first.has_value());
  EXPECT_FALSE(Acquire().has_value());
  EXPECT_EQ(holder_.pid, ::getpid());
  EXPECT_FALSE(holder_.since.empty());
}

TEST_F(LeaseTest, IsReleasedAtTheEndOfItsLife) {
  Acquire();
  EXPECT_FALSE(CurrentHolder(path_).has_value());
  EXPECT_TRUE(Acquire().has_value());
}

TEST_F(LeaseTest, IsReleasedEvenOnAFullDisk) {
  ChildProcess child([this] {
    std::optional<Lease> lease = Acquire();
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{0, 0};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    lease.reset();
    return CurrentHolder(path_).has_value() ? 1 : 0;
  });
  EXPECT_EQ(child.Wait(), 0);
}

TEST_F(LeaseTest, MovesWithItsObject) {
  auto first = Acquire();
  {
    const Lease moved = std::move(*first);
    EXPECT_FALSE(Acquire().has_value());
  }
  EXPECT_TRUE(Acquire().has_value());
}

TEST_F(LeaseTest, NamesItsHolder) {
  const auto lease = Acquire();
  const auto holder = CurrentHolder(path_);
  ASSERT_TRUE(holder.has_value());
  EXPECT_EQ(holder->pid, ::getpid());
  EXPECT_EQ(holder->host, ThisProcess().host);
}

TEST_F(LeaseTest, OfAKilledProcessIsFreeAtOnce) {
  ChildProcess child([this] {
    const auto lease = Acquire();
    while (true) ::pause();
    return 0;
  });
  ASSERT_TRUE(WaitFor([this] { return CurrentHolder(path_).has_value(); }));
  EXPECT_FALSE(Acquire(/*stale_seconds=*/1e9).has_value());
  child.Kill(SIGKILL);
  child.Wait();
  EXPECT_FALSE(CurrentHolder(path_).has_value());
  EXPECT_TRUE(Acquire(/*stale_seconds=*/1e9).has_value());
}

TEST_F(LeaseTest, OfWhichADigitHasChangedIsHeldByNobodyKnown) {
  const auto lease = Acquire();
  const std::string claim = path_.string() + ".1";
  std::string text = ReadFile(claim);
  const std::size_t digit = text.find("\"pid\": ") + 7;
  text[digit] = text[digit] == '9' ? '8' : '9';
  WriteFileAtomically(claim, text);
  // Not by a process that is gone: one that lives may have it.
  ASSERT_TRUE(CurrentHolder(path_).has_value());
  EXPECT_NE(CurrentHolder(path_)->host.find("unreadable"), std::string::npos);
}

TEST_F(LeaseTest, OfAZombieIsFreeAtOnce) {
  ChildProcess child([this] {
    const auto lease = Acquire();
    while (true) ::pause();
    return 0;
  });
  ASSERT_TRUE(WaitFor([this] { return CurrentHolder(path_).has_value(); }));
  child.Kill(SIGKILL);
  siginfo_t info{};
  ASSERT_EQ(
      ::waitid(P_PID, static_cast<id_t>(child.pid()), &info, WEXITED | WNOWAIT),
      0);
  EXPECT_TRUE(Acquire(/*stale_seconds=*/1e9).has_value());
}

TEST_F(LeaseTest, OfALaterProcessWithTheSamePidIsFree) {
  LeaseHolder earlier = ThisProcess();
  earlier.process_start += "0";
  EXPECT_EQ(LivenessOf(earlier), Liveness::kDead);
}

TEST_F(LeaseTest, OfAForkedProcessStaysWithTheParent) {
  const auto lease = Acquire();
  ChildProcess child([&lease] {
    lease->~Lease();
    return 0;
  });
  child.Wait();
  EXPECT_EQ(CurrentHolder(path_)->pid, ::getpid());
}

TEST_F(LeaseTest, OfAnotherHostIsTakenOverWhenItsBeatsStop) {
  WriteForeignClaim(3, 7);
  EXPECT_EQ(CurrentHolder(path_)->host, "elsewhere");
  const auto lease = Acquire();
  ASSERT_TRUE(lease.has_value());
  EXPECT_EQ(CurrentHolder(path_)->pid, ::getpid());
}

TEST_F(LeaseTest, OfAnotherHostIsRespectedWhileItBeats) {
  WriteForeignClaim(1, 0);
  std::jthread beating([this](const std::stop_token& stop) {
    for (int beats = 1; !stop.stop_requested(); ++beats) {
      WriteForeignClaim(1, beats);
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  });
  EXPECT_FALSE(Acquire(/*stale_seconds=*/120.0).has_value());
  EXPECT_EQ(holder_.host, "elsewhere");
}

TEST_F(LeaseTest, OfAnotherHostIsTakenWhenItIsReleasedMeanwhile) {
  WriteForeignClaim(1, 0);
  std::jthread release([this] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    WriteFileAtomically(path_.string() + ".1", "");
  });
  EXPECT_TRUE(Acquire(/*stale_seconds=*/1e9).has_value());
}

TEST_F(LeaseTest, OfAnUnreadableFileIsTakenOverWhenNothingChangesIt) {
  temp_.Write("lease.json.1", "{ torn");
  EXPECT_TRUE(Acquire().has_value());
}

TEST_F(LeaseTest, OfAFileThatCannotBeReadIsNotStolen) {
  std::filesystem::create_directory(temp_ / "lease.json.1");
  EXPECT_ERROR(Acquire(), "lease.json.1: cannot read");
  EXPECT_TRUE(CurrentHolder(path_).has_value());
}

TEST_F(LeaseTest, WatchingAClaimEndsWhenAsked) {
  WriteForeignClaim(1, 0);
  int questions = 0;
  std::string watched;
  EXPECT_FALSE(Lease::Acquire(path_, &holder_,
                              {.stale_seconds = 1e9,
                               .on_begin =
                                   [&](const LeaseHolder& holder) {
                                     watched = holder.host;
                                   },
                               .stop = [&] { return ++questions == 2; }})
                   .has_value());
  EXPECT_EQ(questions, 2);
  EXPECT_EQ(watched, "elsewhere");
  EXPECT_EQ(CurrentHolder(path_)->host, "elsewhere");
}

TEST_F(LeaseTest, SeemsStaleWhenNobodyHasBeatenItForLong) {
  WriteForeignClaim(1, 0);
  EXPECT_FALSE(SeemsStale(path_));
  const auto long_ago =
      std::filesystem::file_time_type::clock::now() - std::chrono::hours(1);
  std::filesystem::last_write_time(temp_ / "lease.json.1", long_ago);
  EXPECT_TRUE(SeemsStale(path_));
}

TEST_F(LeaseTest, OfALivingProcessNeverSeemsStale) {
  const auto lease = Acquire();
  const auto long_ago =
      std::filesystem::file_time_type::clock::now() - std::chrono::hours(1);
  std::filesystem::last_write_time(temp_ / "lease.json.1", long_ago);
  EXPECT_FALSE(SeemsStale(path_));
}

TEST_F(LeaseTest, IsGoneWhereItsDirectoryWasEmptied) {
  auto lease = Acquire();
  std::filesystem::remove(temp_ / "lease.json.1");
  EXPECT_TRUE(WaitFor([&] { return !lease->Beat(); }));
  EXPECT_EQ(lease->loss(), LeaseLoss::kGone);
}

TEST_F(LeaseTest, IsNotLostWhenTheDirectoryCannotBeListed) {
  const std::filesystem::path home = temp_ / "home";
  std::filesystem::create_directory(home);
  auto lease = Lease::Acquire(home / "lease.json", &holder_);
  std::filesystem::rename(home, temp_ / "away");
  const double start = MonotonicSeconds();
  WaitFor([&] {
    EXPECT_TRUE(lease->Beat());
    return MonotonicSeconds() - start > Lease::kBeatSeconds + 0.1;
  });
  EXPECT_TRUE(lease->Beat());
}

TEST_F(LeaseTest, CannotBeHeldInAMissingDirectory) {
  EXPECT_ERROR(Lease::Acquire(temp_ / "none" / "lease.json", &holder_),
               "No such file or directory");
}

TEST_F(LeaseTest, KeepsEveryNumberSoThatNobodyTakesOneTwice) {
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(Acquire().has_value());
  for (int number = 1; number <= 20; ++number) {
    EXPECT_FALSE(CreateFileExclusively(
        path_.string() + "." + std::to_string(number), "late"));
  }
}

TEST_F(LeaseTest, BeatsTellOthersThatTheHolderLives) {
  auto lease = Acquire();
  EXPECT_TRUE(WaitFor([&] {
    EXPECT_TRUE(lease->Beat());
    return CurrentHolder(path_)->beats > 0;
  }));
}

TEST_F(LeaseTest, BeatsTellTheHolderOfATakeover) {
  auto lease = Acquire();
  WriteForeignClaim(2, 0);
  EXPECT_EQ(lease->loss(), LeaseLoss::kNone);
  EXPECT_TRUE(WaitFor([&] { return !lease->Beat(); }));
  EXPECT_FALSE(lease->Beat());
  EXPECT_EQ(lease->loss(), LeaseLoss::kTakenOver);
}

/// A file system that has no hard links.
class LinklessLeaseTest : public LeaseTest,
                          public testing::WithParamInterface<int> {
 protected:
  std::optional<Lease> AcquireWithoutLinks(double stale_seconds = 0.3) {
    return Lease::Acquire(
        path_, &holder_,
        {.stale_seconds = stale_seconds, .link = [](const char*, const char*) {
           errno = GetParam();
           return -1;
         }});
  }
};

TEST_P(LinklessLeaseTest, IsHeldByOneAtATimeAndReleased) {
  {
    const auto first = AcquireWithoutLinks();
    ASSERT_TRUE(first.has_value());
    EXPECT_FALSE(AcquireWithoutLinks(/*stale_seconds=*/1e9).has_value());
    EXPECT_EQ(CurrentHolder(path_)->pid, ::getpid());
  }
  EXPECT_FALSE(CurrentHolder(path_).has_value());
  EXPECT_TRUE(AcquireWithoutLinks(/*stale_seconds=*/1e9).has_value());
}

INSTANTIATE_TEST_SUITE_P(, LinklessLeaseTest,
                         testing::Values(EPERM, ENOTSUP, ENOSYS, EMLINK),
                         [](const auto& test) {
                           return std::string(::strerrorname_np(test.param));
                         });

class GuardTest : public LinklessLeaseTest {};

TEST_P(GuardTest, WithoutAClaimIsHeldByWhomItNames) {
  ChildProcess child([this] {
    const auto lease = AcquireWithoutLinks();
    std::filesystem::rename(temp_ / "lease.json.1", temp_ / "away");
    while (true) ::pause();
    return 0;
  });
  ASSERT_TRUE(
      WaitFor([this] { return std::filesystem::exists(temp_ / "away"); }));
  EXPECT_FALSE(AcquireWithoutLinks(/*stale_seconds=*/1e9).has_value());
  EXPECT_EQ(holder_.pid, child.pid());
  child.Kill(SIGKILL);
  child.Wait();
  // Its claim may yet come from another process's point of view: never by the
  // same number.
  ASSERT_TRUE(AcquireWithoutLinks(/*stale_seconds=*/1e9).has_value());
  EXPECT_TRUE(std::filesystem::exists(temp_ / "lease.json.2"));
  EXPECT_FALSE(std::filesystem::exists(temp_ / "lease.json.1"));
}

TEST_P(GuardTest, ThatIsEmptyOrTornIsOfSomebodyUnknown) {
  for (const char* text : {"", "{ \"host\": \"he"}) {
    const TempDir temp;
    path_ = temp / "lease.json";
    temp.Write("lease.json.1.guard", text);
    EXPECT_TRUE(CurrentHolder(path_).has_value());
    bool watched = false;
    EXPECT_FALSE(
        Lease::Acquire(path_, &holder_,
                       {.stale_seconds = 1e9,
                        .on_begin = [&](const LeaseHolder&) { watched = true; },
                        .stop = [&] { return watched; }})
            .has_value());
    EXPECT_TRUE(watched);
    EXPECT_TRUE(AcquireWithoutLinks().has_value());
  }
}

TEST_P(GuardTest, LeftByAClaimThatCouldNotBeWrittenHoldsNothing) {
  std::filesystem::create_directory(temp_ / "lease.json.1");
  EXPECT_ERROR(AcquireWithoutLinks(), "lease.json.1: cannot read");
  EXPECT_FALSE(std::filesystem::exists(temp_ / "lease.json.1.guard"));
}

TEST_P(GuardTest, CountsForTheHolderWhoHasLostItsLease) {
  auto lease = AcquireWithoutLinks();
  temp_.Write("lease.json.2.guard", "");
  EXPECT_TRUE(WaitFor([&] { return !lease->Beat(); }));
  EXPECT_EQ(lease->loss(), LeaseLoss::kTakenOver);
}

INSTANTIATE_TEST_SUITE_P(, GuardTest, testing::Values(EPERM));

TEST_F(LeaseTest, OtherErrorsOfLinksAreNoReasonToDoWithout) {
  EXPECT_ERROR(Lease::Acquire(path_, &holder_,
                              {.link =
                                   [](const char*, const char*) {
                                     errno = EIO;
                                     return -1;
                                   }}),
               "Input/output error");
}

TEST_F(LeaseTest, IsNotReleasedByAHolderThatHasLostIt) {
  {
    const auto lease = Acquire();
    WriteForeignClaim(2, 0);
  }
  EXPECT_EQ(CurrentHolder(path_)->host, "elsewhere");
}

}  // namespace
}  // namespace isoflop
