#include <cmath>
#include <functional>

#include "analysis/fit/bootstrap.h"

namespace isoflop {
namespace {

/// The spread of a number that some replicates lack, if at least half have it.
std::optional<Spread> SpreadOfMost(
    const std::vector<Replicate>& replicates,
    const std::function<std::optional<double>(const Replicate&)>& number) {
  std::vector<double> values;
  for (const Replicate& replicate : replicates) {
    const auto value = number(replicate);
    if (value && std::isfinite(*value)) values.push_back(*value);
  }
  if (values.size() < 2 || 2 * values.size() < replicates.size()) {
    return std::nullopt;
  }
  return SpreadOf(std::move(values));
}

/// A number of a fit that may be unsupported.
template <typename Fit>
std::optional<double> Supported(const Fit& fit, Estimate Fit::*number) {
  if (fit.status != FitStatus::kOk) return std::nullopt;
  return (fit.*number).value;
}

/// Whether every number that follows from the law is one.
bool IsFinite(const Chinchilla& law) {
  const double G = AllocationCoefficient(law);
  return std::isfinite(law.E + law.A + law.B) &&
         std::isfinite(ParamsExponent(law)) && std::isfinite(G) && G > 0.0;
}

template <typename Fit>
int CountFailed(const std::vector<Replicate>& replicates,
                const std::function<const Fit&(const Replicate&)>& fit) {
  int failed = 0;
  for (const Replicate& replicate : replicates) {
    if (fit(replicate).status != FitStatus::kOk) ++failed;
  }
  return failed;
}

void AddCurveSpreads(const std::vector<Replicate>& replicates,
                     KaplanCurve KaplanFit::*which, KaplanFit* fit) {
  KaplanCurve& curve = fit->*which;
  for (Estimate KaplanCurve::*number :
       {&KaplanCurve::scale, &KaplanCurve::exponent}) {
    (curve.*number).spread =
        SpreadOfMost(replicates, [&](const Replicate& replicate) {
          return Supported(replicate.kaplan.*which, number);
        });
  }
  curve.failed_resamples = CountFailed<KaplanCurve>(
      replicates, [&](const Replicate& replicate) -> const KaplanCurve& {
        return replicate.kaplan.*which;
      });
}

void AddBudgetSpreads(const std::vector<Replicate>& replicates,
                      std::size_t index, IsoflopBudget* budget) {
  for (std::optional<Estimate> IsoflopBudget::*number :
       {&IsoflopBudget::params_opt, &IsoflopBudget::tokens_opt,
        &IsoflopBudget::loss_opt}) {
    if (!(budget->*number)) continue;
    (budget->*number)->spread = SpreadOfMost(
        replicates, [&](const Replicate& replicate) -> std::optional<double> {
          const auto& found = replicate.isoflop.budgets[index].*number;
          return found ? std::optional(found->value) : std::nullopt;
        });
  }
  for (const Replicate& replicate : replicates) {
    const IsoflopBudget& found = replicate.isoflop.budgets[index];
    if (found.minimum == MinimumKind::kInterior) ++budget->interior_resamples;
  }
}

}  // namespace

std::optional<ChinchillaBootstrap> ChinchillaSpreads(
    const std::vector<Replicate>& replicates) {
  ChinchillaBootstrap bootstrap;
  for (const Replicate& replicate : replicates) {
    if (replicate.escaped) ++bootstrap.escaped;
    if (!replicate.chinchilla || !IsFinite(*replicate.chinchilla)) {
      ++bootstrap.failed;
      continue;
    }
    bootstrap.laws.push_back(*replicate.chinchilla);
  }
  const auto& laws = bootstrap.laws;
  if (laws.size() < 2 || 2 * laws.size() < replicates.size()) {
    return std::nullopt;
  }
  const auto spread = [&](auto number) {
    std::vector<double> values;
    values.reserve(laws.size());
    for (const Chinchilla& law : laws) {
      values.push_back(std::invoke(number, law));
    }
    return SpreadOf(std::move(values));
  };
  bootstrap.E = spread(&Chinchilla::E);
  bootstrap.A = spread(&Chinchilla::A);
  bootstrap.B = spread(&Chinchilla::B);
  bootstrap.alpha = spread(&Chinchilla::alpha);
  bootstrap.beta = spread(&Chinchilla::beta);
  bootstrap.a = spread(ParamsExponent);
  bootstrap.b = spread(TokensExponent);
  bootstrap.G = spread(AllocationCoefficient);
  return bootstrap;
}

void AddSpreads(const std::vector<Replicate>& replicates, IsoflopFit* fit) {
  for (Estimate IsoflopFit::*number : {&IsoflopFit::a, &IsoflopFit::b}) {
    (fit->*number).spread = SpreadOfMost(replicates, [&](const Replicate& r) {
      return Supported(r.isoflop, number);
    });
  }
  fit->failed_resamples = CountFailed<IsoflopFit>(
      replicates,
      [](const Replicate& r) -> const IsoflopFit& { return r.isoflop; });
  for (std::size_t i = 0; i < fit->budgets.size(); ++i) {
    AddBudgetSpreads(replicates, i, &fit->budgets[i]);
  }
}

void AddSpreads(const std::vector<Replicate>& replicates, EnvelopeFit* fit) {
  for (Estimate EnvelopeFit::*number : {&EnvelopeFit::a, &EnvelopeFit::b}) {
    (fit->*number).spread = SpreadOfMost(replicates, [&](const Replicate& r) {
      return Supported(r.envelope, number);
    });
  }
  fit->failed_resamples = CountFailed<EnvelopeFit>(
      replicates,
      [](const Replicate& r) -> const EnvelopeFit& { return r.envelope; });
}

void AddSpreads(const std::vector<Replicate>& replicates, KaplanFit* fit) {
  AddCurveSpreads(replicates, &KaplanFit::L_N, fit);
  AddCurveSpreads(replicates, &KaplanFit::L_D, fit);
  AddCurveSpreads(replicates, &KaplanFit::L_C, fit);
}

}  // namespace isoflop
