// Sweeps that must be refused, each with the message that its author needs.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"
#include "tests/sweep/tiny_sweep.h"

namespace isoflop {
namespace {

/// TinySweep() with one change, and the message that must follow.
struct BadSweep {
  const char* pointer;  // what is changed
  const char* value;    // to this JSON; "" removes it
  const char* message;
};

Json Changed(const BadSweep& bad) {
  Json json = TinySweep();
  const Json::json_pointer pointer(bad.pointer);
  if (std::string(bad.value).empty()) {
    json[pointer.parent_pointer()].erase(pointer.back());
  } else {
    json[pointer] = ParseJson(bad.value, "value");
  }
  return json;
}

const std::vector<BadSweep> kBadTop = {
    {"/schema", "",
     "a.json: schema: is missing; this program reads "
     "\"isoflop.sweep/1\""},
    {"/schema", "\"isoflop.sweep/2\"",
     "a.json: schema: is \"isoflop.sweep/2\", and this program reads"},
    {"/schema", "1", "a.json: schema: is 1, and this program reads"},
    {"/name", "", "a.json: name: is missing"},
    {"/name", "\"\"", "a.json: name: must be a non-empty string"},
    {"/name", "7", "a.json: name: must be a non-empty string, got 7"},
    {"/name", "\"a/b\"", "a.json: name: \"a/b\" is no good name"},
    {"/name", "\"..\"", "a.json: name: \"..\" is no good name"},
    {"/name", "\"-rf\"", "a.json: name: \"-rf\" is no good name"},
    {"/name", "\"two words\"", "a.json: name: \"two words\" is no good name"},
    {"/data", "", "a.json: data: is missing"},
    {"/data", "\"lexicon\"", "a.json: data: must be an object"},
    {"/grid", "", "a.json: grid: is missing"},
    {"/grid", "[]", "a.json: grid: must be an object"},
    {"/model", "3", "a.json: model: must be an object, got 3"},
    {"/training", "null", "a.json: training: must be an object, got null"},
    {"/trainig", "{}",
     "a.json: trainig: unknown key (did you mean 'training'?)"},
    {"/zzzzzzzz", "{}", "a.json: zzzzzzzz: unknown key; the keys here are"},
    {"/seeds", "0", "a.json: seeds: must be a non-empty array"},
    {"/seeds", "[]", "a.json: seeds: must be a non-empty array, got []"},
    {"/seeds", "[0, -1]", "a.json: seeds[1]: must be from 0"},
    {"/seeds", "[0, 0.5]", "a.json: seeds[1]: must be a whole number"},
    {"/seeds", "[3, 1, 3]", "a.json: seeds[2]: 3 is there already"},
};

const std::vector<BadSweep> kBadModel = {
    {"/model/contxt", "64",
     "a.json: model.contxt: unknown key (did you mean 'context'?)"},
    {"/model/architecture", "\"rnn\"",
     "a.json: model.architecture: must be one of transformer, lstm, gru, mlp, "
     "linear, got \"rnn\""},
    {"/model/context", "0", "a.json: model.context: must be from 1"},
    {"/model/context", "\"64\"", "a.json: model.context: must be a whole"},
    {"/model/context", "true", "a.json: model.context: must be a whole"},
    {"/model/context", "48",
     "a.json: training.batch_tokens: 256 is no multiple of model.context 48"},
    {"/model/vocab_size", "1", "a.json: model.vocab_size: must be from 2"},
    {"/model/vocab_size", "16",
     "a.json: model.vocab_size: 16 is smaller than the data's vocabulary of "
     "32"},
    {"/model/layers", "0", "a.json: model.layers: must be from 1"},
    {"/model/heads", "0", "a.json: model.heads: must be from 1"},
    {"/model/heads", "3",
     "a.json: grid.sizes[0].heads: 3 does not divide d_model 8"},
    {"/model/heads", "8",
     "a.json: grid.sizes[0].heads: 8 heads of d_model 8 "
     "have the odd size 1"},
    {"/model/head_size", "8",
     "a.json: model.head_size: is 8, while heads is 2: give one of the two"},
    {"/model/heads", "",
     "a.json: grid.sizes[0].d_model: 8 is no multiple of head_size 16"},
    {"/model/ffn_ratio", "0", "a.json: model.ffn_ratio: must be from 0.01"},
    {"/model/ffn", "\"relu2\"",
     "a.json: model.ffn: must be one of relu_squared, relu, gelu, swiglu, "
     "linear, none, got \"relu2\" (did you mean 'relu'?)"},
    {"/model/norm", "\"batch\"", "a.json: model.norm: must be one of rms"},
    {"/model/position", "\"rotery\"",
     "a.json: model.position: must be one of rotary, learned, "
     "sinusoidal, alibi, none, got "
     "\"rotery\" (did you mean 'rotary'?)"},
    {"/model/rotary_base", "0.5", "a.json: model.rotary_base: must be from 1"},
    {"/model/tied_embeddings", "1",
     "a.json: model.tied_embeddings: must be true or false, got 1"},
};

const std::vector<BadSweep> kBadGrid = {
    {"/grid/sizes", "", "a.json: grid.sizes: is missing"},
    {"/grid/sizes", "[]",
     "a.json: grid.sizes: must be a non-empty array of objects, got []"},
    {"/grid/sizes", "{}",
     "a.json: grid.sizes: must be a non-empty array of objects, got {}"},
    {"/grid/sizes", "[8]", "a.json: grid.sizes[0]: must be an object, got 8"},
    {"/grid/sizes", "[{}]",
     "a.json: grid.sizes[0]: needs exactly one of d_model, params_total, "
     "params_non_embedding, has none"},
    {"/grid/sizes", "[{\"d_model\": 8, \"params_total\": 1e4}]",
     "a.json: grid.sizes[0]: needs exactly one of d_model, params_total, "
     "params_non_embedding, has d_model and params_total"},
    {"/grid/sizes", "[{\"d_modle\": 8}]",
     "a.json: grid.sizes[0].d_modle: unknown key (did you mean 'd_model'?)"},
    {"/grid/sizes", "[{\"d_model\": 0}]",
     "a.json: grid.sizes[0].d_model: must be from 1"},
    {"/grid/sizes", "[{\"d_model\": 8}, {\"d_model\": 8}]",
     "a.json: grid.sizes[1]: is the same shape, d8 L1, as sizes[0]"},
    {"/grid/sizes", "[{\"d_model\": 8, \"heads\": 5}]",
     "a.json: grid.sizes[0].heads: 5 does not divide d_model 8"},
    {"/grid/sizes", "[{\"params_total\": 10}]",
     "a.json: grid.sizes[0].params_total: no shape has about 10 parameters; "
     "the nearest, d4 L1, has"},
    {"/grid/sizes", "[{\"params_non_embedding\": -1}]",
     "a.json: grid.sizes[0].params_non_embedding: must be from 1"},
    {"/grid/tokens", "",
     "a.json: grid: needs exactly one of budgets_flops, tokens, "
     "tokens_per_param, has none"},
    {"/grid/sizes/0/tokens", "[0]",
     "a.json: grid.sizes[0].tokens[0]: must be from 1"},
    {"/grid/sizes/0/tokens", "[1e6, 1e6]",
     "a.json: grid.sizes[0].tokens[1]: 1000000 is there already, at [0]"},
    {"/grid/sizes", R"([{"d_model": 32, "tokens": [1e6]}])",
     "a.json: grid.tokens: says nothing: all sizes have \"tokens\""},
    {"/grid/budgets_flops", "[1e9]",
     "a.json: grid: needs exactly one of budgets_flops, tokens, "
     "tokens_per_param, has budgets_flops and tokens"},
    {"/grid/tokens", "[]", "a.json: grid.tokens: must be a non-empty array"},
    {"/grid/tokens", "[25600, 0]", "a.json: grid.tokens[1]: must be from 1"},
    {"/grid/tokens", "[25600, 25600.5]",
     "a.json: grid.tokens[1]: must be a whole number"},
    {"/grid/tokens", "[25600, 51200, 25600]",
     "a.json: grid.tokens[2]: 25600 is there already, at [0]"},
    {"/grid/tokens_range", "[1e6, 1e3]",
     "a.json: grid.tokens_range: must be [lowest, highest], got [1000000"},
    {"/grid/tokens_range", "[1e3]",
     "a.json: grid.tokens_range: must be [lowest, highest], got [1000"},
    {"/grid/tokens_range", "1e3", "a.json: grid.tokens_range: must be a non-"},
    {"/grid/tokens_per_param_range", "[0, 10]",
     "a.json: grid.tokens_per_param_range[0]: must be above 0"},
    {"/grid/params", "\"all\"",
     "a.json: grid.params: must be one of total, non_embedding, got \"all\""},
    {"/grid/aspect_ratio", "0", "a.json: grid.aspect_ratio: must be from 0.1"},
    {"/grid/budget_flops", "[1e9]",
     "a.json: grid.budget_flops: unknown key (did you mean 'budgets_flops'?)"},
};

const std::vector<BadSweep> kBadTraining = {
    {"/training/batch_token", "256",
     "a.json: training.batch_token: unknown key (did you mean "
     "'batch_tokens'?)"},
    {"/training/batch_tokens", "0",
     "a.json: training.batch_tokens: must be from 1"},
    {"/training/batch_tokens", "100",
     "a.json: training.batch_tokens: 100 is no multiple of model.context 32"},
    {"/training/micro_batch_tokens", "96",
     "a.json: training.micro_batch_tokens: 96 does not divide batch_tokens "
     "256"},
    {"/training/micro_batch_tokens", "16",
     "a.json: training.micro_batch_tokens: 16 is no multiple of model.context "
     "32"},
    {"/training/peak_lr", "0", "a.json: training.peak_lr: must be above 0"},
    {"/training/peak_lr", "\"5e-3\"",
     "a.json: training.peak_lr: must be a number, got \"5e-3\""},
    {"/training/lr_scaling", "\"mup\"",
     "a.json: training.lr_scaling: must be one of width, none, got \"mup\""},
    {"/training/schedule", "\"wsd\"",
     "a.json: training.schedule: must be an object, got \"wsd\""},
    {"/training/schedule/kind", "\"cosin\"",
     "a.json: training.schedule.kind: must be one of wsd, cosine, constant, "
     "got \"cosin\" (did you mean 'cosine'?)"},
    {"/training/schedule/warmup_steps", "-5",
     "a.json: training.schedule.warmup_steps: must be from 0"},
    {"/training/schedule/warmup_step", "5",
     "a.json: training.schedule.warmup_step: unknown key (did you mean "
     "'warmup_steps'?)"},
    {"/training/schedule/cooldown_fraction", "0",
     "a.json: training.schedule.cooldown_fraction: must be above 0 and at "
     "most 1, got 0"},
    {"/training/schedule/cooldown_fraction", "20",
     "a.json: training.schedule.cooldown_fraction: must be above 0 and at "
     "most 1, got 20"},
    {"/training/schedule/final_lr_fraction", "1.5",
     "a.json: training.schedule.final_lr_fraction: must be from 0 to 1"},
    {"/training/beta1", "1", "a.json: training.beta1: must be from 0 to"},
    {"/training/beta2", "-0.1", "a.json: training.beta2: must be from 0 to"},
    {"/training/epsilon", "0", "a.json: training.epsilon: must be above 0"},
    {"/training/weight_decay", "2", "a.json: training.weight_decay: must be"},
    {"/training/clip_norm", "-1",
     "a.json: training.clip_norm: must be at least 0"},
    {"/training/precision", "\"fp16\"",
     "a.json: training.precision: must be one of fp32, bf16, auto, got "
     "\"fp16\""},
    {"/training/log_every_steps", "0",
     "a.json: training.log_every_steps: must be from 1"},
    {"/training/checkpoint_every_seconds", "-1",
     "a.json: training.checkpoint_every_seconds: must be above 0"},
};

const std::vector<BadSweep> kBadData = {
    {"/data/kind", "\"lexikon\"",
     "a.json: data.kind: must be one of lexicon, text, tokens, power_features, "
     "markov, "
     "regression, recall, manifold, teacher, addition, skills, iterate, "
     "hierarchy, parities, got "
     "\"lexikon\" (did you mean 'lexicon'?)"},
    {"/data/word_lenght", "4",
     "a.json: data.word_lenght: unknown key (did you mean 'word_length'?)"},
    {"/data/word_length", "5", "a.json: data.word_length"},
    {"/data/paths", "[\"x\"]", "a.json: data.paths: is a key of kind \"text\""},
    {"/data/vocab_size", "31", "a.json: data.vocab_size"},
    {"/data/eval_tokens", "16",
     "a.json: data.eval_tokens: must be at least the context of 32"},
    {"/data/max_epochs", "0", "a.json: data.max_epochs: must be from 1"},
    {"/data", R"({"kind": "text"})", "a.json: data.paths: is missing"},
    {"/data", R"({"kind": "text", "paths": []})",
     "a.json: data.paths: must be a non-empty array"},
    {"/data", R"({"kind": "tokens", "train_paths": ["a.bin"]})",
     "a.json: data.vocab_size: is missing"},
};

const std::vector<BadSweep> kBadProbes = {
    {"/probes", "\"metrics\"",
     "a.json: probes: must be an array of words, got \"metrics\""},
    {"/probes", "[\"metrics\", 3]",
     "a.json: probes[1]: must be one of loss_by_position, in_context_curve, "
     "metrics, gradient_reach, attention, head_geometry, ffn_memory, "
     "capacity, effective_dimension, disentanglement, seconds_per_token, got "
     "3"},
    {"/probes", "[\"capacity\"]",
     "a.json: probes[0]: capacity needs random strings, all of one frequency "
     "(a lexicon with a zipf_exponent of 0), which lexicon has not"},
    {"/probes", "[\"disentanglement\"]",
     "a.json: probes[0]: disentanglement needs factors that its examples are "
     "made with, which lexicon has not"},
    {"/probes", "[\"metric\"]", "a.json: probes[0]: must be one of"},
    {"/probes", "[\"metrics\", \"metrics\"]",
     "a.json: probes[1]: \"metrics\" is there already"},
    {"/probes", "[\"metrics\", \"in_context_curve\"]",
     "a.json: probes[1]: in_context_curve needs predictors to compare with, "
     "which lexicon has not"},
};

const std::vector<BadSweep> kBadAnalyses = {
    {"/analyses", "{}",
     "a.json: analyses: must be an array of objects, got {}"},
    {"/analyses", "[3]", "a.json: analyses[0]: must be an object, got 3"},
    {"/analyses", R"([{"law": "power", "value": "loss", "over": "tokens"}])",
     "a.json: analyses[0].name: is missing"},
    {"/analyses",
     R"([{"name": "a b", "law": "power", "value": "loss", "over": "tokens"}])",
     "a.json: analyses[0].name: must be up to 64 letters, digits and _, a "
     "letter first, got \"a b\""},
    {"/analyses", R"([{"name": "a", "value": "loss", "over": "tokens"}])",
     "a.json: analyses[0].law: is missing"},
    {"/analyses",
     R"([{"name": "a", "law": "powr", "value": "loss", "over": "tokens"}])",
     "a.json: analyses[0].law: must be one of power, falling_power, logistic, "
     "skill_product, crossing, equivalent, got \"powr\" (did you mean "
     "'power'?)"},
    {"/analyses", R"([{"name": "a", "law": "power", "over": "tokens"}])",
     "a.json: analyses[0].value: is missing"},
    {"/analyses", R"([{"name": "a", "law": "power", "value": "loss"}])",
     "a.json: analyses[0].over: is missing"},
    {"/analyses",
     R"([{"name": "a", "law": "power", "value": "loss", "over": "size"}])",
     "a.json: analyses[0].over: must be one of params_total, "
     "params_non_embedding, d_model, layers, tokens, flops, or a number of a "
     "probe, got \"size\""},
    {"/analyses",
     R"([{"name": "a", "law": "power", "value": "probes.metrics.brier.mean",
          "over": "tokens"}])",
     "a.json: analyses[0].value: \"metrics\" is not among the sweep's "
     "\"probes\""},
    {"/analyses",
     R"([{"name": "a", "law": "power", "value": "loss",
          "over": "probes.metrics.brier.mean"}])",
     "a.json: analyses[0].over: \"metrics\" is not among the sweep's "
     "\"probes\""},
    {"/analyses",
     R"([{"name": "a", "law": "crossing", "value": "loss", "over": "tokens"}])",
     "a.json: analyses[0].passes: is missing"},
    {"/analyses",
     R"([{"name": "a", "law": "equivalent", "value": "loss",
          "over": "params_total"}])",
     "a.json: analyses[0].against: is missing"},
    {"/analyses",
     R"([{"name": "a", "law": "power", "value": "loss", "over": "tokens",
          "against": {"seed": 1}}])",
     "a.json: analyses[0].against: is a key of the law \"equivalent\""},
    {"/analyses",
     R"([{"name": "a", "law": "power", "value": "loss", "over": "tokens",
          "passes": 1}])",
     "a.json: analyses[0].passes: is a key of the law \"crossing\""},
    {"/analyses",
     R"([{"name": "a", "law": "crossing", "value": "loss", "over": "tokens",
          "passes": 1, "fixed": {"k": 1}}])",
     "a.json: analyses[0].fixed: this law has no coefficients"},
    {"/analyses",
     R"([{"name": "a", "law": "crossing", "value": "loss", "over": "tokens",
          "passes": 1, "up_to": 5}])",
     "a.json: analyses[0].up_to: this law predicts nothing"},
    {"/analyses",
     R"([{"name": "a", "law": "power", "value": "loss", "over": "tokens",
          "fixed": {"exponent": 1}}])",
     "a.json: analyses[0].fixed.exponent: unknown key"},
    {"/analyses",
     R"([{"name": "a", "law": "power", "value": "loss", "over": "tokens",
          "fixed": {"k": 1, "e": 1}}])",
     "a.json: analyses[0].fixed: leaves nothing to fit"},
    {"/analyses",
     R"([{"name": "a", "law": "logistic", "value": "loss", "over": "tokens",
          "fixed": {"top": 0}}])",
     "a.json: analyses[0].fixed.top: must be"},
    {"/analyses",
     R"([{"name": "a", "law": "power", "value": "loss", "over": "tokens",
          "up_to": 0}])",
     "a.json: analyses[0].up_to: must be above 0"},
    {"/analyses",
     R"([{"name": "a", "law": "power", "value": "loss", "over": "tokens",
          "of": {"width": 1}}])",
     "a.json: analyses[0].of.\"width\": must be one of d_model"},
    {"/analyses",
     R"([{"name": "a", "law": "power", "value": "tokens", "over": "tokens"}])",
     "a.json: analyses[0].over: is \"value\" itself"},
    {"/analyses",
     R"([{"name": "a", "law": "crossing", "value": "loss", "over": "tokens",
          "passes": "1e6"}])",
     "a.json: analyses[0].passes: begins with none of loss"},
    {"/analyses",
     R"([{"name": "a", "law": "power", "value": "loss", "over": "tokens"},
         {"name": "a", "law": "power", "value": "loss", "over": "flops"}])",
     "a.json: analyses[1].name: \"a\" is there already"},
};

const std::vector<BadSweep> kBadClaims = {
    {"/claim", "\"It does.\"",
     "a.json: claim: needs \"expect\", by what to see if it holds, got \"It "
     "does.\""},
    {"/expect", R"([{"that": "x", "value": "loss", "at_most": 1}])",
     "a.json: claim: is missing"},
    {"/expect", "{}", "a.json: expect: must be a non-empty array of objects"},
    {"/expect", "[]", "a.json: expect: must be a non-empty array of objects"},
    {"/expect", "[3]", "a.json: expect[0]: must be an object, got 3"},
    {"/expect", R"([{"value": "loss", "at_most": 1}])",
     "a.json: expect[0].that: is missing"},
    {"/expect", R"([{"that": "x", "at_most": 1}])",
     "a.json: expect[0].value: is missing"},
    {"/expect", R"([{"that": "x", "value": "loss"}])",
     "a.json: expect[0]: needs \"at_least\", \"at_most\" or both"},
    {"/expect",
     R"([{"that": "x", "value": "loss", "at_least": 2, "at_most": 1}])",
     "a.json: expect[0].at_least: 2 is above at_most, 1"},
    {"/expect", R"([{"that": "x", "value": "loss", "atmost": 1}])",
     "a.json: expect[0].atmost: unknown key (did you mean 'at_most'?)"},
    {"/expect",
     R"([{"that": "x", "value": "loss", "at_most": 1, "of": {"width": 1}}])",
     "a.json: expect[0].of.\"width\": must be one of d_model, layers, tokens, "
     "seed, got \"width\""},
    {"/expect",
     R"([{"that": "x", "value": "loss", "at_most": 1, "of": {"seed": "0"}}])",
     "a.json: expect[0].of.\"seed\": must be a number, got \"0\""},
    {"/expect", R"([{"that": "x", "value": "loss]", "at_most": 1}])",
     "a.json: expect[0].value: must be keys of a result"},
    {"/expect",
     R"([{"that": "x", "value": "a", "relative_to": "b[c]", "at_most": 1}])",
     "a.json: expect[0].relative_to: must be keys of a result"},
    {"/expect",
     R"([{"that": "x", "value": "probes.metrics.brier.mean", "at_most": 1}])",
     "a.json: expect[0].value: \"metrics\" is not among the sweep's "
     "\"probes\""},
    {"/expect", R"([{"that": "x", "value": "los", "at_most": 1}])",
     "a.json: expect[0].value: begins with none of loss, loss_std_error"},
    {"/expect", R"([{"that": "x", "value": "probes", "at_most": 1}])",
     "a.json: expect[0].value: must be probes.NAME.KEY, got \"probes\""},
    {"/expect", R"([{"that": "x", "value": "analyses.a", "at_most": 1}])",
     "a.json: expect[0].value: must be analyses.NAME.KEY, got \"analyses.a\""},
    {"/expect",
     R"([{"that": "x", "value": "loss", "at_most": 1, "against": {}}])",
     "a.json: expect[0].against: must name a setting, got {}"},
    {"/expect",
     R"([{"that": "x", "value": "analyses.a.crossing.x", "at_most": 1}])",
     "a.json: expect[0].value: \"a\" is not among the sweep's \"analyses\""},
    {"/expect",
     R"([{"that": "x", "value": "loss", "at_most": 1,
          "relative_to": "analyses.a.crossing.x"}])",
     "a.json: expect[0].relative_to: must be of an analysis where \"value\" "
     "is, and else not"},
    {"/expect",
     R"([{"that": "x", "value": "loss", "at_most": 1, "against": {"w": 1}}])",
     "a.json: expect[0].against.\"w\": must be one of d_model"},
    {"/expect", R"([{"that": "x", "value": "loss", "at_most": 1, "mean": 1}])",
     "a.json: expect[0].mean: must be"},
    {"/expect", R"([{"that": "x", "value": "loss", "at_least": "1"}])",
     "a.json: expect[0].at_least: must be a number"},
    {"/expect", R"([{"that": "x", "value": "loss", "at_most": 1, "of": 3}])",
     "a.json: expect[0].of: must be an object, got 3"},
};

const std::vector<BadSweep> kBadVary = {
    {"/vary", "[]", "a.json: vary: must be an object of arrays"},
    {"/vary", R"({"model.position": []})",
     "a.json: vary.\"model.position\": must be a non-empty array of values, "
     "got []"},
    {"/vary", R"({"model.position": "none"})",
     "a.json: vary.\"model.position\": must be a non-empty array of values, "
     "got \"none\""},
    {"/vary", R"({"model.position": ["rotary", "nowhere"]})",
     "a.json: vary.\"model.position\"[1]: must be one of rotary, learned, "
     "sinusoidal, alibi, none, got \"nowhere\""},
    {"/vary", R"({"model.position": ["none", "none"]})",
     "a.json: vary.\"model.position\"[1]: \"none\" is there already"},
    {"/vary", R"({"model.postion": ["none"]})",
     "a.json: vary.\"model.postion\"[0]: unknown key (did you mean "
     "'position'?)"},
    {"/vary", R"({"grid.params": ["total"]})",
     "a.json: vary.\"grid.params\": must be a key path below model, training "
     "or data"},
    {"/vary", R"({"model": [{}]})",
     "a.json: vary.\"model\": must be a key path below"},
    {"/vary", R"({"training.schedule": [{"kind": "wsd"}],
                  "training.schedule.kind": ["cosine"]})",
     "a.json: vary.\"training.schedule.kind\": is part of the axis "
     "\"training.schedule\""},
    {"/vary", R"({"training.schedule": [{"kind": "wsd", "warmup_steps": -1}]})",
     "a.json: vary.\"training.schedule\"[0].warmup_steps: must be from 0"},
    {"/vary", R"({"model.heads": [2, 3]})",
     "a.json: grid.sizes[0].heads: 3 does not divide d_model 8 (with "
     "{\"model.heads\":3})"},
    {"/vary", R"({"model.context": [32, 48]})",
     "a.json: training.batch_tokens: 256 is no multiple of model.context 48 "
     "(with {\"model.context\":48})"},
};

/// The rule for every message: file, key path, value, what is allowed. Checks
/// each of its lines.
void ExpectUseful(const std::string& message) {
  std::istringstream lines(message);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_TRUE(line.starts_with("a.json: ")) << line;
    const auto says = [&line](const char* words) {
      return line.find(words) != std::string::npos;
    };
    EXPECT_TRUE(!says("must be") || says(" got ")) << line;
    EXPECT_TRUE(!says("unknown key") || says("the keys here are")) << line;
  }
}

/// A value that is no array or object is in the message as it was given.
void ExpectNamesTheValue(const std::string& message, const std::string& value) {
  if (value.empty() || message.find("unknown key") != std::string::npos) return;
  const Json json = ParseJson(value, "value");
  if (json.is_structured()) return;
  EXPECT_NE(message.find(json.dump()), std::string::npos) << message;
}

void ExpectAllRefused(const std::vector<BadSweep>& table) {
  for (const BadSweep& bad : table) {
    SCOPED_TRACE(std::string(bad.pointer) + " = " + bad.value);
    try {
      Parse(Changed(bad));
      ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), testing::HasSubstr(bad.message));
      ExpectUseful(error.what());
      ExpectNamesTheValue(error.what(), bad.value);
    }
  }
}

TEST(BadSweeps, AreRefusedForTheirTopLevel) { ExpectAllRefused(kBadTop); }
TEST(BadSweeps, AreRefusedForTheirModel) { ExpectAllRefused(kBadModel); }
TEST(BadSweeps, AreRefusedForTheirGrid) { ExpectAllRefused(kBadGrid); }
TEST(BadSweeps, AreRefusedForTheirTraining) { ExpectAllRefused(kBadTraining); }
TEST(BadSweeps, AreRefusedForTheirData) { ExpectAllRefused(kBadData); }
TEST(BadSweeps, AreRefusedForTheirProbes) { ExpectAllRefused(kBadProbes); }
TEST(BadSweeps, AreRefusedForNumbersThatAnAnalysisDoesNotGive) {
  Json json = TinySweep();
  json["analyses"] = {
      {{"name", "a"}, {"law", "power"}, {"value", "loss"}, {"over", "tokens"}}};
  json["claim"] = "It does.";
  json["expect"] = {{{"that", "x"},
                     {"value", "analyses.a.law.estimate.critical"},
                     {"at_most", 1}}};
  EXPECT_ERROR(ParseSweep(json, "a.json"),
               "a.json: expect[0].value: of a there are law.estimate.k, "
               "law.profile95.k.low");
}

TEST(BadSweeps, AreRefusedForPathsWithoutEnd) {
  Json json = TinySweep();
  json["claim"] = "It does.";
  json["expect"] = {
      {{"that", "x"}, {"value", std::string(300'000, 'a')}, {"at_most", 1}}};
  EXPECT_ERROR(ParseSweep(json, "a.json"),
               "a.json: expect[0].value: must be keys of a result");
}

TEST(BadSweeps, AreRefusedForTheirAnalyses) { ExpectAllRefused(kBadAnalyses); }
TEST(BadSweeps, AreRefusedForTheirClaims) { ExpectAllRefused(kBadClaims); }
TEST(BadSweeps, AreRefusedForTheirAxes) { ExpectAllRefused(kBadVary); }

TEST(BadSweeps, StartFromAGoodOne) { EXPECT_NO_THROW(Parse(TinySweep())); }

/// The text of a file, and the message that must follow.
struct BadText {
  const char* text;
  const char* message;
};

const std::vector<BadText> kBadTexts = {
    {"", "not valid JSON"},
    {"{", "not valid JSON"},
    {"[]", "must be an object, got []"},
    {"null", "must be an object, got null"},
    {R"({"schema": "isoflop.sweep/1", "name": "a", "name": "b"})",
     ": name: key occurs twice"},
    {R"({"schema": "isoflop.sweep/1", "grid": {"sizes": [{"d_model": 8},
         {"d_model": 8, "layers": 1, "d_model": 16}]}})",
     ": grid.sizes[1].d_model: key occurs twice"},
    {R"({"schema": "isoflop.sweep/1",)", "line 1"},
    {R"({"schema": 'isoflop.sweep/1'})", "not valid JSON"},
};

TEST(BadSweeps, AreRefusedWhenTheyAreNoJson) {
  const TempDir dir;
  for (const BadText& bad : kBadTexts) {
    SCOPED_TRACE(bad.text);
    const auto path = dir.Write("a.json", bad.text);
    EXPECT_ERROR(LoadSweep(path), path.string());
    EXPECT_ERROR(LoadSweep(path), bad.message);
  }
}

TEST(BadSweeps, AreRefusedWhenThereIsNoFile) {
  EXPECT_ERROR(LoadSweep("/nowhere/a.json"), "/nowhere/a.json");
}

}  // namespace
}  // namespace isoflop
