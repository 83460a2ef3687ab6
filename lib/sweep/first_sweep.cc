#include "lib/sweep/first_sweep.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "lib/core/error.h"
#include "lib/core/text.h"
#include "lib/sweep/advice.h"
#include "lib/sweep/cells.h"
#include "lib/sweep/group_cost.h"
#include "lib/sweep/lr_schedule.h"
#include "lib/sweep/sizes.h"
#include "lib/sweep/sweep_spec.h"

namespace isoflop {
namespace {

constexpr double kTokensPerParam = 30.0;
constexpr double kReach = 4.0;       // sizes beyond N*, as a factor
constexpr double kSizeFactor = 1.6;  // of N, from one size to the next
constexpr double kCooldown = 0.2;
constexpr double kLeastFlops = 1e9;
constexpr double kMostFlops = 1e22;
// Up to this largest N only the width grows; above, depth does as well.
constexpr double kWideParams = 1e6;

double OptimalParams(double flops) {
  return std::sqrt(flops / (6.0 * kTokensPerParam));
}

/// What there is to say about the models of a sweep whose largest budget is C.
struct Scale {
  bool deep = false;  // depth grows with the width
  std::int64_t context = 64;
  std::int64_t batch_tokens = 256;
  // What every d_model is a multiple of; where depth grows, a head's width.
  std::int64_t width_step = 4;
};

struct Design {
  std::vector<double> budgets;  // rising
  Scale scale;
  std::vector<std::int64_t> widths;
  double most_tokens = 0.0;
};

std::int64_t LayersOf(const Scale& scale, std::int64_t width) {
  constexpr std::int64_t kAspectRatio = 64;
  if (!scale.deep) return 2;
  return std::max<std::int64_t>(2, (width + kAspectRatio / 2) / kAspectRatio);
}

/// The width whose hidden matrices, 12 L d^2, come nearest to N.
std::int64_t WidthOf(const Scale& scale, double params) {
  std::int64_t width = 3 * scale.width_step;
  while (12.0 * static_cast<double>(LayersOf(scale, width) * width * width) <
         params) {
    width += scale.width_step;
  }
  return width;
}

/// As large as leaves the smallest sizes, of two layers, widths to choose from.
std::int64_t HeadSizeFor(double least_params) {
  constexpr std::int64_t kLargest = 64;
  constexpr std::int64_t kHeads = 4;
  const double width = std::sqrt(least_params / 24.0);
  std::int64_t size = 8;
  while (size < kLargest && static_cast<double>(2 * kHeads * size) <= width) {
    size *= 2;
  }
  return size;
}

/// So large that the shortest run has the fewest steps that are sound.
std::int64_t BatchTokens(double least_tokens, std::int64_t context) {
  constexpr std::int64_t kLargest = std::int64_t{1} << 19;
  std::int64_t batch = std::max<std::int64_t>(256, 4 * context);
  while (batch < kLargest &&
         static_cast<double>(2 * batch * kFewestSoundSteps) <= least_tokens) {
    batch *= 2;
  }
  return batch;
}

Design DesignFor(double largest, double train_tokens) {
  Design design;
  for (std::size_t i = kFewestSoundBudgets; i-- > 0;) {
    design.budgets.push_back(largest *
                             std::pow(10.0, -static_cast<double>(i) / 3.0));
  }
  const double low = OptimalParams(design.budgets.front()) / kReach;
  const double high = OptimalParams(largest) * kReach;
  Scale& scale = design.scale;
  scale.deep = high > kWideParams;
  if (scale.deep) {
    scale.context = 256;
    scale.width_step = HeadSizeFor(low);
  }
  const double shortest =
      kTokensPerParam * OptimalParams(design.budgets.front()) / kReach;
  scale.batch_tokens = BatchTokens(shortest, scale.context);
  for (double params = low; params < high * kSizeFactor;
       params *= kSizeFactor) {
    const std::int64_t width = WidthOf(scale, params);
    if (design.widths.empty() || width > design.widths.back()) {
      design.widths.push_back(width);
    }
  }
  design.most_tokens = train_tokens;
  return design;
}

std::string SizesText(const Design& design,
                      const std::vector<std::int64_t>& widths) {
  std::string text;
  for (const std::int64_t width : widths) {
    if (!text.empty()) text += ",\n      ";
    text += fmt::format(R"({{ "d_model": {}, "layers": {} }})", width,
                        LayersOf(design.scale, width));
  }
  return text;
}

/// Everything but the grid and the rate: of the sweep and of its check.
std::string Frame(const FirstSweepRequest& request, const Design& design,
                  const std::string& name, const std::string& why,
                  const std::string& grid, const std::string& rest) {
  const Scale& scale = design.scale;
  return fmt::format(
      R"({why}{{
  "schema": "isoflop.sweep/1",
  "name": {name},

  "data": {data},

  // {depth}
  "model": {{
    "context": {context},
    {heads},
    "tied_embeddings": true
  }},

{grid}

  // One trunk per size serves all of its D's, so batch and warm-up are the same
  // for each. The rate of hidden matrices falls as 1/d_model. "auto" is bf16
  // where this machine trains faster in it.
  "training": {{
    "batch_tokens": {batch},
    "peak_lr": 0.005,
    "reference_d_model": 32,
    "precision": "auto",
    "schedule": {{ "kind": "wsd", "warmup_steps": 60, "cooldown_fraction": {cooldown} }}
  }},

{rest}
}}
)",
      fmt::arg("why", why), fmt::arg("name", Json(name).dump()),
      fmt::arg("data", request.data.dump()),
      fmt::arg("depth",
               scale.deep
                   ? "Depth grows with the width, d_model / layers near 64."
                   : "Only the width grows: a jump of the depth is a jump of "
                     "the loss."),
      fmt::arg("context", scale.context),
      fmt::arg("heads",
               scale.deep ? fmt::format(R"("head_size": {})", scale.width_step)
                          : R"("heads": 2)"),
      fmt::arg("grid", grid), fmt::arg("batch", scale.batch_tokens),
      fmt::arg("cooldown", kCooldown), fmt::arg("rest", rest));
}

std::string TokensRange(const Design& design) {
  const double least =
      static_cast<double>(kFewestSoundSteps * design.scale.batch_tokens);
  return fmt::format("[{:.6g}, {:.6g}]", least, std::floor(design.most_tokens));
}

std::string SweepText(const FirstSweepRequest& request, const Design& design,
                      int seeds) {
  const std::string grid = fmt::format(
      R"(  "grid": {{
    // N a factor of {factor} apart, so that each budget has sizes on both sides
    // of its optimum, where that is near {ratio} tokens per parameter.
    "sizes": [
      {sizes}
    ],
    // Five budgets over 1.3 decades: a power law of N* needs no fewer.
    "budgets_flops": [{budgets:.4g}],
    // Fewer than {steps} steps would be what limits the loss, not D.{end}
    "tokens_range": {range},
    // L = E + A/N^alpha + B/D^beta fails where one of the terms is all there is.
    "tokens_per_param_range": [2, 450]
  }},)",
      fmt::arg("factor", kSizeFactor), fmt::arg("ratio", kTokensPerParam),
      fmt::arg("sizes", SizesText(design, design.widths)),
      fmt::arg("budgets", fmt::join(design.budgets, ", ")),
      fmt::arg("steps", kFewestSoundSteps),
      fmt::arg("end",
               request.train_tokens
                   ? " More than\n    // the data have would repeat them."
                   : ""),
      fmt::arg("range", TokensRange(design)));
  std::vector<int> all(static_cast<std::size_t>(seeds));
  std::ranges::generate(all, [n = 0]() mutable { return n++; });
  const std::string rest = fmt::format(
      "  // {}\n  \"seeds\": [{}]",
      seeds == 1 ? "One seed cannot tell the noise of seeds from a law that "
                   "does not fit;\n  // the budget has no room for two."
                 : "With more than one seed the noise of seeds is known.",
      fmt::join(all, ", "));
  const std::string why = fmt::format(
      "// A first sweep for about {:.3g} FLOPs (6ND, shared trunks once), with "
      "its check of\n// the learning rate in {}-lr.json: train that first.\n",
      request.flops, request.name);
  return Frame(request, design, request.name, why, grid, rest);
}

/// The smallest size and two larger ones, not the dearest: `compare` needs
/// three.
std::vector<std::int64_t> CheckedWidths(const Design& design) {
  const std::size_t sizes = design.widths.size();
  return {design.widths.front(), design.widths[sizes / 3],
          design.widths[2 * sizes / 3]};
}

std::string CheckText(const FirstSweepRequest& request, const Design& design) {
  const std::string grid = fmt::format(
      R"(  "grid": {{
    "sizes": [
      {}
    ],
    "tokens": [{}]
  }},)",
      SizesText(design, CheckedWidths(design)),
      2 * kFewestSoundSteps * design.scale.batch_tokens);
  const std::string rest =
      "  // Three, since the best of two is at an end of what was tried.\n"
      "  \"vary\": { \"training.peak_lr\": [0.0025, 0.005, 0.01] }";
  const std::string why = fmt::format(
      "// Does one learning rate suit small and large models of {}.json? "
      "`isoflop "
      "compare` says\n// which is best at each size; a rate that is too high "
      "for the large bends the law.\n",
      request.name);
  return Frame(request, design, request.name + "-lr", why, grid, rest);
}

/// Whether the data last for the shortest run that is sound.
bool HoldsARun(const Design& design) {
  return design.most_tokens >
         static_cast<double>(kFewestSoundSteps * design.scale.batch_tokens);
}

/// What a sweep comes to, from its file.
struct Account {
  double flops = 0.0;
  std::size_t fewest_sizes = 0;  // of a budget
};

/// 6ND of a size with its trunk shared, as the plan will count it.
double FlopsOf(const CellsOfSize& cells, std::int64_t params,
               const TrainingConfig& training) {
  RunGroup group;
  group.training = training;
  for (const Cell& cell : cells.cells) {
    PlannedRun run;
    run.steps = cell.steps;
    run.branch_step = BranchStep(MakeSchedule(training, cell.steps));
    group.runs.push_back(std::move(run));
  }
  return 6.0 * static_cast<double>(params) *
         static_cast<double>(TokensTrained(group));
}

Account AccountOf(const std::string& text, const std::string& source) {
  const SweepSpec spec = ParseSweep(ParseJson(text, source), source);
  const Variant& variant = spec.variants.front();
  const std::int64_t batch = variant.training.batch_tokens;
  Account account;
  std::vector<std::size_t> sizes(spec.grid.budgets_flops.size(), 0);
  for (const SizeSpec& size : spec.grid.sizes) {
    Problems problems;
    const ModelShape shape =
        ResolveSize(size, variant, spec.grid.aspect_ratio, source, &problems)
            .shape;
    const std::int64_t params = Count(CountParameters(shape), spec.grid.params);
    const CellsOfSize cells = CellsFor(spec.grid, "", params, batch);
    account.flops += FlopsOf(cells, params, variant.training);
    for (const Cell& cell : cells.cells) {
      const auto at = std::ranges::find(spec.grid.budgets_flops,
                                        cell.budget_flops.value_or(0.0));
      if (at == spec.grid.budgets_flops.end()) continue;
      ++sizes[static_cast<std::size_t>(at - spec.grid.budgets_flops.begin())];
    }
  }
  account.flops *=
      static_cast<double>(spec.seeds.size() * spec.variants.size());
  if (!sizes.empty()) account.fewest_sizes = std::ranges::min(sizes);
  return account;
}

class Designer {
 public:
  explicit Designer(const FirstSweepRequest& request)
      : request_(request),
        train_tokens_(request.train_tokens
                          ? static_cast<double>(*request.train_tokens)
                          : 1e15) {}

  /// Costs without end where the data do not last for a run.
  FirstSweep Made(double largest, int seeds) const {
    const Design design = DesignFor(largest, train_tokens_);
    FirstSweep made;
    made.flops = std::numeric_limits<double>::infinity();
    if (!HoldsARun(design)) return made;
    made.sweep = SweepText(request_, design, seeds);
    made.lr_check = CheckText(request_, design);
    made.seeds = seeds;
    made.lr_check_flops = AccountOf(made.lr_check, request_.source).flops;
    made.flops =
        AccountOf(made.sweep, request_.source).flops + made.lr_check_flops;
    return made;
  }

  bool IsSound(double largest) const {
    const Design design = DesignFor(largest, train_tokens_);
    if (!HoldsARun(design)) return false;
    const std::string text = SweepText(request_, design, 1);
    return AccountOf(text, request_.source).fewest_sizes >= kFewestSoundSizes;
  }

  /// The largest budget whose sweep costs no more; the least there is where
  /// none does.
  double LargestFor(double flops, int seeds) const {
    double low = std::log(kLeastFlops);
    double high = std::log(kMostFlops);
    for (int i = 0; i < 40; ++i) {
      const double middle = (low + high) / 2.0;
      const bool affordable = Made(std::exp(middle), seeds).flops <= flops;
      (affordable ? low : high) = middle;
    }
    return std::exp(low);
  }

  /// The least largest budget that makes a sound sweep; none where the data
  /// are too few for any.
  std::optional<double> LeastSound() const {
    for (double largest = kLeastFlops; largest < kMostFlops; largest *= 1.2) {
      if (IsSound(largest)) return largest;
    }
    return std::nullopt;
  }

  /// Up to where the data last: the last that is sound, upwards from one.
  double LastSound(double largest, double most) const {
    double last = largest;
    for (double next = largest; next <= most; next *= 1.1) {
      if (IsSound(next)) last = next;
    }
    return IsSound(most) ? most : last;
  }

 private:
  const FirstSweepRequest& request_;
  double train_tokens_;
};

}  // namespace

FirstSweep DesignFirstSweep(const FirstSweepRequest& request) {
  const Designer designer(request);
  const auto least = designer.LeastSound();
  Require(least.has_value(),
          "data: {} tokens to train on are too few for a sweep that tells a "
          "law; give more, or train a smaller vocabulary",
          FormatCount(static_cast<double>(request.train_tokens.value_or(0))));
  const double least_flops = designer.Made(*least, 1).flops;
  Require(request.flops >= least_flops,
          "{}: must be at least {:.3g} for five budgets of four sizes and a "
          "check of the learning rate, got {:.3g}",
          request.source, 1.01 * least_flops, request.flops);
  const int seeds = request.flops >= 100.0 * least_flops  ? 3
                    : request.flops >= 10.0 * least_flops ? 2
                                                          : 1;
  const double affordable = designer.LargestFor(request.flops, seeds);
  const double largest =
      designer.LastSound(std::min(*least, affordable), affordable);
  FirstSweep made = designer.Made(largest, seeds);
  made.data_end_first = largest < 0.9 * affordable;
  return made;
}

}  // namespace isoflop
