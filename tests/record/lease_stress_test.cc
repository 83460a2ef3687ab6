// Processes that take a lease from each other while they are killed at random.

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <new>
#include <string>
#include <vector>

#include "lib/core/clock.h"
#include "lib/core/random.h"
#include "lib/record/lease.h"
#include "tests/support/child_process.h"
#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

/// Shared by all processes of the test.
struct Scoreboard {
  std::atomic<pid_t> inside = 0;  // who is in the critical section
  std::atomic<int> entries = 0;
  std::atomic<int> violations = 0;
};

class SharedScoreboard {
 public:
  SharedScoreboard()
      : memory_(::mmap(nullptr, sizeof(Scoreboard), PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0)),
        board_(new (memory_) Scoreboard) {}
  ~SharedScoreboard() { ::munmap(memory_, sizeof(Scoreboard)); }
  SharedScoreboard(const SharedScoreboard&) = delete;
  SharedScoreboard& operator=(const SharedScoreboard&) = delete;
  Scoreboard* operator->() const { return board_; }

 private:
  void* memory_;
  Scoreboard* board_;
};

/// Whether a process that is not waited for yet still runs.
bool Runs(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string number, name, state;
  file >> number >> name >> state;
  return file.good() && state != "Z" && state != "X";
}

void EnterAndLeave(const SharedScoreboard& board, RandomStream* random) {
  const pid_t before = board->inside.exchange(::getpid());
  if (before != 0 && Runs(before)) ++board->violations;
  ++board->entries;
  if (random->Below(4) == 0) ::kill(::getpid(), SIGKILL);
  if (random->Below(2) == 0) ::usleep(200);
  pid_t self = ::getpid();
  if (!board->inside.compare_exchange_strong(self, 0)) ++board->violations;
}

int NoLinks(const char*, const char*) {
  errno = EPERM;
  return -1;
}

int Contend(const std::filesystem::path& path, const SharedScoreboard& board,
            std::uint64_t seed, const LinkFunction& link) {
  RandomStream random(seed);
  LeaseHolder holder;
  const double start = MonotonicSeconds();
  for (int entries = 0; entries < 8;) {
    if (MonotonicSeconds() - start > 300.0) return 99;
    const auto lease = Lease::Acquire(path, &holder, {.link = link});
    if (!lease) continue;
    EnterAndLeave(board, &random);
    ++entries;
  }
  return 0;
}

void ExpectOneHolderWhoeverDies(const LinkFunction& link) {
  const TempDir temp;
  const SharedScoreboard board;
  for (std::uint64_t generation = 0; generation < 20; ++generation) {
    std::vector<ChildProcess> children;
    for (std::uint64_t i = 0; i < 6; ++i) {
      children.emplace_back([&] {
        return Contend(temp / "lease.json", board, MixBits(generation, i),
                       link);
      });
    }
    for (ChildProcess& child : children) EXPECT_NE(child.Wait(), 99);
  }
  EXPECT_EQ(board->violations.load(), 0);
  EXPECT_GT(board->entries.load(), 100);
}

TEST(LeaseStress, NeverHasTwoHoldersWhoeverDies) {
  ExpectOneHolderWhoeverDies({});
}

TEST(LeaseStress, NeverHasTwoHoldersWhereThereAreNoHardLinks) {
  ExpectOneHolderWhoeverDies(NoLinks);
}

}  // namespace
}  // namespace isoflop
