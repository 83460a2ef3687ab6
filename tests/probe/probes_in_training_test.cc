// Probes of runs that are trained: stored, and without influence.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/sweep/plan_from_json.h"
#include "tests/support/schema_check.h"
#include "tests/train/tiny_sweep.h"

namespace isoflop {
namespace {

Json WithEveryProbe() {
  Json json = TinySweepJson();
  json["data"] = {{"kind", "markov"}, {"eval_tokens", 640}};
  json["probes"] = AllNames<ProbeKind>();
  return json;
}

TEST(ProbesInTraining, AreStoredWithEveryRunAsTheSchemaSays) {
  TinySweep sweep(WithEveryProbe());
  RecordingObserver observer;
  ASSERT_EQ(Train(sweep, observer), GroupOutcome::kEnded);
  for (std::size_t run = 0; run < 3; ++run) {
    const RunResult result = sweep.Result(run);
    EXPECT_EQ(result.probes.size(), AllNames<ProbeKind>().size());
    EXPECT_EQ(SchemaProblem(ToJson(result), "run"), "");
    // The same evaluation set, so the same mean.
    double sum = 0.0;
    for (const Json& loss : result.probes["loss_by_position"]["loss"]) {
      sum += loss.get<double>();
    }
    EXPECT_NEAR(sum / 16.0, *result.loss, 1e-9);
  }
}

TEST(ProbesInTraining, ChangeNoNumberOfTheTraining) {
  TinySweep with(WithEveryProbe());
  Json json = WithEveryProbe();
  json.erase("probes");
  TinySweep without(json);
  RecordingObserver observer;
  Train(with, observer);
  Train(without, observer);
  for (std::size_t run = 0; run < 3; ++run) {
    EXPECT_EQ(with.Result(run).id, without.Result(run).id);
    EXPECT_EQ(*with.Result(run).loss, *without.Result(run).loss);
    EXPECT_EQ(Text(with.Curve(run)), Text(without.Curve(run)));
    EXPECT_TRUE(without.Result(run).probes.is_null());
  }
}

TEST(ProbesInTraining, AreTheSameAfterStops) {
  TinySweep undisturbed(WithEveryProbe());
  TinySweep stopped(WithEveryProbe());
  RecordingObserver observer;
  Train(undisturbed, observer);
  for (bool ended = false; !ended;) {
    RecordingObserver stopping;
    stopping.stop_at_question = 51;
    ended = Train(stopped, stopping) == GroupOutcome::kEnded;
  }
  for (std::size_t run = 0; run < 3; ++run) {
    EXPECT_EQ(stopped.Result(run).probes, undisturbed.Result(run).probes);
  }
}

TEST(ProbesInTraining, SurviveTheWayToTheWorker) {
  TinySweep sweep(WithEveryProbe());
  const RunGroup group = RunGroupFromJson(ToJson(sweep.group()), "g");
  EXPECT_EQ(group.probes.size(), AllNames<ProbeKind>().size());
}

}  // namespace
}  // namespace isoflop
