#include "apps/isoflop/sweep_fit.h"

#include <fmt/core.h>

#include <algorithm>

#include "analysis/fit/sweep_observations.h"
#include "analysis/report/fit_json.h"
#include "analysis/report/fit_text.h"
#include "apps/isoflop/terminal.h"
#include "lib/core/error.h"

namespace isoflop {

FitOptions WithBudgets(FitOptions options, const ObservationSet& observations) {
  if (!options.budgets_flops.empty() || observations.rows.empty()) {
    return options;
  }
  const double largest =
      std::ranges::max_element(observations.rows, {}, &Observation::C)->C;
  options.budgets_flops = {10.0 * largest, 100.0 * largest};
  return options;
}

SweepFit FitSweep(const Plan& plan, const std::vector<RunResult>& results,
                  const SweepDir& dir, FitOptions options) {
  const ParamsKind params = options.params.value_or(ParamsKind::kAsGiven);
  ObservationSet observations =
      SweepObservations(plan, results, params, ReadJsonFile(dir.sweep_json()));
  observations.source = dir.root().string();
  Require(!observations.rows.empty(),
          "{}: no run has ended well yet, so there is nothing to fit",
          dir.root().string());
  options.params.reset();  // already counted so
  return {FitScalingLaws(observations,
                         WithBudgets(std::move(options), observations)),
          {plan.data.entropy_rate, plan.data.bayes_loss}};
}

void ReportFit(const SweepFit& fit, const std::filesystem::path& json_file) {
  WriteJsonFile(json_file, ToJson(fit.report, fit.exact));
  fmt::print("{}", FitText(fit.report, fit.exact, OutputWidth()));
  fmt::print("\nwritten: {}\n", json_file.string());
}

}  // namespace isoflop
