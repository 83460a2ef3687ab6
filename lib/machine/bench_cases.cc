#include "lib/machine/bench_cases.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <tuple>

#include "lib/core/error.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

constexpr std::int64_t kContext = 128;
constexpr std::int64_t kSteps = 1000;  // longer than any warm-up

constexpr std::array<const char*, 4> kDefaultShapes{
    "d_model=64,layers=2,heads=2", "d_model=128,layers=4,heads=4",
    "d_model=256,layers=6,heads=4", "d_model=512,layers=8,heads=8"};

constexpr std::array<std::string_view, 4> kSizeKeys{
    "d_model", "layers", "params_total", "params_non_embedding"};
constexpr std::array<std::string_view, 15> kModelKeys{
    "architecture", "context",   "vocab_size", "heads",    "head_size",
    "ffn_ratio",    "ffn",       "norm",       "position", "tied_embeddings",
    "rotary_base",  "attention", "causal",     "kv_heads", "qk_norm"};

template <typename Keys>
bool Has(const Keys& keys, std::string_view key) {
  return std::ranges::find(keys, key) != keys.end();
}

/// A number or a truth value as JSON means it, and anything else as text: what
/// is no good value is then refused by the reader of the key.
Json ValueOf(const std::string& text) {
  if (Json::accept(text)) {
    Json value = Json::parse(text);
    if (value.is_number() || value.is_boolean()) return value;
  }
  return text;
}

/// The sections of a sweep file that a shape fills.
struct ShapeSections {
  Json size = Json::object();
  Json model{{"context", kContext}};
};

void Set(const std::string& shape, const std::string& key,
         const std::string& value, ShapeSections* sections) {
  const bool of_size = Has(kSizeKeys, key);
  std::vector<std::string_view> keys(kSizeKeys.begin(), kSizeKeys.end());
  keys.insert(keys.end(), kModelKeys.begin(), kModelKeys.end());
  Require(of_size || Has(kModelKeys, key),
          "--shape {}: there is no \"{}\"{}; there is {}", shape, key,
          Suggestion(key, keys), fmt::join(keys, ", "));
  (of_size ? sections->size : sections->model)[key] = ValueOf(value);
}

ShapeSections ParseShapeOption(const std::string& shape) {
  ShapeSections sections;
  std::vector<std::string> given;
  for (const std::string& part : SplitAtCommas(shape)) {
    const std::size_t equals = part.find('=');
    Require(
        equals != std::string::npos && equals > 0 && equals + 1 < part.size(),
        "--shape {}: must be KEY=VALUE,KEY=VALUE,... got \"{}\"", shape, part);
    const std::string key = part.substr(0, equals);
    Require(!Has(given, key), "--shape {}: {} is given twice", shape, key);
    given.push_back(key);
    Set(shape, key, part.substr(equals + 1), &sections);
  }
  return sections;
}

/// A sweep of one run.
Json SweepOf(const ShapeSections& sections, const Json& training) {
  const std::int64_t batch =
      training.value("batch_tokens", TrainingConfig().batch_tokens);
  return {{"schema", kSweepSchema},
          {"name", "bench"},
          {"data", {{"kind", "lexicon"}}},
          {"model", sections.model},
          {"grid",
           {{"sizes", Json::array({sections.size})},
            {"tokens", Json::array({kSteps * batch})}}},
          {"training", training}};
}

/// Every combination of the values of an axis with what is there; an axis
/// without values changes nothing.
template <typename Value>
std::vector<Json> Times(const std::vector<Json>& all, const char* key,
                        const std::vector<Value>& values) {
  if (values.empty()) return all;
  std::vector<Json> product;
  for (const Json& one : all) {
    for (const Value& value : values) {
      product.push_back(one);
      product.back()[key] = value;
    }
  }
  return product;
}

}  // namespace

std::vector<RunGroup> BenchCases(const BenchAxes& axes,
                                 const DevicePrecision& precision) {
  std::vector<std::string> shapes = axes.shapes;
  if (shapes.empty()) {
    shapes.assign(kDefaultShapes.begin(), kDefaultShapes.end());
  }
  std::vector<Json> trainings{Json::object()};
  trainings = Times(trainings, "precision", axes.precisions);
  trainings = Times(trainings, "batch_tokens", axes.batch_tokens);
  trainings = Times(trainings, "micro_batch_tokens", axes.micro_batch_tokens);
  std::vector<RunGroup> cases;
  for (const std::string& shape : shapes) {
    const ShapeSections sections = ParseShapeOption(shape);
    for (const Json& training : trainings) {
      const SweepSpec spec =
          ParseSweep(SweepOf(sections, training), "--shape " + shape);
      cases.push_back(MakePlan(spec, precision).groups.front());
    }
  }
  return cases;
}

std::vector<RunGroup> DistinctCases(const Plan& plan) {
  const auto key = [](const RunGroup& group) {
    const TrainingConfig& training = group.training;
    return std::tuple(training.batch_tokens,
                      training.micro_batch_tokens.value_or(0),
                      training.precision);
  };
  std::vector<RunGroup> cases;
  for (const RunGroup& group : plan.groups) {
    const bool known = std::ranges::any_of(cases, [&](const RunGroup& other) {
      return other.shape == group.shape && key(other) == key(group);
    });
    if (!known) cases.push_back(group);
  }
  return cases;
}

}  // namespace isoflop
