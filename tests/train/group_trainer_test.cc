#include "lib/train/group_trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cmath>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>

#include "lib/core/files.h"
#include "lib/train/trainer.h"
#include "tests/support/expect_error.h"
#include "tests/train/tiny_sweep.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// A sweep of the tiny grid's lengths, each as a sweep of its own.
Json WithTokens(std::vector<std::int64_t> tokens) {
  Json json = TinySweepJson();
  json["grid"]["tokens"] = std::move(tokens);
  return json;
}

TEST(TrainGroup, EndsEveryRunWithALoss) {
  TinySweep sweep;
  RecordingObserver observer;
  EXPECT_EQ(Train(sweep, observer), GroupOutcome::kEnded);
  ASSERT_THAT(observer.ended, SizeIs(3));
  for (std::size_t i = 0; i < 3; ++i) {
    const RunResult result = sweep.Result(i);
    EXPECT_EQ(result.status, RunStatus::kOk);
    EXPECT_EQ(result.loss, observer.ended[i].loss);
    EXPECT_GT(*result.loss, 0.5);
    EXPECT_LT(*result.loss, std::log(16.0) - 0.5) << "it has learned";
    EXPECT_GT(*result.loss_std_error, 0.0);
    EXPECT_NEAR(*result.train_loss, *result.loss, 0.3);
    EXPECT_GT(result.wall_seconds, 0.0);
    EXPECT_GT(result.tokens_per_second, 0.0);
  }
}

TEST(TrainGroup, LearnsMoreFromMoreTokens) {
  TinySweep sweep(WithTokens({6400, 25600, 102400}));
  RecordingObserver observer;
  Train(sweep, observer);
  EXPECT_GT(*sweep.Result(0).loss, *sweep.Result(1).loss);
  EXPECT_GT(*sweep.Result(1).loss, *sweep.Result(2).loss);
}

TEST(TrainGroup, BranchesEqualSeparateRunsBitForBit) {
  TinySweep shared;
  RecordingObserver observer;
  Train(shared, observer);
  const std::int64_t lengths[] = {6400, 9600, 12800};
  for (std::size_t i = 0; i < 3; ++i) {
    TinySweep separate(WithTokens({lengths[i]}));
    Train(separate, observer);
    EXPECT_EQ(*shared.Result(i).loss, *separate.Result(0).loss);
    EXPECT_EQ(Text(shared.Curve(i)), Text(separate.Curve(0)));
  }
}

TEST(TrainGroup, ABranchEqualsPlainStepsOfOneSchedule) {
  TinySweep sweep;
  RecordingObserver observer;
  Train(sweep, observer);
  const PlannedRun& run = sweep.group().runs[1];
  Trainer trainer(sweep.group(), sweep.task(), at::kCPU);
  trainer.Initialize();
  const LrSchedule schedule = MakeSchedule(sweep.group().training, run.steps);
  for (std::int64_t step = 0; step < run.steps; ++step) {
    trainer.Update(step, schedule);
    trainer.TakeResults();
  }
  EXPECT_EQ(trainer.Evaluate([] { return false; })->loss,
            *sweep.Result(1).loss);
}

TEST(TrainGroup, WritesALineEveryInterval) {
  TinySweep sweep;
  RecordingObserver observer;
  Train(sweep, observer);
  const auto curve = sweep.Curve(0);  // 100 steps, 80 of them in the trunk
  ASSERT_THAT(curve, SizeIs(15));
  for (std::size_t i = 0; i < 14; ++i) {
    EXPECT_EQ(curve[i].step, 7 * static_cast<std::int64_t>(i + 1));
    EXPECT_EQ(curve[i].tokens, 64 * curve[i].step);
    EXPECT_FALSE(curve[i].eval_loss);
    EXPECT_GT(curve[i].grad_norm, 0.0);
  }
  EXPECT_EQ(curve.back().step, 100);
  EXPECT_EQ(curve.back().eval_loss, sweep.Result(0).loss);
  EXPECT_LT(curve.back().lr, curve[5].lr);
}

/// Trains with a stop after every `period` questions, going on each time.
/// Returns how often it was stopped.
int TrainWithStops(TinySweep& sweep, int period) {
  for (int stops = 0;; ++stops) {
    RecordingObserver observer;
    observer.stop_at_question = period;
    if (Train(sweep, observer) == GroupOutcome::kEnded) return stops;
  }
}

TEST(TrainGroup, GoesOnAfterAStopBitForBit) {
  TinySweep undisturbed;
  RecordingObserver observer;
  Train(undisturbed, observer);
  for (const int period : {1, 13, 41, 97, 180}) {
    TinySweep stopped;
    EXPECT_GT(TrainWithStops(stopped, period), 0);
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_EQ(*stopped.Result(i).loss, *undisturbed.Result(i).loss)
          << "stops after " << period;
      EXPECT_EQ(Text(stopped.Curve(i)), Text(undisturbed.Curve(i)))
          << "stops after " << period;
    }
  }
}

/// A stopped training gives the losses and curves of an undisturbed one.
void ExpectStopsChangeNothing(const Json& json,
                              const std::function<void(RunGroup&)>& change) {
  TinySweep undisturbed(json);
  change(undisturbed.group());
  RecordingObserver observer;
  Train(undisturbed, observer);
  for (const int period : {19, 47, 83}) {
    TinySweep stopped(json);
    change(stopped.group());
    EXPECT_GT(TrainWithStops(stopped, period), 0);
    for (std::size_t i = 0; i < stopped.group().runs.size(); ++i) {
      EXPECT_EQ(*stopped.Result(i).loss, *undisturbed.Result(i).loss);
      EXPECT_EQ(Text(stopped.Curve(i)), Text(undisturbed.Curve(i))) << period;
    }
  }
}

Json WithSchedule(const char* kind) {
  Json json = TinySweepJson();
  json["training"]["schedule"] = {{"kind", kind}, {"warmup_steps", 10}};
  return json;
}

TEST(TrainGroup, GoesOnAfterAStopBitForBitInBf16) {
  ExpectStopsChangeNothing(WithTokens({6400, 9600}), [](RunGroup& group) {
    group.training.precision = Precision::kBf16;
  });
}

TEST(TrainGroup, GoesOnAfterAStopBitForBitWithMicroBatches) {
  ExpectStopsChangeNothing(WithTokens({6400, 9600}), [](RunGroup& group) {
    group.training.micro_batch_tokens = 48;
  });
}

TEST(TrainGroup, GoesOnAfterAStopBitForBitWithCosine) {
  ExpectStopsChangeNothing(WithSchedule("cosine"), [](RunGroup&) {});
}

TEST(TrainGroup, GoesOnAfterAStopBitForBitWithAConstantRate) {
  // The lengths are multiples of 10: a line is due where a run branches off.
  ExpectStopsChangeNothing(WithSchedule("constant"), [](RunGroup& group) {
    group.training.log_every_steps = 10;
  });
}

TEST(TrainGroup, WritesTheTrunksLineWhereARunEndsWithAConstantRate) {
  TinySweep sweep(WithSchedule("constant"));
  sweep.group().training.log_every_steps = 10;
  RecordingObserver observer;
  Train(sweep, observer);
  const auto trunk =
      ReadMetrics(sweep.dir().group(sweep.group().id) / "metrics.jsonl");
  ASSERT_THAT(trunk, SizeIs(20));
  EXPECT_EQ(trunk[9].step, 100);
  EXPECT_EQ(trunk[9].train_loss, *sweep.Result(0).train_loss);
}

TEST(TrainGroup, CanBeStoppedWhileItEvaluates) {
  TinySweep undisturbed(WithTokens({6400}));
  RecordingObserver observer;
  Train(undisturbed, observer);
  TinySweep sweep(WithTokens({6400}));
  RecordingObserver stopping;
  stopping.stop_at_question = 100;  // one for each step, then the evaluation
  EXPECT_EQ(Train(sweep, stopping), GroupOutcome::kStopped);
  EXPECT_EQ(Train(sweep, observer), GroupOutcome::kEnded);
  EXPECT_EQ(*sweep.Result(0).loss, *undisturbed.Result(0).loss);
  EXPECT_EQ(Text(sweep.Curve(0)), Text(undisturbed.Curve(0)));
}

/// Throws at a question, as a killed process stops: without a checkpoint.
class DyingObserver : public RecordingObserver {
 public:
  bool StopRequested() override {
    if (questions++ == stop_at_question) throw std::runtime_error("killed");
    return false;
  }
};

TEST(TrainGroup, GoesOnAfterADeathBitForBit) {
  TinySweep undisturbed;
  RecordingObserver observer;
  Train(undisturbed, observer);
  for (const int death : {30, 85, 110, 140}) {
    TinySweep sweep;
    // A checkpoint before every step: what a long training has now and then.
    sweep.group().training.checkpoint_every_seconds = 0.0;
    DyingObserver dying;
    dying.stop_at_question = death;
    EXPECT_THROW(Train(sweep, dying), std::runtime_error);
    sweep.group().training.checkpoint_every_seconds = 60.0;
    RecordingObserver resumed;
    Train(sweep, resumed);
    EXPECT_LT(resumed.questions, observer.questions - death + 15);
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_EQ(*sweep.Result(i).loss, *undisturbed.Result(i).loss) << death;
      EXPECT_EQ(Text(sweep.Curve(i)), Text(undisturbed.Curve(i))) << death;
    }
  }
}

TEST(TrainGroup, GoesOnWithoutAnyCheckpoint) {
  TinySweep undisturbed;
  RecordingObserver observer;
  Train(undisturbed, observer);
  TinySweep sweep;
  DyingObserver dying;
  dying.stop_at_question = 130;
  EXPECT_THROW(Train(sweep, dying), std::runtime_error);
  Train(sweep, observer);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(Text(sweep.Curve(i)), Text(undisturbed.Curve(i)));
  }
}

std::vector<fs::path> Checkpoints(const TinySweep& sweep) {
  std::vector<fs::path> files;
  for (const auto& entry :
       fs::recursive_directory_iterator(sweep.dir().root())) {
    if (entry.path().extension() == ".ckpt") files.push_back(entry.path());
  }
  return files;
}

TEST(TrainGroup, LeavesNoCheckpointBehind) {
  TinySweep sweep;
  TrainWithStops(sweep, 41);
  EXPECT_THAT(Checkpoints(sweep), IsEmpty());
}

TEST(TrainGroup, ReportsADamagedCheckpointAndStillGetsTheSameLosses) {
  TinySweep undisturbed;
  RecordingObserver observer;
  Train(undisturbed, observer);
  TinySweep sweep;
  RecordingObserver stopping;
  stopping.stop_at_question = 50;
  Train(sweep, stopping);
  ASSERT_THAT(Checkpoints(sweep), SizeIs(1));
  fs::resize_file(Checkpoints(sweep).front(), 1000);
  RecordingObserver resumed;
  Train(sweep, resumed);
  EXPECT_THAT(resumed.notes, ElementsAre(HasSubstr("damaged")));
  EXPECT_EQ(Text(sweep.Curve(2)), Text(undisturbed.Curve(2)));
}

TEST(TrainGroup, TrainsOnlyWhatIsPending) {
  TinySweep sweep;
  RecordingObserver observer;
  Train(sweep, observer);
  const double loss = *sweep.Result(0).loss;
  fs::remove(sweep.dir().run(sweep.group().runs[0].id) / "result.json");
  RecordingObserver again;
  Train(sweep, again);
  EXPECT_THAT(again.ended, SizeIs(1));
  EXPECT_EQ(*sweep.Result(0).loss, loss);
  // The trunk to the branch, the cooldown, and one evaluation batch.
  EXPECT_EQ(again.questions, 100 + 1);
}

TEST(TrainGroup, LeavesTheCurveOfLongerRunsAloneWhenAShortOneIsTrainedAgain) {
  TinySweep sweep;
  RecordingObserver observer;
  Train(sweep, observer);
  const fs::path trunk = sweep.dir().group(sweep.group().id) / "metrics.jsonl";
  const std::string before = ReadFile(trunk);
  fs::remove(sweep.dir().run(sweep.group().runs[0].id) / "result.json");
  RecordingObserver stopping;
  stopping.stop_at_question = 30;
  Train(sweep, stopping);
  EXPECT_EQ(ReadFile(trunk), before);
  Train(sweep, observer);
  EXPECT_EQ(ReadFile(trunk), before);
}

TEST(TrainGroup, RemovesCheckpointsThatAKilledWorkerLeftBehind) {
  TinySweep sweep;
  RecordingObserver stopping;
  stopping.stop_at_question = 90;  // in the first cooldown
  Train(sweep, stopping);
  const fs::path checkpoints =
      sweep.dir().run_checkpoints(sweep.group().runs[0].id);
  const fs::path kept = sweep.dir().root() / "kept";
  fs::copy(checkpoints, kept, fs::copy_options::recursive);
  RecordingObserver observer;
  Train(sweep, observer);
  fs::rename(kept, checkpoints);
  Train(sweep, observer);
  EXPECT_THAT(Checkpoints(sweep), IsEmpty());
}

TEST(TrainGroup, GoesBackForAnEarlierBranch) {
  TinySweep undisturbed;
  RecordingObserver observer;
  Train(undisturbed, observer);
  TinySweep sweep;
  RecordingObserver stopping;
  stopping.stop_at_question = 115;  // in the trunk, beyond the first branch
  Train(sweep, stopping);
  fs::remove(sweep.dir().run(sweep.group().runs[0].id) / "result.json");
  Train(sweep, observer);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(*sweep.Result(i).loss, *undisturbed.Result(i).loss);
    EXPECT_EQ(Text(sweep.Curve(i)), Text(undisturbed.Curve(i)));
  }
}

TEST(TrainGroup, EndsDivergedRunsWithAReason) {
  TinySweep sweep;
  sweep.group().training.peak_lr = 1e6;
  sweep.group().training.warmup_steps = 0;
  RecordingObserver observer;
  EXPECT_EQ(Train(sweep, observer), GroupOutcome::kEnded);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(sweep.Result(i).status, RunStatus::kDiverged);
    EXPECT_THAT(sweep.Result(i).reason, HasSubstr("trunk: the "));
    EXPECT_FALSE(sweep.Result(i).loss);
  }
  EXPECT_LT(observer.questions, 80) << "no time is spent on it";
}

TEST(TrainGroup, GivesTheSameLossWithMicroBatches) {
  TinySweep whole(WithTokens({6400}));
  RecordingObserver observer;
  Train(whole, observer);
  for (const std::int64_t tokens : {16, 32, 48}) {
    TinySweep parts(WithTokens({6400}));
    parts.group().training.micro_batch_tokens = tokens;
    Train(parts, observer);
    EXPECT_NEAR(*parts.Result(0).loss, *whole.Result(0).loss, 1e-4) << tokens;
  }
}

TEST(TrainGroup, TrainsASeparateRunPerLengthWithCosine) {
  TinySweep sweep(WithSchedule("cosine"));
  RecordingObserver observer;
  Train(sweep, observer);
  ASSERT_THAT(observer.ended, SizeIs(sweep.group().runs.size()));
  EXPECT_THAT(
      ReadMetrics(sweep.dir().group(sweep.group().id) / "metrics.jsonl"),
      IsEmpty());
  EXPECT_EQ(sweep.Curve(0).back().step, sweep.group().runs[0].steps);
}

TEST(TrainGroup, ReadsAllLossesOffOneTrunkWithAConstantRate) {
  TinySweep sweep(WithSchedule("constant"));
  RecordingObserver observer;
  Train(sweep, observer);
  EXPECT_EQ(observer.questions, 200 + 3);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(sweep.Result(i).status, RunStatus::kOk);
    EXPECT_EQ(sweep.Curve(i).back().eval_loss, sweep.Result(i).loss);
  }
}

TEST(TrainGroup, TrainsInBf16) {
  TinySweep exact(WithTokens({6400}));
  TinySweep half(WithTokens({6400}));
  half.group().training.precision = Precision::kBf16;
  RecordingObserver observer;
  Train(exact, observer);
  Train(half, observer);
  EXPECT_NE(*half.Result(0).loss, *exact.Result(0).loss);
  EXPECT_NEAR(*half.Result(0).loss, *exact.Result(0).loss, 0.02);
}

/// Lets no file of this process grow beyond `bytes`, like a disk that is full.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_{};
  sighandler_t handler_;
};

TEST(TrainGroup, ReportsAFullDiskAndKeepsTheLastCheckpoint) {
  TinySweep undisturbed;
  RecordingObserver observer;
  Train(undisturbed, observer);
  TinySweep sweep;
  RecordingObserver stopping;
  stopping.stop_at_question = 50;
  Train(sweep, stopping);
  const auto before = Checkpoints(sweep);
  {
    const FileSizeLimit limit(2048);
    RecordingObserver again;
    again.stop_at_question = 20;
    EXPECT_ERROR(Train(sweep, again), "File too large");
  }
  EXPECT_EQ(Checkpoints(sweep), before);
  Train(sweep, observer);
  EXPECT_EQ(Text(sweep.Curve(2)), Text(undisturbed.Curve(2)));
}

}  // namespace
}  // namespace isoflop
