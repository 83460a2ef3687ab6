#include "analysis/fit/more_laws.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "analysis/decide/allocation.h"
#include "analysis/regress/law_models.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

using ModelMaker = LawModel (*)(std::span<const LawRun>);

struct LawEntry {
  LawKind kind;
  ModelMaker make;
  bool of_one_variable;
};

/// --laws power stands for two; Kaplan's joint law is here to be compared.
constexpr LawEntry kLaws[] = {
    {LawKind::kKaplan, KaplanJointModel, false},
    {LawKind::kRepeatedData, RepeatedDataModel, false},
    {LawKind::kOvertraining, OvertrainingModel, false},
    {LawKind::kCoupled, CoupledModel, false},
    {LawKind::kFarseer, FarseerModel, false},
    {LawKind::kBrokenPowerLaw, BrokenPowerLawModel, true},
    {LawKind::kPower, PowerLawModel, true},
    {LawKind::kPower, OffsetPowerLawModel, true}};

/// The laws asked for that have a model; Kaplan's joint law only along with
/// others.
std::vector<LawEntry> Chosen(const FitOptions& options) {
  std::vector<LawEntry> chosen;
  for (const LawEntry& entry : kLaws) {
    if (AskedFor(options, entry.kind)) chosen.push_back(entry);
  }
  const bool others = std::ranges::any_of(chosen, [](const LawEntry& entry) {
    return entry.kind != LawKind::kKaplan;
  });
  return others ? chosen : std::vector<LawEntry>();
}

LawFitOptions OptionsOf(const FitOptions& options) {
  return {.objective = options.objective, .threads = options.bootstrap.threads};
}

ComparedLaw Comparable(const LawFit& fit, ModelMaker make,
                       LawFitOptions options) {
  options.profiles = false;
  options.near = fit.values();
  const auto estimated =
      std::ranges::count(fit.coefficients, false, &LawCoefficient::held);
  ComparedLaw law{.name = fit.name,
                  .certified = fit.certificate.certified(),
                  .parameters = static_cast<int>(estimated),
                  .residuals = fit.residuals,
                  .fit = {}};
  law.fit = [make, options](std::span<const Observation> runs) -> PartialFit {
    const std::vector<LawRun> some = RunsOf(runs);
    const LawModel model = make(some);
    const LawFit refit = FitLaw(model, some, options);
    if (refit.status != FitStatus::kOk) return {};
    return {.predict =
                [model, p = refit.values()](const Observation& run) {
                  const LawRun one[] = {RunOf(run)};
                  return Predict(model, p, one).front();
                },
            .certified = refit.certificate.certified()};
  };
  return law;
}

std::vector<ComparedLaw> ComparableLaws(
    const MoreLaws& laws, const std::vector<LawEntry>& chosen,
    const FitOptions& options, const std::optional<ChinchillaFit>& chinchilla) {
  std::vector<ComparedLaw> comparable;
  if (AskedFor(options, LawKind::kChinchilla) && chinchilla &&
      chinchilla->status == FitStatus::kOk) {
    comparable.push_back(
        Comparable(*chinchilla, ChinchillaModel, OptionsOf(options)));
  }
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const LawFit& fit = laws.fits[i];
    if (fit.status != FitStatus::kOk) continue;
    comparable.push_back(Comparable(fit, chosen[i].make, OptionsOf(options)));
  }
  return comparable;
}

std::map<std::string, LawAllocation> AllocationsOf(
    const std::vector<LawFit>& fits, std::span<const Observation> runs,
    const FitOptions& options) {
  const double largest = std::ranges::max(runs, {}, &Observation::C).C;
  const std::vector<double> budgets = options.budgets_flops.empty()
                                          ? DefaultBudgets(largest)
                                          : options.budgets_flops;
  std::map<std::string, LawAllocation> allocations;
  for (const LawFit& fit : fits) {
    auto allocation = AllocationOf(fit, budgets);
    if (allocation) allocations.emplace(fit.name, *std::move(allocation));
  }
  return allocations;
}

/// Every coefficient of the laws of the options.
std::vector<Coefficient> KnownCoefficients(const FitOptions& options) {
  const std::vector<LawRun> any = {LawRun{}};
  std::vector<Coefficient> known;
  if (AskedFor(options, LawKind::kChinchilla)) {
    known = ChinchillaModel(any).coefficients;
  }
  for (const LawEntry& entry : Chosen(options)) {
    for (const auto& spec : entry.make(any).coefficients) {
      const bool is_known =
          std::ranges::find(known, spec.name, &Coefficient::name) !=
          known.end();
      if (!is_known) known.push_back(spec);
    }
  }
  return known;
}

bool MayBe(const Coefficient& spec, double value) {
  if (!std::isfinite(value)) return false;
  if (!spec.positive) return true;
  return spec.bound ? value >= *spec.bound : value > 0.0;
}

std::string AllowedOf(const Coefficient& spec) {
  if (!spec.positive) return "finite";
  return spec.bound ? fmt::format("{} or more", *spec.bound) : "above 0";
}

}  // namespace

bool MoreLaws::usable() const {
  return std::ranges::any_of(
      fits, [](const LawFit& fit) { return fit.status == FitStatus::kOk; });
}

bool OfOneVariable(LawKind law) {
  return std::ranges::any_of(kLaws, [&](const LawEntry& entry) {
    return entry.kind == law && entry.of_one_variable;
  });
}

void CheckFixed(const FitOptions& options, Problems* problems) {
  if (options.objective.fixed.empty()) return;
  const std::vector<Coefficient> known = KnownCoefficients(options);
  std::vector<std::string_view> names;
  names.reserve(known.size());
  for (const Coefficient& spec : known) names.push_back(spec.name);
  for (const auto& [name, value] : options.objective.fixed) {
    const auto spec = std::ranges::find(known, name, &Coefficient::name);
    if (spec == known.end()) {
      problems->Add(
          "--fix",
          fmt::format("these laws have no coefficient \"{}\", only {}{}", name,
                      fmt::join(names, ", "), Suggestion(name, names)));
    } else if (!MayBe(*spec, value)) {
      problems->Add("--fix", fmt::format("{} must be {}, got {}", name,
                                         AllowedOf(*spec), value));
    }
  }
}

MoreLaws FitMoreLaws(std::span<const Observation> observations,
                     const FitOptions& options,
                     const std::optional<ChinchillaFit>& chinchilla,
                     FitProgress* progress) {
  MoreLaws laws;
  laws.axes = {"flops", "loss"};
  const std::vector<LawEntry> chosen = Chosen(options);
  if (chosen.empty()) return laws;
  const std::vector<LawRun> runs = RunsOf(observations);
  for (const LawEntry& entry : chosen) {
    const LawModel model = entry.make(runs);
    Report(progress, "law " + model.name);
    laws.fits.push_back(FitLaw(model, runs, OptionsOf(options)));
  }
  laws.allocations = AllocationsOf(laws.fits, observations, options);
  const std::vector<ComparedLaw> comparable =
      ComparableLaws(laws, chosen, options, chinchilla);
  if (comparable.size() > 1) {
    laws.comparison =
        CompareLaws(comparable, observations, options.objective,
                    options.holdout_above, options.bootstrap.threads, progress);
  }
  return laws;
}

MoreLaws FitCurves(const CurvePoints& curve, const FitOptions& options) {
  MoreLaws laws;
  laws.axes = {curve.columns.x, curve.columns.y};
  for (const LawEntry& entry : Chosen(options)) {
    laws.fits.push_back(
        FitLaw(entry.make(curve.points), curve.points, OptionsOf(options)));
  }
  return laws;
}

}  // namespace isoflop
