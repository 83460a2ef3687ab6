#include "lib/train/checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "lib/core/files.h"
#include "tests/support/expect_error.h"
#include "tests/train/tiny_sweep.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::int64_t kAnyStep = 1'000'000;

class CheckpointTest : public testing::Test {
 protected:
  CheckpointTest()
      : trainer_(sweep_.group(), sweep_.task(), at::kCPU),
        path_(temp_ / "checkpoint"),
        checkpoints_(path_, "a-run") {
    trainer_.Initialize();
  }

  /// Trains to `step` and stores that.
  void StoreAt(std::int64_t step) {
    const LrSchedule schedule = MakeSchedule(sweep_.group().training, 1000);
    for (; progress_.step < step; ++progress_.step) {
      trainer_.Update(progress_.step, schedule);
    }
    checkpoints_.Store(progress_, trainer_.state());
  }

  /// Loads into an untrained trainer; returns the step, or -1.
  std::int64_t LoadedStep(std::int64_t last_step = kAnyStep,
                          const std::string& owner = "a-run") {
    Trainer fresh(sweep_.group(), sweep_.task(), at::kCPU);
    fresh.Initialize();
    TrainingProgress progress;
    notes_.clear();
    const bool loaded =
        CheckpointDir(path_, owner).Load(last_step, &progress, &fresh, &notes_);
    loaded_state_ = fresh.state();
    return loaded ? progress.step : -1;
  }

  std::vector<std::string> Files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(path_)) {
      names.push_back(entry.path().filename().string());
    }
    std::ranges::sort(names);
    return names;
  }

  fs::path FileOf(const std::string& name) const { return path_ / name; }

  TinySweep sweep_;
  TempDir temp_;
  Trainer trainer_;
  TrainingProgress progress_;
  fs::path path_;
  CheckpointDir checkpoints_;
  std::vector<std::string> notes_;
  TrainingState loaded_state_;
};

TEST_F(CheckpointTest, HoldsTheWholeState) {
  StoreAt(5);
  EXPECT_EQ(LoadedStep(), 5);
  const TrainingState state = trainer_.state();
  EXPECT_TRUE(at::equal(loaded_state_.values, state.values));
  ASSERT_EQ(state.moments.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_TRUE(at::equal(loaded_state_.moments[i], state.moments[i]));
  }
  EXPECT_GT(state.moments[1].max().item<float>(), 0.0F);
}

TEST_F(CheckpointTest, HoldsTheProgressExactly) {
  progress_.interval_loss_sum = 0.1 + 0.2;
  progress_.interval_steps = 3;
  progress_.last_mean_loss = 1.0 / 3.0;
  progress_.grad_norm = 1e-300;
  progress_.seconds = 12.5;
  progress_.tokens = std::int64_t{1} << 60;
  progress_.guard = DivergenceGuard(sweep_.group().shape);
  progress_.guard.Add(0, 2.0 / 3.0, 1.0);
  StoreAt(0);
  TrainingProgress loaded;
  ASSERT_TRUE(checkpoints_.Load(kAnyStep, &loaded, &trainer_, &notes_));
  EXPECT_EQ(ToJson(loaded), ToJson(progress_));
}

TEST_F(CheckpointTest, KeepsTheNewestTwo) {
  for (const std::int64_t step : {1, 2, 3, 4}) StoreAt(step);
  EXPECT_THAT(Files(), ElementsAre("000000000003.ckpt", "000000000004.ckpt"));
}

TEST_F(CheckpointTest, IsAbsentWhereNothingWasStored) {
  EXPECT_TRUE(checkpoints_.empty());
  EXPECT_EQ(LoadedStep(), -1);
  EXPECT_THAT(notes_, IsEmpty());
}

TEST_F(CheckpointTest, GoesNoFurtherThanAsked) {
  StoreAt(3);
  StoreAt(6);
  EXPECT_EQ(LoadedStep(/*last_step=*/5), 3);
  EXPECT_THAT(Files(), ElementsAre("000000000003.ckpt"))
      << "what lies beyond will be written again";
}

TEST_F(CheckpointTest, OfAnotherOwnerIsNotUsed) {
  StoreAt(3);
  EXPECT_EQ(LoadedStep(kAnyStep, "another-run"), -1);
  EXPECT_THAT(
      notes_,
      ElementsAre(AllOf(HasSubstr("000000000003.ckpt"),
                        HasSubstr("must be \"another-run\", got \"a-run\""))));
}

TEST_F(CheckpointTest, OfAnotherShapeIsNotUsed) {
  StoreAt(3);
  sweep_.group().shape.d_ff *= 2;
  EXPECT_EQ(LoadedStep(), -1);
  EXPECT_THAT(notes_, ElementsAre(HasSubstr("size: must be")));
}

TEST_F(CheckpointTest, FallsBackWhenAnyByteIsDamaged) {
  StoreAt(3);
  StoreAt(6);
  const fs::path newest = FileOf("000000000006.ckpt");
  const std::string intact = ReadFile(newest);
  for (std::size_t at = 0; at < intact.size();
       at += at < 400 ? 7 : intact.size() / 11) {
    std::string damaged = intact;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    WriteFileAtomically(newest, damaged);
    EXPECT_EQ(LoadedStep(), 3) << "byte " << at;
    EXPECT_THAT(notes_, ElementsAre(HasSubstr("000000000006.ckpt")));
  }
}

TEST_F(CheckpointTest, FallsBackWhenTheFileIsCutShort) {
  StoreAt(3);
  StoreAt(6);
  const fs::path newest = FileOf("000000000006.ckpt");
  const std::string intact = ReadFile(newest);
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{5}, std::size_t{80}, std::size_t{1000},
        intact.size() - 1}) {
    WriteFileAtomically(newest, intact.substr(0, size));
    EXPECT_EQ(LoadedStep(), 3) << size << " bytes";
    EXPECT_THAT(notes_, SizeIs(1));
  }
}

TEST_F(CheckpointTest, IsNeverUsedDamaged) {
  StoreAt(3);
  std::ofstream(FileOf("000000000003.ckpt"), std::ios::app) << "x";
  EXPECT_EQ(LoadedStep(), -1);
}

TEST_F(CheckpointTest, FallsBackWithoutRemovingWhatCannotBeRead) {
  StoreAt(3);
  fs::create_directory(FileOf("000000000006.ckpt"));  // opens, does not read
  EXPECT_EQ(LoadedStep(), 3);
  EXPECT_THAT(notes_, ElementsAre(AllOf(HasSubstr("cannot read"),
                                        HasSubstr("left alone"))));
  EXPECT_THAT(Files(), ElementsAre("000000000003.ckpt", "000000000006.ckpt"));
}

TEST_F(CheckpointTest, RemovesWhatLiesBeyondTheOneThatItStores) {
  StoreAt(3);
  fs::copy(FileOf("000000000003.ckpt"), FileOf("000000000009.ckpt"));
  StoreAt(6);
  EXPECT_THAT(Files(), ElementsAre("000000000003.ckpt", "000000000006.ckpt"));
}

TEST_F(CheckpointTest, ClearsAwayUnfinishedFiles) {
  StoreAt(3);
  std::ofstream(FileOf(".000000000006.ckpt.99.0.tmp")) << "half";
  EXPECT_EQ(LoadedStep(), 3);
  EXPECT_THAT(Files(), ElementsAre("000000000003.ckpt"));
}

TEST_F(CheckpointTest, CannotBeStoredWhereADirectoryCannotBe) {
  std::ofstream(path_.string()) << "a file";
  EXPECT_ERROR(StoreAt(1), "checkpoint");
}

}  // namespace
}  // namespace isoflop
