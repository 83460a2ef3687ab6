#include "lib/train/replay.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace isoflop {
namespace {

TEST(Replay, DoesTheWorkEveryTimeOnTheCpu) {
  at::Tensor count = at::zeros({1});
  Replay replay(at::kCPU, [&] { count.add_(1); });
  for (int i = 0; i < 3 * Replay::kWarmUps; ++i) replay.Run();
  EXPECT_EQ(count.item<float>(), 3 * Replay::kWarmUps);
  EXPECT_FALSE(replay.recorded());
  EXPECT_EQ(replay.why_not(), "") << "there is nothing to record on a CPU";
}

TEST(Replay, PassesOnWhatTheWorkThrows) {
  Replay replay(at::kCPU, [] { throw std::runtime_error("no"); });
  EXPECT_THROW(replay.Run(), std::runtime_error);
}

}  // namespace
}  // namespace isoflop
