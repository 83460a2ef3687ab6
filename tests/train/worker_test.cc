#include "lib/train/worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>

#include "lib/core/files.h"
#include "lib/core/random.h"
#include "lib/record/lease.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"
#include "tests/train/tiny_sweep.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class WorkerTest : public testing::Test {
 protected:
  WorkerTest()
      : worker_([this](const WorkerEvent& event) { events_.push_back(event); },
                [this](const std::string& note) { notes_.push_back(note); },
                [this] {
                  if (on_question_) on_question_(questions_);
                  return questions_++ == stop_at_question_;
                }) {}

  TrainCommand Command() {
    TrainCommand command;
    command.sweep_dir = sweep_.dir().root().string();
    command.group = sweep_.group().id;
    return command;
  }

  void WriteForeignClaim(int number) {
    WriteJsonFile(sweep_.dir().group(sweep_.group().id) /
                      ("lease.json." + std::to_string(number)),
                  {{"host", "elsewhere"}, {"pid", 1}});
  }

  int Count(WorkerEventKind kind) const {
    return static_cast<int>(
        std::ranges::count(events_, kind, &WorkerEvent::kind));
  }

  TinySweep sweep_;
  std::vector<WorkerEvent> events_;
  std::vector<std::string> notes_;
  std::function<void(int)> on_question_;
  int questions_ = 0;
  int stop_at_question_ = -1;
  Worker worker_;
};

TEST_F(WorkerTest, TrainsAGroupAndSaysSo) {
  EXPECT_EQ(worker_.Train(Command()).kind, WorkerEventKind::kGroupEnded);
  EXPECT_EQ(Count(WorkerEventKind::kRunEnded), 3);
  EXPECT_EQ(events_.back().kind, WorkerEventKind::kGroupEnded);
  for (const WorkerEvent& event : events_) {
    EXPECT_EQ(event.group, sweep_.group().id);
  }
}

TEST_F(WorkerTest, TellsTheLossOfEveryRun) {
  worker_.Train(Command());
  std::size_t run = 0;
  for (const WorkerEvent& event : events_) {
    if (event.kind != WorkerEventKind::kRunEnded) continue;
    EXPECT_EQ(event.run, sweep_.group().runs[run].id);
    EXPECT_EQ(event.status, "ok");
    EXPECT_EQ(event.loss, sweep_.Result(run).loss);
    ++run;
  }
}

TEST_F(WorkerTest, StopsAndGoesOn) {
  stop_at_question_ = 50;
  EXPECT_EQ(worker_.Train(Command()).kind, WorkerEventKind::kStopped);
  EXPECT_EQ(Count(WorkerEventKind::kRunEnded), 0);
  EXPECT_EQ(worker_.Train(Command()).kind, WorkerEventKind::kGroupEnded);
  EXPECT_EQ(Count(WorkerEventKind::kRunEnded), 3);
}

TEST_F(WorkerTest, LetsGoOfTheGroupWhenItIsDone) {
  worker_.Train(Command());
  EXPECT_FALSE(
      CurrentHolder(sweep_.dir().group(sweep_.group().id) / "lease.json"));
}

TEST_F(WorkerTest, UsesTheMicroBatchOfTheCommand) {
  TrainCommand command = Command();
  command.micro_batch_tokens = 16;
  worker_.Train(command);
  EXPECT_EQ(sweep_.Result(0).status, RunStatus::kOk);
}

TEST_F(WorkerTest, FailsAGroupThatIsNotThere) {
  TrainCommand command = Command();
  command.group = "d9-nowhere";
  const WorkerEvent event = worker_.Train(command);
  EXPECT_EQ(event.kind, WorkerEventKind::kGroupFailed);
  EXPECT_THAT(event.reason, HasSubstr("d9-nowhere"));
  EXPECT_FALSE(event.out_of_memory);
}

TEST_F(WorkerTest, FailsNoGroupForADeviceThatIsNotThere) {
  TrainCommand command = Command();
  command.device = "cuda:99";
  EXPECT_ERROR(worker_.Train(command), "\"cuda:99\" is not there");
  EXPECT_THAT(events_, testing::IsEmpty());
}

TEST_F(WorkerTest, FailsNoGroupForADeviceThatBreaksDown) {
  on_question_ = [](int question) {
    if (question == 30) {
      throw std::runtime_error("CUDA error: an illegal memory access");
    }
  };
  EXPECT_THROW(worker_.Train(Command()), std::runtime_error);
  EXPECT_EQ(Count(WorkerEventKind::kGroupFailed), 0);
}

TEST_F(WorkerTest, FailsAGroupThatDoesNotFitIntoMemory) {
  on_question_ = [](int question) {
    if (question == 30) throw std::bad_alloc();
  };
  const WorkerEvent event = worker_.Train(Command());
  EXPECT_EQ(event.kind, WorkerEventKind::kGroupFailed);
  EXPECT_TRUE(event.out_of_memory);
}

TEST_F(WorkerTest, FailsNoGroupThatAnotherWorkerHasTakenOver) {
  on_question_ = [this](int question) {
    if (question == 30) WriteForeignClaim(2);
    if (question < 30) return;  // slowly, for a beat to meet the claim
    std::this_thread::sleep_for(std::chrono::milliseconds(250));
  };
  EXPECT_THROW(worker_.Train(Command()), std::runtime_error);
  EXPECT_EQ(Count(WorkerEventKind::kGroupFailed), 0);
}

TEST_F(WorkerTest, TrainsOnWhereItsStatusCannotBeWritten) {
  fs::create_directory(sweep_.dir().group(sweep_.group().id) / "status.json");
  on_question_ = [](int question) {
    if (question != 30) return;  // long enough for progress to be shown
    std::this_thread::sleep_for(std::chrono::milliseconds(700));
  };
  EXPECT_EQ(worker_.Train(Command()).kind, WorkerEventKind::kGroupEnded);
  EXPECT_THAT(notes_, testing::Contains(HasSubstr("status.json")));
}

TEST_F(WorkerTest, StopsWatchingAClaimFromElsewhereWhenAsked) {
  WriteForeignClaim(1);
  stop_at_question_ = 2;
  EXPECT_EQ(worker_.Train(Command()).kind, WorkerEventKind::kStopped);
  EXPECT_THAT(notes_, testing::ElementsAre(HasSubstr("host elsewhere")));
}

TEST_F(WorkerTest, RefusesDataThatHasChanged) {
  const fs::path path = sweep_.dir().group(sweep_.group().id) / "group.json";
  Json json = ReadJsonFile(path);
  json["data_fingerprint"] = "0123";
  json.erase("checksum");
  WriteJsonFile(path, json);
  const WorkerEvent event = worker_.Train(Command());
  EXPECT_EQ(event.kind, WorkerEventKind::kGroupFailed);
  EXPECT_THAT(event.reason, HasSubstr("data: has changed"));
}

TEST_F(WorkerTest, RefusesAGroupOfWhichADigitHasChanged) {
  const fs::path path = sweep_.dir().group(sweep_.group().id) / "group.json";
  std::string text = ReadFile(path);
  text[text.find("peak_lr") + 12] = '7';
  WriteFileAtomically(path, text);
  const WorkerEvent event = worker_.Train(Command());
  EXPECT_EQ(event.kind, WorkerEventKind::kGroupFailed);
  EXPECT_THAT(event.reason, HasSubstr("group.json: is damaged"));
}

TEST_F(WorkerTest, WorksOnAfterAGroupHasFailed) {
  TrainCommand missing = Command();
  missing.group = "d9-nowhere";
  worker_.Train(missing);
  EXPECT_EQ(worker_.Train(Command()).kind, WorkerEventKind::kGroupEnded);
}

TEST_F(WorkerTest, StopsWaitingForAnotherHolderWhenAsked) {
  LeaseHolder holder;
  const auto lease = Lease::Acquire(
      sweep_.dir().group(sweep_.group().id) / "lease.json", &holder);
  ASSERT_TRUE(lease);
  stop_at_question_ = 2;
  EXPECT_EQ(worker_.Train(Command()).kind, WorkerEventKind::kStopped);
}

/// A sweep over a file of random tokens, whose worker can be interrupted.
class ChangedDataTest : public WorkerTest {
 protected:
  ChangedDataTest() : sweep_of_tokens_(Sweep()) {}

  static std::string RandomTokens(std::uint64_t key) {
    RandomStream random(key);
    std::string bytes;
    for (int i = 0; i < 20000; ++i) {
      const auto token = static_cast<std::uint16_t>(random.Below(16));
      bytes.append(reinterpret_cast<const char*>(&token), sizeof token);
    }
    return bytes;
  }

  Json Sweep() {
    Json json = TinySweepJson();
    json["data"] = {{"kind", "tokens"},
                    {"train_paths", {path_.string()}},
                    {"format", "uint16"},
                    {"vocab_size", 16},
                    {"eval_tokens", 640}};
    return json;
  }

  TrainCommand CommandOfTokens() {
    TrainCommand command;
    command.sweep_dir = sweep_of_tokens_.dir().root().string();
    command.group = sweep_of_tokens_.group().id;
    return command;
  }

  /// Overwrites the file where it lies, so that a mapping sees it.
  void Overwrite(const std::string& bytes) const {
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }

  bool HasResult(std::size_t run) {
    return FindResult(sweep_of_tokens_.dir(),
                      sweep_of_tokens_.group().runs[run].id)
        .has_value();
  }

  TempDir data_;
  fs::path path_ = data_.Write("tokens.bin", RandomTokens(1));
  TinySweep sweep_of_tokens_;
};

TEST_F(ChangedDataTest, FailsAGroupWhoseDataChangeInPlace) {
  on_question_ = [this](int question) {
    if (question == 150) Overwrite(RandomTokens(2));  // after the first branch
  };
  const WorkerEvent event = worker_.Train(CommandOfTokens());
  EXPECT_EQ(event.kind, WorkerEventKind::kGroupFailed);
  EXPECT_THAT(event.reason, HasSubstr("tokens.bin has changed while training"));
  EXPECT_TRUE(HasResult(0));
  EXPECT_FALSE(HasResult(1));
  EXPECT_FALSE(HasResult(2));
}

TEST_F(ChangedDataTest, KeepsNoCheckpointOfChangedData) {
  on_question_ = [this](int question) {
    if (question == 40) Overwrite(RandomTokens(2));
  };
  stop_at_question_ = 60;
  EXPECT_EQ(worker_.Train(CommandOfTokens()).kind,
            WorkerEventKind::kGroupFailed);
  EXPECT_FALSE(fs::exists(
      sweep_of_tokens_.dir().group_checkpoints(sweep_of_tokens_.group().id)));
}

TEST_F(ChangedDataTest, RefusesToGoOnWithOtherDataInTheSameWorker) {
  stop_at_question_ = 60;
  EXPECT_EQ(worker_.Train(CommandOfTokens()).kind, WorkerEventKind::kStopped);
  Overwrite(RandomTokens(2));
  const WorkerEvent event = worker_.Train(CommandOfTokens());
  EXPECT_EQ(event.kind, WorkerEventKind::kGroupFailed);
  EXPECT_THAT(event.reason, HasSubstr("has changed since the sweep was"));
}

TEST_F(ChangedDataTest, GoesOnToTheSameLossesOnceTheDataAreRestored) {
  TinySweep undisturbed(Sweep());
  RecordingObserver observer;
  isoflop::Train(undisturbed, observer);
  on_question_ = [this](int question) {
    if (question == 150) Overwrite(RandomTokens(2));
  };
  worker_.Train(CommandOfTokens());
  on_question_ = nullptr;
  Overwrite(RandomTokens(1));
  EXPECT_EQ(worker_.Train(CommandOfTokens()).kind,
            WorkerEventKind::kGroupEnded);
  for (std::size_t run = 0; run < 3; ++run) {
    EXPECT_EQ(sweep_of_tokens_.Result(run).loss, undisturbed.Result(run).loss);
  }
}

TEST_F(ChangedDataTest, FailsAGroupWhoseDataAreCutOff) {
  on_question_ = [this](int question) {
    // Not so far that training meets the end before the check does.
    if (question == 99) fs::resize_file(path_, fs::file_size(path_) - 2);
  };
  const WorkerEvent event = worker_.Train(CommandOfTokens());
  EXPECT_EQ(event.kind, WorkerEventKind::kGroupFailed);
  EXPECT_THAT(event.reason, HasSubstr("tokens.bin has changed"));
}

}  // namespace
}  // namespace isoflop
