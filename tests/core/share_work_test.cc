#include "lib/core/share_work.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace isoflop {
namespace {

TEST(ShareWork, DoesEveryPieceOnce) {
  std::vector<std::atomic<int>> done(1000);
  ShareWork(1000, 4, [&] {
    return [&](int i) { ++done[static_cast<std::size_t>(i)]; };
  });
  for (const auto& times : done) EXPECT_EQ(times, 1);
}

TEST(ShareWork, MakesAWorkerForEachThread) {
  std::atomic<int> workers = 0;
  ShareWork(1, 4, [&] {
    ++workers;
    return [](int) {};
  });
  EXPECT_EQ(workers, 1);  // no more threads than pieces
}

TEST(ShareWork, WithoutWorkIsNoError) {
  EXPECT_NO_THROW(ShareWork(0, 0, [] { return [](int) { FAIL(); }; }));
}

TEST(ShareWork, ThrowsWhatAWorkerThrowsAndBeginsNoFurtherPiece) {
  int begun = 0;
  const auto fail = [&](int) {
    ++begun;
    throw std::runtime_error("no disk");
  };
  EXPECT_THROW(ShareWork(100, 1, [&] { return fail; }), std::runtime_error);
  EXPECT_EQ(begun, 1);
}

}  // namespace
}  // namespace isoflop
