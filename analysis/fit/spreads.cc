// Spreads of numbers that some resamples lack.

#include <algorithm>
#include <cmath>
#include <functional>
#include <initializer_list>

#include "analysis/fit/bootstrap.h"
#include "analysis/fit/isoflop_scatter.h"
#include "lib/core/transformed.h"
#include "lib/numeric/resampled_spread.h"

namespace isoflop {
namespace {

/// Whether every number that follows from the law is one.
bool IsFinite(const Chinchilla& law) {
  const double G = AllocationCoefficient(law);
  return std::isfinite(law.E + law.A + law.B) &&
         std::isfinite(ParamsExponent(law)) && std::isfinite(G) && G > 0.0;
}

/// Returns the spread of `number`, a function of a replicate that may have no
/// value, around its estimate, if at least half of the replicates have one.
template <typename Number>
std::optional<Spread> SpreadOver(const std::vector<Replicate>& replicates,
                                 const Number& number, double estimate,
                                 int units) {
  return SpreadOfMost(FiniteValues(replicates, number), replicates.size(),
                      estimate, units);
}

/// Sets the spreads of `numbers` of a fit, and how many replicates of it are
/// unsupported. `part` returns the same fit of a replicate.
template <typename Fit, typename Part>
void SetSpreads(const std::vector<Replicate>& replicates, int units,
                const Part& part,
                std::initializer_list<Estimate Fit::*> numbers, Fit* fit) {
  const auto supported = [&](const Replicate& replicate) {
    return part(replicate).status == FitStatus::kOk;
  };
  for (Estimate Fit::*number : numbers) {
    const auto value = [&](const Replicate& replicate) {
      return supported(replicate)
                 ? std::optional((part(replicate).*number).value)
                 : std::nullopt;
    };
    (fit->*number).spread =
        SpreadOver(replicates, value, (fit->*number).value, units);
  }
  fit->failed_resamples = static_cast<int>(
      std::ranges::count_if(replicates, std::not_fn(supported)));
}

void SetCurveSpreads(const std::vector<Replicate>& replicates, int units,
                     KaplanCurve KaplanFit::*which, KaplanFit* fit) {
  SetSpreads<KaplanCurve>(
      replicates, units,
      [&](const Replicate& r) -> const KaplanCurve& { return r.kaplan.*which; },
      {&KaplanCurve::scale, &KaplanCurve::exponent}, &(fit->*which));
  SetSpreads<KaplanOffsetCurve>(
      replicates, units,
      [&](const Replicate& r) -> const KaplanOffsetCurve& {
        return (r.kaplan.*which).with_offset;
      },
      {&KaplanOffsetCurve::E, &KaplanOffsetCurve::scale,
       &KaplanOffsetCurve::exponent},
      &(fit->*which).with_offset);
}

void SetJointSpreads(const std::vector<Replicate>& replicates, int units,
                     KaplanJointFit KaplanFit::*which, KaplanFit* fit) {
  SetSpreads<KaplanJointFit>(
      replicates, units,
      [&](const Replicate& r) -> const KaplanJointFit& {
        return r.kaplan.*which;
      },
      {&KaplanJointFit::E, &KaplanJointFit::N_c, &KaplanJointFit::D_c,
       &KaplanJointFit::alpha_N, &KaplanJointFit::alpha_D},
      &(fit->*which));
}

/// Returns a number of one budget of a replicate, where it has a minimum.
auto NumberOf(std::size_t budget,
              std::optional<Estimate> IsoflopBudget::*number) {
  return [=](const Replicate& replicate) -> std::optional<double> {
    const auto& found = replicate.isoflop.budgets[budget].*number;
    return found ? std::optional(found->value) : std::nullopt;
  };
}

void SetBudgetSpreads(const std::vector<Replicate>& replicates, int units,
                      std::size_t index, IsoflopBudget* budget) {
  for (std::optional<Estimate> IsoflopBudget::*number :
       {&IsoflopBudget::params_opt, &IsoflopBudget::tokens_opt,
        &IsoflopBudget::loss_opt}) {
    if (!(budget->*number)) continue;
    (budget->*number)->spread = SpreadOver(replicates, NumberOf(index, number),
                                           (budget->*number)->value, units);
  }
  std::vector<double> sizes =
      FiniteValues(replicates, NumberOf(index, &IsoflopBudget::params_opt));
  budget->interior_resamples = static_cast<int>(sizes.size());
  if (!budget->params_opt || !AreMost(sizes.size(), replicates.size())) return;
  for (double& size : sizes) size = std::log(size);
  budget->params_opt_log_error = HalfMiddleSpread(std::move(sizes));
}

}  // namespace

std::optional<ChinchillaBootstrap> ChinchillaSpreads(
    const std::vector<Replicate>& replicates, const Chinchilla& estimate,
    int units) {
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
  if (!AreMost(laws.size(), replicates.size())) return std::nullopt;
  const auto spread = [&](auto number) {
    return SpreadOf(Transformed(laws, number), std::invoke(number, estimate),
                    units);
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

void AddSpreads(const std::vector<Replicate>& replicates, int units,
                IsoflopFit* fit) {
  for (std::size_t i = 0; i < fit->budgets.size(); ++i) {
    SetBudgetSpreads(replicates, units, i, &fit->budgets[i]);
  }
  fit->failed_resamples = static_cast<int>(
      std::ranges::count(replicates, FitStatus::kUnsupported,
                         [](const Replicate& r) { return r.isoflop.status; }));
  if (fit->status != FitStatus::kOk) return;
  WeighByVariance(fit);
  AddExponentSpreads(fit);
}

void AddSpreads(const std::vector<Replicate>& replicates, int units,
                EnvelopeFit* fit) {
  SetSpreads<EnvelopeFit>(
      replicates, units,
      [](const Replicate& r) -> const EnvelopeFit& { return r.envelope; },
      {&EnvelopeFit::a, &EnvelopeFit::b}, fit);
}

void AddSpreads(const std::vector<Replicate>& replicates, int units,
                KaplanFit* fit) {
  SetCurveSpreads(replicates, units, &KaplanFit::L_N, fit);
  SetCurveSpreads(replicates, units, &KaplanFit::L_D, fit);
  SetCurveSpreads(replicates, units, &KaplanFit::L_C, fit);
  SetJointSpreads(replicates, units, &KaplanFit::joint, fit);
  SetJointSpreads(replicates, units, &KaplanFit::joint_with_offset, fit);
}

}  // namespace isoflop
