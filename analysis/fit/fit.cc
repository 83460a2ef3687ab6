#include "analysis/fit/fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/fit/warnings.h"
#include "lib/core/error.h"

namespace isoflop {
namespace {

bool AskedFor(const FitOptions& options, LawKind law) {
  return std::ranges::find(options.laws, law) != options.laws.end();
}

void RequirePositive(const ObservationSet& observations) {
  Require(!observations.rows.empty(), "{}: no observations",
          observations.source);
  for (std::size_t i = 0; i < observations.rows.size(); ++i) {
    const Observation& o = observations.rows[i];
    for (const double value : {o.N, o.D, o.L, o.C, o.weight}) {
      Require(std::isfinite(value) && value > 0.0,
              "{}: observation {}: N, D, L, C and weight must be finite and "
              "above 0, got {}",
              observations.source, i + 1, value);
    }
  }
}

/// Leaves out the `count` largest losses; of equal ones the later.
std::vector<Observation> WithoutLargest(
    const std::vector<Observation>& observations, int count) {
  std::vector<std::size_t> order(observations.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, {},
                           [&](std::size_t i) { return observations[i].L; });
  order.resize(order.size() - static_cast<std::size_t>(count));
  std::ranges::sort(order);
  std::vector<Observation> kept;
  kept.reserve(order.size());
  for (const std::size_t i : order) kept.push_back(observations[i]);
  return kept;
}

/// Returns the standard error of a residual, from that of the loss.
double ResidualStd(const Observation& o, ResidualKind residual) {
  return residual == ResidualKind::kLog ? *o.loss_std / o.L : *o.loss_std;
}

/// Multiplies the weights as WeightKind says, or notes what is left unused.
void Weigh(const FitOptions& options, std::vector<Observation>* used,
           std::vector<std::string>* notes) {
  if (options.weights == WeightKind::kColumn) {
    if (std::ranges::any_of(*used, [](const Observation& o) {
          return o.loss_std.has_value();
        })) {
      notes->push_back(
          "standard errors of the losses are given, but not used as weights: "
          "--weights loss_std does that");
    }
    return;
  }
  const ResidualKind residual = options.objective.residual;
  double mean_log = 0.0;
  for (std::size_t i = 0; i < used->size(); ++i) {
    const Observation& o = (*used)[i];
    Require(o.loss_std && std::isfinite(*o.loss_std) && *o.loss_std > 0.0,
            "--weights: loss_std needs a standard error above 0 for every "
            "run, and observation {} of those used has none",
            i + 1);
    mean_log +=
        std::log(ResidualStd(o, residual)) / static_cast<double>(used->size());
  }
  for (Observation& o : *used) {
    const double ratio = std::exp(mean_log) / ResidualStd(o, residual);
    o.weight *= ratio * ratio;
  }
}

void Select(const ObservationSet& given, FitReport* report) {
  const FitOptions& options = report->options;
  const ObservationSet set =
      WithParams(given, options.params.value_or(given.params));
  const auto read = static_cast<int>(set.rows.size());
  Require(options.drop_largest_loss < read,
          "--drop-largest-loss: {} leaves nothing of {} observations",
          options.drop_largest_loss, read);
  report->used = WithoutLargest(set.rows, options.drop_largest_loss);
  const auto [least, most] =
      std::ranges::minmax(report->used, {}, &Observation::C);
  report->observations = {.source = set.source,
                          .read = read,
                          .dropped = options.drop_largest_loss,
                          .used = static_cast<int>(report->used.size()),
                          .params = set.params,
                          .flops = set.flops,
                          .smallest_flops = least.C,
                          .largest_flops = most.C};
  report->notes = set.notes;
  Weigh(options, &report->used, &report->notes);
}

std::optional<Chinchilla> LawOf(const std::optional<ChinchillaFit>& fit) {
  if (!fit || fit->status != FitStatus::kOk) return std::nullopt;
  return fit->law;
}

void FitLaws(FitReport* report) {
  const FitOptions& options = report->options;
  const std::vector<Observation>& used = report->used;
  // The other laws look at the surface even when it is not to be reported.
  report->chinchilla = FitChinchilla(used, options.objective);
  const auto surface = LawOf(report->chinchilla);
  if (AskedFor(options, LawKind::kIsoflop)) {
    report->isoflop = FitIsoflop(used);
    if (surface) AddBias(used, *surface, &*report->isoflop);
  }
  if (AskedFor(options, LawKind::kEnvelope)) {
    report->envelope = FitEnvelope(used);
  }
  if (AskedFor(options, LawKind::kKaplan)) {
    report->kaplan = FitKaplan(used, surface);
  }
}

void AddUncertainty(FitReport* report) {
  const FitOptions& options = report->options;
  if (options.bootstrap.resamples == 0) return;
  const Resampling resampling = Resolve(options.bootstrap, report->used);
  if (resampling.units < kFewestUnits) {
    report->warnings.push_back(fmt::format(
        "no intervals: the bootstrap would draw from only {} {}s, and at least "
        "{} are needed to see a spread",
        resampling.units, NameOf(resampling.unit), kFewestUnits));
    return;
  }
  const bool has_surface = LawOf(report->chinchilla).has_value();
  report->resampling = resampling;
  const auto replicates =
      Resample(report->used, resampling, options,
               has_surface ? &*report->chinchilla : nullptr);
  if (has_surface) {
    report->chinchilla_bootstrap = ChinchillaSpreads(replicates);
  }
  if (report->isoflop) AddSpreads(replicates, &*report->isoflop);
  if (report->envelope) AddSpreads(replicates, &*report->envelope);
  if (report->kaplan) AddSpreads(replicates, &*report->kaplan);
}

void AddDecisions(FitReport* report) {
  const FitOptions& options = report->options;
  if (const auto law = LawOf(report->chinchilla)) {
    std::vector<Chinchilla> resampled;
    if (report->chinchilla_bootstrap) {
      resampled = report->chinchilla_bootstrap->laws;
    }
    report->allocations = Allocate(*law, resampled, options.budgets_flops,
                                   report->observations.largest_flops);
  }
  if (options.holdout_above) {
    report->holdout =
        HoldOut(report->used, *options.holdout_above, options.objective);
  }
}

}  // namespace

bool FitReport::usable() const {
  return (chinchilla && chinchilla->status == FitStatus::kOk) ||
         (isoflop && isoflop->status == FitStatus::kOk) ||
         (envelope && envelope->status == FitStatus::kOk) ||
         (kaplan && kaplan->supported());
}

FitReport FitScalingLaws(const ObservationSet& observations,
                         const FitOptions& options) {
  Validate(options);
  RequirePositive(observations);
  FitReport report;
  report.options = options;
  Select(observations, &report);
  FitLaws(&report);
  AddUncertainty(&report);
  AddDecisions(&report);
  AddWarnings(&report);
  if (!AskedFor(options, LawKind::kChinchilla)) {
    report.chinchilla.reset();
    report.chinchilla_bootstrap.reset();
  }
  return report;
}

}  // namespace isoflop
