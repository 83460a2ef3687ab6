#include "analysis/report/next_sweep.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include "lib/core/error.h"
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
    : file_(path.string()), spec_(LoadSweep(path)) {
  Require(spec_.variants.size() == 1,
          "{}: vary: has {} combinations, and new runs need one; give --sweep "
          "a file with the settings to go on with",
          file_, spec_.variants.size());
}

std::optional<BaseSweep> BaseSweep::OfDirectory(const std::string& source) {
  const auto file = std::filesystem::path(source) / "sweep.json";
  if (source.empty() || !std::filesystem::exists(file)) return std::nullopt;
  return BaseSweep(file);
}

std::vector<ShapedRun> BaseSweep::Candidates(const ObservedReach& reach,
                                             ParamsKind params,
                                             double budget_flops) const {
  const ParamsConvention convention = ConventionOf(params, spec_.grid.params);
  const auto tokens =
      TokensFor(reach.tokens, spec_.variants.front().training.batch_tokens);
  std::vector<ShapedRun> runs;
  for (const ModelShape& shape : ShapesFor(spec_, reach.params, convention)) {
    const double N = ParamsOf(shape, convention);
    for (const std::int64_t D : tokens) {
      if (IsCandidate(N, static_cast<double>(D), reach, budget_flops)) {
        runs.push_back({shape, N, D});
      }
    }
  }
  return runs;
}

Json BaseSweep::SweepOf(const std::vector<ShapedRun>& runs) const {
  Json json = spec_.given;
  json["name"] = NextName(spec_.name);
  json["grid"] = {{"sizes", SizesOf(runs)},
                  {"params", NameOf(spec_.grid.params)}};
  json["seeds"] = {std::ranges::max(spec_.seeds) + 1};
  return json;
}

}  // namespace isoflop
