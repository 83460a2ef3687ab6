#include "apps/isoflop/fit_options.h"

#include <fmt/format.h>

#include <charconv>
#include <system_error>

#include "lib/core/error.h"
#include "lib/core/names.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

template <typename Enum>
Enum FromWord(const char* option, const std::string& word) {
  const auto found = FromName<Enum>(word);
  const auto allowed = AllNames<Enum>();
  Require(found.has_value(), "{}: must be one of {}, got \"{}\"{}", option,
          fmt::join(allowed, ", "), word, Suggestion(word, allowed));
  return *found;
}

template <typename Enum>
std::string Words() {
  return fmt::format("{}", fmt::join(AllNames<Enum>(), " | "));
}

/// Adds NAME=VALUE to what is fixed.
void AddFixed(const std::string& text, ObjectiveOptions* objective) {
  const std::size_t equals = text.find('=');
  const std::string name = text.substr(0, equals);
  double value = 0.0;
  bool is_number = false;
  if (equals != std::string::npos) {
    const char* first = text.data() + equals + 1;
    const char* last = text.data() + text.size();
    const auto [end, error] = std::from_chars(first, last, value);
    is_number = error == std::errc() && end == last;
  }
  Require(is_number,
          "--fix: must be NAME=VALUE with a number, such as E=1.69, got \"{}\"",
          text);
  Require(objective->fixed.emplace(name, value).second,
          "--fix: {} is given twice", name);
}

}  // namespace

void AddFitOptions(CLI::App* command, FitArgs* args) {
  FitOptions& options = args->options;
  command
      ->add_option("--laws", args->laws,
                   "Which laws, comma-separated: " + Words<LawKind>() +
                       " (default: all that the data support)")
      ->delimiter(',');
  command->add_option("--params", args->params,
                      "Which parameters N counts: total | non_embedding");
  command->add_option(
      "--loss", args->loss,
      "Penalty of Approach 3: " + Words<LossKind>() + " (default: huber)");
  command
      ->add_option("--delta", options.objective.delta,
                   "Residual at which the Huber penalty turns linear")
      ->capture_default_str();
  command->add_option(
      "--residual", args->residual,
      "Residuals of Approach 3: " + Words<ResidualKind>() + " (default: log)");
  command->add_flag("--tied-exponents", options.objective.tied_exponents,
                    "Fit one exponent: alpha = beta");
  command->add_option("--fix", args->fixed,
                      "Give a coefficient instead of fitting it: E=1.69; may "
                      "be repeated");
  command->add_option("--weights", args->weights,
                      "What runs weigh: " + Words<WeightKind>() +
                          " (default: column, the weight column if there is "
                          "one; loss_std: 1 / standard error^2)");
  command->add_option("--drop-largest-loss", options.drop_largest_loss,
                      "Leave out this many runs of largest loss");
  command
      ->add_option("--bootstrap", options.bootstrap.resamples,
                   "Bootstrap resamples; 0 for no intervals")
      ->capture_default_str();
  command->add_option("--bootstrap-unit", args->bootstrap_unit,
                      "What is resampled: " + Words<ResampleUnit>() +
                          " (default: group where runs share trunks)");
  command->add_option("--seed", options.bootstrap.seed,
                      "Seed of the bootstrap");
  command->add_option("--threads", options.bootstrap.threads,
                      "Threads of the bootstrap (default: one per core)");
  command->add_option("--holdout-above", args->holdout_above,
                      "Fit runs up to this many FLOPs, predict the others");
  command
      ->add_option("--flops", args->budgets_flops,
                   "Budgets to allocate, in FLOPs "
                   "(default: 10 and 100 times the largest run)")
      ->delimiter(',');
}

FitOptions ResolveFitOptions(const FitArgs& args) {
  FitOptions options = args.options;
  if (!args.laws.empty() && args.laws != std::vector<std::string>{"all"}) {
    options.laws.clear();
    for (const std::string& law : args.laws) {
      options.laws.push_back(FromWord<LawKind>("--laws", law));
    }
  }
  if (!args.params.empty()) {
    options.params = FromWord<ParamsKind>("--params", args.params);
  }
  if (!args.loss.empty()) {
    options.objective.loss = FromWord<LossKind>("--loss", args.loss);
  }
  if (!args.residual.empty()) {
    options.objective.residual =
        FromWord<ResidualKind>("--residual", args.residual);
  }
  if (!args.weights.empty()) {
    options.weights = FromWord<WeightKind>("--weights", args.weights);
  }
  for (const std::string& text : args.fixed) AddFixed(text, &options.objective);
  Require(options.bootstrap.resamples <= 0 ||
              options.bootstrap.resamples >= kFewestResamples,
          "--bootstrap: must be 0 or at least {}, got {}: fewer have no 2.5 "
          "and 97.5 percentiles",
          kFewestResamples, options.bootstrap.resamples);
  if (!args.bootstrap_unit.empty()) {
    options.bootstrap.unit =
        FromWord<ResampleUnit>("--bootstrap-unit", args.bootstrap_unit);
  }
  options.budgets_flops = args.budgets_flops;
  if (args.holdout_above != 0.0) options.holdout_above = args.holdout_above;
  Validate(options);
  return options;
}

}  // namespace isoflop
