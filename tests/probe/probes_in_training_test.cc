// Probes of runs that are trained: stored, and without influence.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "lib/sweep/plan_from_json.h"
#include "tests/support/schema_check.h"
#include "tests/train/tiny_sweep.h"

namespace isoflop {
namespace {

/// Three sweeps, which together have every probe.
std::vector<Json> SweepsWithEveryProbe() {
  const auto sweep = [](Json data, std::int64_t context, Json probes) {
    Json json = TinySweepJson();
    data["eval_tokens"] = 640;
    json["data"] = std::move(data);
    json["model"]["context"] = context;
    json["probes"] = std::move(probes);
    return json;
  };
  return {sweep({{"kind", "markov"}}, 16,
                {"loss_by_position", "in_context_curve", "metrics",
                 "gradient_reach", "attention", "head_geometry", "ffn_memory",
                 "effective_dimension", "seconds_per_token"}),
          sweep({{"kind", "skills"}, {"length", 3}}, 4,
                {"metrics", "disentanglement"}),
          sweep({{"kind", "lexicon"},
                 {"vocab_size", 16},
                 {"words", 32},
                 {"zipf_exponent", 0}},
                16, {"capacity"})};
}

/// Without the times, which differ from run to run.
Json Measured(Json probes) {
  probes.erase("seconds_per_token");
  return probes;
}

TEST(ProbesInTraining, AreStoredWithEveryRunAsTheSchemaSays) {
  std::set<std::string> measured;
  for (const Json& json : SweepsWithEveryProbe()) {
    TinySweep sweep(json);
    RecordingObserver observer;
    ASSERT_EQ(Train(sweep, observer), GroupOutcome::kEnded);
    for (std::size_t run = 0; run < 3; ++run) {
      const RunResult result = sweep.Result(run);
      EXPECT_EQ(result.probes.size(), json["probes"].size());
      EXPECT_EQ(SchemaProblem(ToJson(result), "run"), "");
      for (const auto& item : result.probes.items()) {
        measured.insert(item.key());
      }
    }
  }
  EXPECT_EQ(measured.size(), AllNames<ProbeKind>().size());
}

TEST(ProbesInTraining, SeeTheEvaluationSetThatTheLossIsOf) {
  TinySweep sweep(SweepsWithEveryProbe().front());
  RecordingObserver observer;
  Train(sweep, observer);
  const RunResult result = sweep.Result(0);
  double sum = 0.0;
  for (const Json& loss : result.probes["loss_by_position"]["loss"]) {
    sum += loss.get<double>();
  }
  EXPECT_NEAR(sum / 16.0, *result.loss, 1e-9);
}

TEST(ProbesInTraining, ChangeNoNumberOfTheTraining) {
  for (Json json : SweepsWithEveryProbe()) {
    TinySweep with(json);
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
}

TEST(ProbesInTraining, AreTheSameAfterStops) {
  for (const Json& json : SweepsWithEveryProbe()) {
    TinySweep undisturbed(json);
    TinySweep stopped(json);
    RecordingObserver observer;
    Train(undisturbed, observer);
    for (bool ended = false; !ended;) {
      RecordingObserver stopping;
      stopping.stop_at_question = 51;
      ended = Train(stopped, stopping) == GroupOutcome::kEnded;
    }
    for (std::size_t run = 0; run < 3; ++run) {
      EXPECT_EQ(Measured(stopped.Result(run).probes),
                Measured(undisturbed.Result(run).probes));
    }
  }
}

TEST(ProbesInTraining, SurviveTheWayToTheWorker) {
  for (const Json& json : SweepsWithEveryProbe()) {
    TinySweep sweep(json);
    const RunGroup group = RunGroupFromJson(ToJson(sweep.group()), "g");
    EXPECT_EQ(group.probes.size(), json["probes"].size());
  }
}

}  // namespace
}  // namespace isoflop
