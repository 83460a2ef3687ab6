#include "analysis/report/next_sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>
#include <utility>

#include "lib/core/error.h"
#include "lib/data/task.h"
#include "lib/record/sweep_dir.h"
#include "lib/sweep/advice.h"
#include "lib/sweep/lr_schedule.h"
#include "lib/sweep/plan_checks.h"
#include "lib/sweep/sizes.h"

namespace isoflop {
namespace {

ParamsConvention ConventionOf(ParamsKind params, ParamsConvention of_sweep) {
  switch (params) {
    case ParamsKind::kTotal:
      return ParamsConvention::kTotal;
    case ParamsKind::kNonEmbedding:
      return ParamsConvention::kNonEmbedding;
    case ParamsKind::kAsGiven:
      break;
  }
  return of_sweep;
}

/// A size of the base sweep, and how many parameters it has.
struct KnownSize {
  SizeSpec spec;
  ModelShape shape;
  double params = 0.0;
};

double ParamsOf(const ModelShape& shape, ParamsConvention convention) {
  return static_cast<double>(Count(CountParameters(shape), convention));
}

std::vector<KnownSize> KnownSizes(const SweepSpec& spec,
                                  ParamsConvention convention) {
  std::vector<KnownSize> sizes;
  Problems none;  // the sweep has been checked
  for (const SizeSpec& size : spec.grid.sizes) {
    const ModelShape shape = ResolveSize(size, spec.variants.front(),
                                         spec.grid.aspect_ratio, "", &none)
                                 .shape;
    sizes.push_back({size, shape, ParamsOf(shape, convention)});
  }
  return sizes;
}

/// Asks for `params` parameters, with the depth and heads of the nearest size.
SizeSpec SizeLike(const std::vector<KnownSize>& sizes, double params,
                  ParamsConvention convention) {
  const KnownSize& nearest =
      *std::ranges::min_element(sizes, {}, [params](const KnownSize& size) {
        return std::abs(std::log(size.params / params));
      });
  SizeSpec asked;
  asked.layers = nearest.shape.layers;
  asked.heads = nearest.spec.heads;
  (convention == ParamsConvention::kTotal ? asked.params_total
                                          : asked.params_non_embedding) =
      params;
  return asked;
}

/// Returns the different shapes nearest to the sizes of the candidate grid.
std::vector<ModelShape> ShapesFor(const SweepSpec& spec, const Reach& params,
                                  ParamsConvention convention) {
  const std::vector<KnownSize> sizes = KnownSizes(spec, convention);
  std::vector<ModelShape> shapes;
  for (const double N : CandidateAxis(params)) {
    Problems problems;
    const ResolvedSize size =
        ResolveSize(SizeLike(sizes, N, convention), spec.variants.front(),
                    spec.grid.aspect_ratio, "", &problems);
    const bool known = std::ranges::find(shapes, size.shape) != shapes.end();
    if (problems.empty() && !known) shapes.push_back(size.shape);
  }
  return shapes;
}

/// Returns the different lengths of the candidate grid in whole steps.
std::set<std::int64_t> TokensFor(const Reach& tokens,
                                 std::int64_t batch_tokens) {
  std::set<std::int64_t> rounded;
  for (const double D : CandidateAxis(tokens)) {
    const auto steps = std::llround(D / static_cast<double>(batch_tokens));
    rounded.insert(std::max<std::int64_t>(1, steps) * batch_tokens);
  }
  return rounded;
}

/// What a plan would refuse, or advise against.
std::optional<Objection> ObjectionByTraining(
    std::int64_t tokens, const TrainingConfig& training,
    const std::optional<std::int64_t>& most_tokens) {
  const std::int64_t steps = tokens / training.batch_tokens;
  if (steps < kFewestSoundSteps || !HoldsSchedule(training, steps)) {
    return Objection::kSteps;
  }
  if (most_tokens && tokens > *most_tokens) return Objection::kData;
  return std::nullopt;
}

/// Returns how many tokens of a run are of its trunk.
std::int64_t TrunkTokens(std::int64_t tokens, const TrainingConfig& training) {
  const std::int64_t steps = tokens / training.batch_tokens;
  return BranchStep(MakeSchedule(training, steps)) * training.batch_tokens;
}

/// Leaves out the shapes of a plan of all runs that the site has no room for.
void LeaveOutWithoutRoom(const Plan& plan, const TrainingSite& site,
                         SoundRuns* sound) {
  std::vector<ModelShape> too_large;
  for (const RunGroup& group : plan.groups) {
    if (!site.has_room(group)) too_large.push_back(group.shape);
  }
  const auto left_out =
      std::erase_if(sound->runs, [&too_large](const ShapedRun& run) {
        return std::ranges::find(too_large, run.shape) != too_large.end();
      });
  if (left_out > 0) {
    sound->left_out[Objection::kMemory] = static_cast<int>(left_out);
  }
}

Json SizeJson(const ModelShape& shape) {
  return {{"d_model", shape.d_model},
          {"layers", shape.layers},
          {"heads", shape.heads},
          {"tokens", Json::array()}};
}

/// Every shape once, with the tokens of its runs.
Json SizesOf(std::vector<ShapedRun> runs) {
  std::ranges::stable_sort(runs, {}, [](const ShapedRun& run) {
    return std::tuple(run.params, run.shape.d_model, run.shape.layers,
                      run.tokens);
  });
  Json sizes = Json::array();
  const ModelShape* last = nullptr;
  for (const ShapedRun& run : runs) {
    if (last == nullptr || !(*last == run.shape)) {
      sizes.push_back(SizeJson(run.shape));
    }
    sizes.back()["tokens"].push_back(run.tokens);
    last = &run.shape;
  }
  return sizes;
}

std::string NextName(const std::string& name) {
  constexpr std::size_t kLongestName = 64;
  constexpr std::string_view kSuffix = "_next";
  return name.substr(0, kLongestName - kSuffix.size()) + std::string(kSuffix);
}

}  // namespace

BaseSweep::BaseSweep(const std::filesystem::path& path)
    : BaseSweep(LoadSweep(path)) {}

BaseSweep::BaseSweep(SweepSpec spec)
    : file_(spec.source), spec_(std::move(spec)) {
  Require(spec_.variants.size() == 1,
          "{}: vary: has {} combinations, and new runs need one; give --sweep "
          "a file with the settings to go on with",
          file_, spec_.variants.size());
}

std::optional<BaseSweep> BaseSweep::OfDirectory(const std::string& source) {
  const auto file = std::filesystem::path(source) / "sweep.json";
  if (source.empty() || !std::filesystem::exists(file)) return std::nullopt;
  const SweepDir dir(source);
  if (const auto plan = FindPlan(dir))
    ReadSweepFile(dir, *plan);  // is it whole?
  return BaseSweep(file);
}

SoundRuns BaseSweep::Candidates(const ObservedReach& reach, ParamsKind params,
                                const TrainingSite* site) const {
  const ParamsConvention convention = ConventionOf(params, spec_.grid.params);
  const Variant& variant = spec_.variants.front();
  SoundRuns sound;
  std::optional<std::int64_t> most_tokens;
  try {
    const auto task = OpenTask(variant.data, variant.model.context);
    most_tokens = TokensAllowed(*task, variant.data);
  } catch (const Error& error) {
    sound.unchecked.push_back(fmt::format("data: {}", error.what()));
  }
  const auto tokens = TokensFor(reach.tokens, variant.training.batch_tokens);
  for (const ModelShape& shape : ShapesFor(spec_, reach.params, convention)) {
    const double N = ParamsOf(shape, convention);
    for (const std::int64_t D : tokens) {
      auto objection = ObjectionBySpan(N, static_cast<double>(D), reach);
      if (!objection) {
        objection = ObjectionByTraining(D, variant.training, most_tokens);
      }
      if (objection) {
        ++sound.left_out[*objection];
      } else {
        sound.runs.push_back({shape, N, D, TrunkTokens(D, variant.training)});
      }
    }
  }
  if (site == nullptr || !sound.unchecked.empty()) {
    sound.unchecked.emplace_back("memory");
  } else if (!sound.runs.empty()) {
    LeaveOutWithoutRoom(
        MakePlan(ParseSweep(SweepOf(sound.runs), file_), site->precision),
        *site, &sound);
  }
  return sound;
}

Json BaseSweep::SweepOf(const std::vector<ShapedRun>& runs, int seeds) const {
  Json json = spec_.given;
  json["name"] = NextName(spec_.name);
  json["grid"] = {{"sizes", SizesOf(runs)},
                  {"params", NameOf(spec_.grid.params)}};
  json["seeds"] = Json::array();
  for (int i = 1; i <= seeds; ++i) {
    json["seeds"].push_back(std::ranges::max(spec_.seeds) + i);
  }
  return json;
}

}  // namespace isoflop
