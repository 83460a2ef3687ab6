#include "analysis/fit/more_laws.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "analysis/fit/held_coefficients.h"
#include "analysis/fit/law_model.h"
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
    {LawKind::kFarseer, FarseerModel, false},
    {LawKind::kBrokenPowerLaw, BrokenPowerLawModel, true},
    {LawKind::kPower, PowerLawModel, true},
    {LawKind::kPower, OffsetPowerLawModel, true}};

bool AskedFor(const FitOptions& options, LawKind law) {
  return std::ranges::find(options.laws, law) != options.laws.end();
}

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
  return {.objective = options.objective, .held = options.objective.fixed};
}

ComparedLaw Comparable(const LawFit& fit, ModelMaker make,
                       LawFitOptions options) {
  options.profiles = false;
  const auto estimated =
      std::ranges::count(fit.coefficients, false, &LawCoefficient::held);
  ComparedLaw law{.name = fit.name,
                  .parameters = static_cast<int>(estimated),
                  .residuals = fit.residuals,
                  .fit = {}};
  law.fit = [make, options](std::span<const Observation> runs) -> PartialFit {
    const std::vector<LawRun> some = RunsOf(runs);
    const LawModel model = make(some);
    const LawFit refit = FitLaw(model, some, options);
    if (refit.status != FitStatus::kOk) return {};
    return {.predict =
                [model, refit](const Observation& run) {
                  return Predict(model, refit, RunsOf({&run, 1}).front());
                },
            .certified = refit.certificate.certified()};
  };
  return law;
}

std::vector<WeightedResidual> ResidualsOf(
    const Chinchilla& law, std::span<const Observation> observations,
    ResidualKind kind) {
  std::vector<WeightedResidual> residuals;
  residuals.reserve(observations.size());
  for (const Observation& o : observations) {
    const double predicted = Loss(law, o.N, o.D);
    residuals.push_back({kind == ResidualKind::kRaw ? predicted - o.L
                                                    : std::log(predicted / o.L),
                         o.weight});
  }
  return residuals;
}

ComparedLaw ComparableApproach3(const ChinchillaFit& fit,
                                std::span<const Observation> observations,
                                const ObjectiveOptions& objective) {
  ComparedLaw law;
  law.name = NameOf(LawKind::kChinchilla);
  law.parameters = HeldCoefficients(objective, DataUnits{}).free();
  law.residuals = ResidualsOf(fit.law, observations, objective.residual);
  law.fit = [objective](std::span<const Observation> runs) -> PartialFit {
    const ChinchillaFit refit = FitChinchilla(runs, objective);
    if (refit.status != FitStatus::kOk) return {};
    return {.predict =
                [fitted = refit.law](const Observation& run) {
                  return Loss(fitted, run.N, run.D);
                },
            .certified = refit.certificate.certified()};
  };
  return law;
}

std::vector<ComparedLaw> ComparableLaws(
    const MoreLaws& laws, const std::vector<LawEntry>& chosen,
    std::span<const Observation> observations, const FitOptions& options,
    const std::optional<ChinchillaFit>& chinchilla) {
  std::vector<ComparedLaw> comparable;
  if (AskedFor(options, LawKind::kChinchilla) && chinchilla &&
      chinchilla->status == FitStatus::kOk) {
    comparable.push_back(
        ComparableApproach3(*chinchilla, observations, options.objective));
  }
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const LawFit& fit = laws.fits[i];
    if (fit.status != FitStatus::kOk) continue;
    comparable.push_back(Comparable(fit, chosen[i].make, OptionsOf(options)));
  }
  return comparable;
}

/// E, A, B, alpha and beta, as Approach 3 has them.
std::vector<CoefficientSpec> ChinchillaCoefficientSpecs() {
  std::vector<CoefficientSpec> specs;
  for (const char* name : {"E", "A", "B", "alpha", "beta"}) {
    specs.push_back({.name = name, .starts = {}});
  }
  specs.front().may_vanish = true;
  return specs;
}

/// Every coefficient of the laws of the options.
std::vector<CoefficientSpec> KnownCoefficients(const FitOptions& options) {
  const std::vector<LawRun> any = {LawRun{}};
  std::vector<CoefficientSpec> known;
  if (AskedFor(options, LawKind::kChinchilla)) {
    known = ChinchillaCoefficientSpecs();
  }
  for (const LawEntry& entry : Chosen(options)) {
    for (const auto& spec : entry.make(any).coefficients) {
      const bool is_known =
          std::ranges::find(known, spec.name, &CoefficientSpec::name) !=
          known.end();
      if (!is_known) known.push_back(spec);
    }
  }
  return known;
}

bool MayBe(const CoefficientSpec& spec, double value) {
  if (!std::isfinite(value)) return false;
  if (!spec.positive) return true;
  return spec.may_vanish ? value >= 0.0 : value > 0.0;
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
  const std::vector<CoefficientSpec> known = KnownCoefficients(options);
  std::vector<std::string_view> names;
  names.reserve(known.size());
  for (const CoefficientSpec& spec : known) names.push_back(spec.name);
  for (const auto& [name, value] : options.objective.fixed) {
    const auto spec = std::ranges::find(known, name, &CoefficientSpec::name);
    if (spec == known.end()) {
      problems->Add("--fix", fmt::format("no coefficient \"{}\" of these laws: "
                                         "must be one of {}{}",
                                         name, fmt::join(names, ", "),
                                         Suggestion(name, names)));
    } else if (!MayBe(*spec, value)) {
      problems->Add("--fix", fmt::format("{} must be {}, got {}", name,
                                         !spec->positive    ? "finite"
                                         : spec->may_vanish ? "0 or more"
                                                            : "above 0",
                                         value));
    }
  }
}

MoreLaws FitMoreLaws(std::span<const Observation> observations,
                     const FitOptions& options,
                     const std::optional<ChinchillaFit>& chinchilla) {
  MoreLaws laws{.fits = {}, .axes = {"flops", "loss"}, .comparison = {}};
  const std::vector<LawEntry> chosen = Chosen(options);
  if (chosen.empty()) return laws;
  const std::vector<LawRun> runs = RunsOf(observations);
  for (const LawEntry& entry : chosen) {
    laws.fits.push_back(FitLaw(entry.make(runs), runs, OptionsOf(options)));
  }
  const std::vector<ComparedLaw> comparable =
      ComparableLaws(laws, chosen, observations, options, chinchilla);
  if (comparable.size() > 1) {
    laws.comparison = CompareLaws(comparable, observations, options.objective,
                                  options.holdout_above);
  }
  return laws;
}

MoreLaws FitCurves(const CurvePoints& curve, const FitOptions& options) {
  MoreLaws laws{
      .fits = {}, .axes = {curve.columns.x, curve.columns.y}, .comparison = {}};
  for (const LawEntry& entry : Chosen(options)) {
    laws.fits.push_back(
        FitLaw(entry.make(curve.points), curve.points, OptionsOf(options)));
  }
  return laws;
}

}  // namespace isoflop
