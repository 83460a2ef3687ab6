// Tasks, architectures and optimisers that must be refused, alone and together.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lib/core/error.h"
#include "tests/support/expect_error.h"
#include "tests/sweep/tiny_sweep.h"

namespace isoflop {
namespace {

/// Sections in place of those of a small sweep, and the message that follows.
struct BadTask {
  const char* data;
  const char* model;
  const char* training;
  const char* message;
};

Json TaskSweep(const BadTask& bad) {
  Json json = TinySweep();
  json["data"] = ParseJson(bad.data, "data");
  json["model"] = ParseJson(bad.model, "model");
  json["training"] = ParseJson(bad.training, "training");
  json["training"]["schedule"]["warmup_steps"] = 1;
  json["grid"]["sizes"] = Json::array({{{"d_model", 8}}});
  return json;
}

void ExpectTasksRefused(const std::vector<BadTask>& table) {
  for (const BadTask& bad : table) {
    SCOPED_TRACE(std::string(bad.data) + " " + bad.model + " " + bad.training);
    try {
      ParseSweep(TaskSweep(bad), "a.json");
      ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
      EXPECT_THAT(error.what(),
                  testing::HasSubstr(std::string("a.json: ") + bad.message));
    }
  }
}

constexpr const char* kTokensTask = R"({"kind": "markov"})";
constexpr const char* kVectorsTask = R"({"kind": "teacher"})";
constexpr const char* kShortModel = R"({"context": 8, "heads": 2})";
constexpr const char* kOnePosition = R"({"context": 1, "heads": 2})";
constexpr const char* kSmallBatch = R"({"batch_tokens": 64})";

const std::vector<BadTask> kBadTaskKeys = {
    {R"({"kind": "markov", "symbols": 1})", kShortModel, kSmallBatch,
     "data.symbols: must be from 2 to 64, got 1"},
    {R"({"kind": "markov", "symbols": 65})", kShortModel, kSmallBatch,
     "data.symbols: must be from 2 to 64, got 65"},
    {R"({"kind": "markov", "symbols": "three"})", kShortModel, kSmallBatch,
     "data.symbols: must be a whole number"},
    {R"({"kind": "markov", "symbol": 3})", kShortModel, kSmallBatch,
     "data.symbol: unknown key (did you mean 'symbols'?)"},
    {R"({"kind": "markov", "pairs": 3})", kShortModel, kSmallBatch,
     R"(data.pairs: is a key of kind "recall", but the kind is "markov")"},
    {R"({"kind": "markov", "eval_tokens": 4})", kShortModel, kSmallBatch,
     "data.eval_tokens: must be at least the context of 8, got 4"},
    {R"({"kind": "recall", "pairs": 0})", kShortModel, kSmallBatch,
     "data.pairs: must be from 1 to 32768, got 0"},
    {R"({"kind": "recall", "pairs": 4})", kShortModel, kSmallBatch,
     "data.pairs: 4 pairs and as many queries need a model.context of at "
     "least 12, got 8"},
    {R"({"kind": "recall", "pairs": 2, "keys": 1})", kShortModel, kSmallBatch,
     "data.keys: must be at least the 2 pairs"},
    {R"({"kind": "recall", "keys": 0})", kShortModel, kSmallBatch,
     "data.keys: must be from 1"},
    {R"({"kind": "recall", "values": 1})", kShortModel, kSmallBatch,
     "data.values: must be from 2 to 32768, got 1"},
    {R"({"kind": "recall", "values": 1e6})", kShortModel, kSmallBatch,
     "data.values: must be from 2 to 32768"},
    {R"({"kind": "regression", "dimension": 0})", kShortModel, kSmallBatch,
     "data.dimension: must be from 1 to 1024, got 0"},
    {R"({"kind": "regression", "noise": -0.5})", kShortModel, kSmallBatch,
     "data.noise: must be from 0 to 1000, got -0.5"},
    {R"({"kind": "regression", "tasks": -1})", kShortModel, kSmallBatch,
     "data.tasks: must be from 0"},
    {R"({"kind": "regression", "tasks": 1.5})", kShortModel, kSmallBatch,
     "data.tasks: must be a whole number, got 1.5"},
    {R"({"kind": "regression", "task_seed": -1})", kShortModel, kSmallBatch,
     "data.task_seed: must be"},
    {R"({"kind": "regression", "eval_tasks": "old"})", kShortModel, kSmallBatch,
     "data.eval_tasks: must be one of new, same, got \"old\""},
    {R"({"kind": "regression", "eval_tasks": "same"})", kShortModel,
     kSmallBatch,
     "data.eval_tasks: \"same\" needs a number of tasks to train on"},
    {R"({"kind": "regression", "eval_shift": -1})", kShortModel, kSmallBatch,
     "data.eval_shift: must be from 0 to 1000, got -1"},
    {R"({"kind": "regression", "layout": "interleave"})", kShortModel,
     kSmallBatch,
     "data.layout: must be one of interleaved, concatenated, got "
     "\"interleave\" (did you mean 'interleaved'?)"},
    {R"({"kind": "regression"})", R"({"context": 7, "heads": 2})",
     R"({"batch_tokens": 63})",
     "data.layout: interleaved examples have two positions for each (x, y): "
     "model.context must be even, got 7"},
    {R"({"kind": "regression", "layout": "concatenated"})", kOnePosition,
     kSmallBatch,
     "data.layout: concatenated examples have an (x, y) and a query"},
    {R"({"kind": "regression", "train_examples": 5})", kShortModel, kSmallBatch,
     "data.train_examples: must be at most the 4 examples"},
    {R"({"kind": "regression", "layout": "concatenated",
         "train_examples": 2})",
     kShortModel, kSmallBatch, "data.train_examples: must be 0 in the layout"},
    {R"({"kind": "manifold", "dimension": 0})", kOnePosition, kSmallBatch,
     "data.dimension: must be from 1 to 64, got 0"},
    {R"({"kind": "manifold", "dimension": 65})", kOnePosition, kSmallBatch,
     "data.dimension: must be from 1 to 64, got 65"},
    {R"({"kind": "manifold", "dimension": 4, "ambient": 8})", kOnePosition,
     kSmallBatch, "data.ambient: must be above twice the dimension of 4"},
    {R"({"kind": "manifold", "ambient": 2})", kOnePosition, kSmallBatch,
     "data.ambient: must be"},
    {R"({"kind": "manifold"})", kShortModel, kSmallBatch,
     "data.kind: manifold has examples of one position: model.context must be "
     "1, got 8"},
    {R"({"kind": "manifold", "noise": 1})", kOnePosition, kSmallBatch,
     R"(data.noise: is a key of kind "regression", but the kind is "manifold")"},
    {R"({"kind": "teacher", "inputs": 0})", kShortModel, kSmallBatch,
     "data.inputs: must be from 1 to 256, got 0"},
    {R"({"kind": "teacher", "outputs": 257})", kShortModel, kSmallBatch,
     "data.outputs: must be from 1 to 256, got 257"},
    {R"({"kind": "teacher", "hidden": 0})", kShortModel, kSmallBatch,
     "data.hidden: must be from 1"},
    {R"({"kind": "teacher", "memory": 1})", kShortModel, kSmallBatch,
     "data.memory: must be from 0 to 0.99, got 1"},
    {R"({"kind": "teacher", "memory": -0.1})", kShortModel, kSmallBatch,
     "data.memory: must be from 0"},
    {R"({"kind": "power_features"})", kShortModel, kSmallBatch,
     "data.kind: power_features has examples of one position"},
    {R"({"kind": "power_features", "noise_variance": null})", kOnePosition,
     kSmallBatch, "data.noise_variance: must be a number"},
};

const std::vector<BadTask> kBadTaskModels = {
    {kTokensTask, R"({"context": 8, "architecture": "LSTM"})", kSmallBatch,
     "model.architecture: must be one of transformer, lstm, gru, mlp, linear, "
     "got \"LSTM\""},
    {kTokensTask, R"({"context": 8, "architecture": "lstm", "heads": 2})",
     kSmallBatch, "model.heads: means nothing to the architecture lstm"},
    {kTokensTask,
     R"({"context": 8, "architecture": "lstm", "position": "none"})",
     kSmallBatch, "model.position: means nothing to the architecture lstm"},
    {kTokensTask, R"({"context": 8, "architecture": "gru", "ffn": "relu"})",
     kSmallBatch, "model.ffn: means nothing to the architecture gru"},
    {kTokensTask, R"({"context": 8, "architecture": "gru", "head_size": 4})",
     kSmallBatch, "model.head_size: means nothing to the architecture gru"},
    {kTokensTask, R"({"context": 8, "architecture": "lstm", "causal": true})",
     kSmallBatch, "model.causal: means nothing to the architecture lstm"},
    {kTokensTask,
     R"({"context": 8, "architecture": "gru", "attention": "linear"})",
     kSmallBatch, "model.attention: means nothing to the architecture gru"},
    {kTokensTask, R"({"context": 8, "architecture": "mlp", "norm": "rms"})",
     kSmallBatch, "model.norm: means nothing to the architecture mlp"},
    {kTokensTask, R"({"context": 8, "architecture": "mlp", "ffn": "swiglu"})",
     kSmallBatch, "grid.sizes[0].ffn: swiglu needs two matrices a layer"},
    {kTokensTask, R"({"context": 8, "architecture": "mlp", "ffn": "none"})",
     kSmallBatch, "grid.sizes[0].ffn: none would leave nothing of an mlp"},
    {kTokensTask, R"({"context": 8, "architecture": "mlp", "qk_norm": true})",
     kSmallBatch, "model.qk_norm: means nothing to the architecture mlp"},
    {kTokensTask, R"({"context": 8, "architecture": "linear"})", kSmallBatch,
     "grid.sizes[0].architecture: linear predicts vectors from vectors"},
    {kVectorsTask, R"({"context": 8, "architecture": "linear"})", kSmallBatch,
     "grid.sizes[0].d_model: a linear model has as many features as an input "
     "has numbers, which is 4, not 8"},
    {kVectorsTask, R"({"context": 8, "architecture": "linear", "layers": 1})",
     kSmallBatch, "model.layers: means nothing to the architecture linear"},
    {R"({"kind": "power_features", "features": 4})",
     R"({"context": 1, "architecture": "linear"})", kSmallBatch,
     "grid.sizes[0].d_model: a linear model has as many features"},
    {kVectorsTask, R"({"context": 8, "heads": 2, "vocab_size": 64})",
     kSmallBatch,
     "model.vocab_size: is for tokens, and teacher has none: leave it out"},
    {R"({"kind": "markov", "symbols": 8})",
     R"({"context": 8, "heads": 2, "vocab_size": 4})", kSmallBatch,
     "model.vocab_size: 4 is smaller than the data's vocabulary of 8"},
    {kTokensTask, R"({"context": 8, "heads": 2, "causal": false})", kSmallBatch,
     "model.causal: must be true for markov, whose targets are inputs of later "
     "positions, got false"},
    {R"({"kind": "regression"})",
     R"({"context": 8, "heads": 2, "causal": false})", kSmallBatch,
     "model.causal: must be true for regression"},
    {R"({"kind": "lexicon"})", R"({"context": 8, "heads": 2, "causal": false})",
     kSmallBatch, "model.causal: must be true for lexicon"},
    {kTokensTask, R"({"context": 8, "heads": 2, "causal": "no"})", kSmallBatch,
     "model.causal: must be true or false"},
    {kTokensTask, R"({"context": 8, "heads": 4, "kv_heads": 3})", kSmallBatch,
     "grid.sizes[0].kv_heads: 3 does not divide 4 heads"},
    {kTokensTask, R"({"context": 8, "heads": 2, "kv_heads": 4})", kSmallBatch,
     "grid.sizes[0].kv_heads: 4 does not divide 2 heads"},
    {kTokensTask, R"({"context": 8, "heads": 2, "kv_heads": 0})", kSmallBatch,
     "model.kv_heads: must be from 1"},
    {kTokensTask, R"({"context": 8, "heads": 2, "attention": "softmx"})",
     kSmallBatch,
     "model.attention: must be one of softmax, linear, got \"softmx\""},
    {kTokensTask,
     R"({"context": 8, "heads": 2, "attention": "linear", "position": "alibi"})",
     kSmallBatch, "grid.sizes[0].position: alibi is added to the scores"},
    {kTokensTask, R"({"context": 8, "heads": 2, "qk_norm": 1})", kSmallBatch,
     "model.qk_norm: must be true or false, got 1"},
    {kTokensTask, R"({"context": 8, "heads": 2, "position": "alibbi"})",
     kSmallBatch,
     "model.position: must be one of rotary, learned, sinusoidal, alibi, none"},
    {kTokensTask, R"({"context": 8, "heads": 2, "norm": "batch"})", kSmallBatch,
     "model.norm: must be one of rms, layer, none, got \"batch\""},
};

const std::vector<BadTask> kBadTaskTraining = {
    {kTokensTask, kShortModel, R"({"batch_tokens": 64, "optimizer": "adam"})",
     "training.optimizer: must be one of adamw, sgd, got \"adam\" (did you "
     "mean "
     "'adamw'?)"},
    {kTokensTask, kShortModel,
     R"({"batch_tokens": 64, "optimizer": "sgd", "beta1": 0.9})",
     "training.beta1: means nothing to the optimizer sgd"},
    {kTokensTask, kShortModel,
     R"({"batch_tokens": 64, "optimizer": "sgd", "beta2": 0.9})",
     "training.beta2: means nothing to the optimizer sgd"},
    {kTokensTask, kShortModel,
     R"({"batch_tokens": 64, "optimizer": "sgd", "epsilon": 1e-8})",
     "training.epsilon: means nothing to the optimizer sgd"},
    {kTokensTask, kShortModel, R"({"batch_tokens": 64, "clip_norm": -1})",
     "training.clip_norm: must be at least 0, got -1"},
    {kTokensTask, kShortModel, R"({"batch_tokens": 12})",
     "training.batch_tokens: 12 is no multiple of model.context 8"},
};

TEST(BadTasks, AreRefusedForTheirKeys) { ExpectTasksRefused(kBadTaskKeys); }
TEST(BadTasks, AreRefusedForWhatModelsCannotDo) {
  ExpectTasksRefused(kBadTaskModels);
}
TEST(BadTasks, AreRefusedForTheirTraining) {
  ExpectTasksRefused(kBadTaskTraining);
}

TEST(BadTasks, AreToldEverythingAtOnce) {
  const BadTask bad = {R"({"kind": "recall", "pairs": 0, "values": 1})",
                       R"({"context": 8, "architecture": "gru", "heads": 2})",
                       R"({"batch_tokens": 12, "optimizer": "sgd",
                           "beta1": 0.9})",
                       ""};
  try {
    ParseSweep(TaskSweep(bad), "a.json");
    ADD_FAILURE() << "accepted";
  } catch (const Error& error) {
    for (const char* place : {"data.pairs", "data.values", "model.heads",
                              "training.batch_tokens", "training.beta1"}) {
      EXPECT_THAT(error.what(), testing::HasSubstr(place));
    }
  }
}

TEST(BadTasks, StartFromGoodOnes) {
  EXPECT_NO_THROW(ParseSweep(
      TaskSweep({kTokensTask, kShortModel, kSmallBatch, ""}), "a.json"));
  EXPECT_NO_THROW(ParseSweep(
      TaskSweep({kVectorsTask, kShortModel, kSmallBatch, ""}), "a.json"));
}

const std::vector<BadTask> kBadReasoningTasks = {
    {R"({"kind": "addition", "digits": 0})", kShortModel, kSmallBatch,
     "data.digits: must be from 1 to 1000, got 0"},
    {R"({"kind": "addition", "digits": 3})", kShortModel, kSmallBatch,
     "data.digits: sums of 3 digits need a model.context of 3 digits + 2 = 11, "
     "got 8"},
    {R"({"kind": "addition", "digits": 2, "order": "backwards"})", kShortModel,
     kSmallBatch, "data.order: must be one of plain, reversed"},
    {R"({"kind": "addition", "digits": 2})",
     R"({"context": 8, "heads": 2, "causal": false})", kSmallBatch,
     "model.causal: must be true for addition"},
    {R"({"kind": "skills", "length": 3})", kShortModel, kSmallBatch,
     "data.length: a symbol and 3 skills need a model.context of 4, got 8"},
    {R"({"kind": "skills", "length": 7, "skills": 1000})", kShortModel,
     kSmallBatch, "data.length: 1000 skills make 1.0e+21 sequences of 7"},
    {R"({"kind": "skills", "length": 7, "held_out": 1})", kShortModel,
     kSmallBatch, "data.held_out: must be from 0 to 0.9, got 1"},
    {R"({"kind": "skills", "length": 7, "held_out": 0.001})", kShortModel,
     kSmallBatch, "data.held_out: must be 0, or from 0.01 to 0.9, got 0.001"},
    {R"({"kind": "skills", "length": 1, "skills": 8, "held_out": 0.25})",
     R"({"context": 2, "heads": 2})", kSmallBatch,
     "data.held_out: must be 0 where length is 1"},
    {R"({"kind": "skills", "length": 3, "skills": 1, "held_out": 0.25})",
     R"({"context": 4, "heads": 2})", kSmallBatch,
     "data.held_out: 0.25 of 1 sequences is 0 of them"},
    {R"({"kind": "skills", "length": 3, "skills": 1, "held_out": 0.9})",
     R"({"context": 4, "heads": 2})", kSmallBatch,
     "data.held_out: 0.9 of 1 sequences is 1 of them"},
    {R"({"kind": "hierarchy", "levels": 1, "target": "last_token"})",
     R"({"context": 1, "heads": 2})", kSmallBatch,
     "data.levels: 1 level of 2 leaves one token to see"},
    {R"({"kind": "skills", "symbols": 1})", kShortModel, kSmallBatch,
     "data.symbols: must be from 2 to 32768, got 1"},
    {R"({"kind": "iterate", "symbols": 4})", kShortModel, kSmallBatch,
     "data.symbols: 4 pairs and a query need a model.context of 9, got 8"},
    {R"({"kind": "iterate", "steps": 0})", kShortModel, kSmallBatch,
     "data.steps: must be from 1 to 1024, got 0"},
    {R"({"kind": "hierarchy", "levels": 2})", kShortModel, kSmallBatch,
     "data.levels: 2 levels of 2 with the target \"class\" need a "
     "model.context of 4, got 8"},
    {R"({"kind": "hierarchy", "levels": 3, "target": "last_token"})",
     kShortModel, kSmallBatch,
     "data.levels: 3 levels of 2 with the target \"last_token\" need a "
     "model.context of 7, got 8"},
    {R"({"kind": "hierarchy", "levels": 16, "branching": 3})", kShortModel,
     kSmallBatch, "data.levels: 16 levels of 3 make 4.3e+07 tokens"},
    {R"({"kind": "hierarchy", "levels": 3, "symbols": 4, "rules": 5})",
     kShortModel, kSmallBatch,
     "data.rules: 5 rules for each of 4 symbols need 20 different strings of "
     "2, and there are 16"},
    {R"({"kind": "hierarchy", "levels": 1, "branching": 8,
         "symbols": 60000})",
     kShortModel, kSmallBatch, "data.symbols: 60000 symbols make"},
    {R"({"kind": "parities"})", kShortModel, kSmallBatch,
     "data.kind: parities has examples of one position: model.context must be "
     "1, got 8"},
    {R"({"kind": "parities", "bits": 3, "subset": 4})",
     R"({"context": 1, "architecture": "mlp"})", kSmallBatch,
     "data.subset: must be at most bits, 3, got 4"},
    {R"({"kind": "parities", "parities": 1})",
     R"({"context": 1, "architecture": "mlp"})", kSmallBatch,
     "data.parities: must be from 2 to 65536, got 1"},
    {R"({"kind": "parities", "alpha": -1})",
     R"({"context": 1, "architecture": "mlp"})", kSmallBatch,
     "data.alpha: must be from 0 to 10, got -1"},
    {R"({"kind": "hierarchy", "levels": 3, "goal": "class"})", kShortModel,
     kSmallBatch, "data.goal: unknown key"},
};

TEST(BadTasks, AreRefusedWhereTheyAskForReasoning) {
  ExpectTasksRefused(kBadReasoningTasks);
}

TEST(BadProbes, AreThoseThatAModelOrTaskHasNothingFor) {
  struct BadProbe {
    BadTask with;
    const char* probe;
  };
  const std::vector<BadProbe> table = {
      {{kVectorsTask, kShortModel, kSmallBatch,
        "probes[0]: metrics needs tokens to predict, which teacher has not"},
       "metrics"},
      {{kVectorsTask, kShortModel, kSmallBatch,
        "probes[0]: in_context_curve needs predictors to compare with"},
       "in_context_curve"},
      {{kTokensTask, R"({"context": 8, "architecture": "lstm"})", kSmallBatch,
        "probes[0]: attention needs softmax attention"},
       "attention"},
      {{kTokensTask, R"({"context": 8, "heads": 2, "attention": "linear"})",
        kSmallBatch, "probes[0]: attention needs softmax attention"},
       "attention"},
      {{kTokensTask, R"({"context": 8, "architecture": "mlp"})", kSmallBatch,
        "probes[0]: gradient_reach needs a model that looks back, which mlp"},
       "gradient_reach"},
      {{R"({"kind": "manifold"})", R"({"context": 1, "architecture": "mlp"})",
        kSmallBatch,
        "probes[0]: loss_by_position needs more than one position"},
       "loss_by_position"},
  };
  for (const auto& [with, probe] : table) {
    SCOPED_TRACE(probe);
    Json json = TaskSweep(with);
    json["probes"] = {probe};
    EXPECT_ERROR(ParseSweep(json, "a.json"),
                 std::string("a.json: ") + with.message);
    json.erase("probes");
    EXPECT_NO_THROW(ParseSweep(json, "a.json"));
  }
}

}  // namespace
}  // namespace isoflop
