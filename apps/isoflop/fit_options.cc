#include "apps/isoflop/fit_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

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
  const std::string name = text.substr(0, equals);
  Require(objective->fixed.emplace(name, value).second,
          "--fix: {} is given twice", name);
}

/// The laws that words stand for; "all" alone stands for every one.
std::vector<LawKind> LawsOf(const std::vector<std::string>& words) {
  std::vector<LawKind> laws;
  if (words == std::vector<std::string>{"all"}) {
    for (const auto& entry : EnumNames(LawKind{})) laws.push_back(entry.value);
    return laws;
  }
  for (const std::string& word : words) {
    laws.push_back(FromWord<LawKind>("--laws", word));
  }
  return laws;
}

void AddBootstrapOptions(CLI::App* command, FitArgs* args) {
  FitOptions& options = args->options;
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
                      "Threads for fits again (default: one per core)");
}

}  // namespace

void AddFitOptions(CLI::App* command, FitArgs* args) {
  FitOptions& options = args->options;
  command
      ->add_option("--laws", args->laws,
                   "Which laws, comma-separated: " + Words<LawKind>() +
                       " | all, which compares them (default: the first four)")
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
  command->add_option("--envelope", args->envelope,
                      "What Approach 1 takes the envelope of, curves of a "
                      "sweep directory only: " +
                          Words<EnvelopeSource>() + " (default: final)");
  command->add_option("--isoflop-curve", args->isoflop_curve,
                      "What finds the minima of Approach 2: " +
                          Words<IsoflopCurve>() + " (default: parabola)");
  command->add_flag("--keep-flat", options.isoflop.keep_flat,
                    "Let Approach 2 count the minima of valleys that noise "
                    "alone could have made");
  command
      ->add_option("--fix", args->fixed,
                   "Give a coefficient of a law of --laws instead of fitting "
                   "it: E=1.69; several with commas, or repeated")
      ->delimiter(',');
  command->add_flag("--tied-exponents", options.objective.tied_exponents,
                    "Fit one exponent: alpha = beta");
  command->add_option("--weights", args->weights,
                      "What runs weigh: " + Words<WeightKind>() +
                          " (default: column, the weight column if there is "
                          "one; loss_std: 1 / standard error^2)");
  command->add_option("--drop-largest-loss", options.drop_largest_loss,
                      "Leave out this many runs of largest loss");
  AddBootstrapOptions(command, args);
  command->add_option("--holdout-above", args->holdout_above,
                      "Fit runs up to this many FLOPs, predict the others");
  command->add_option("--seed-noise", args->seed_noise,
                      "Standard deviation of the loss between seeds, in nats "
                      "(default: from repeated seeds, where there are any)");
  command
      ->add_option("--flops", args->budgets_flops,
                   "Budgets to allocate, in FLOPs "
                   "(default: 10 and 100 times the largest run)")
      ->delimiter(',');
}

FitOptions ResolveFitOptions(const FitArgs& args) {
  FitOptions options = args.options;
  if (!args.laws.empty()) options.laws = LawsOf(args.laws);
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
  if (!args.isoflop_curve.empty()) {
    options.isoflop.curve =
        FromWord<IsoflopCurve>("--isoflop-curve", args.isoflop_curve);
  }
  if (!args.envelope.empty()) {
    options.envelope = FromWord<EnvelopeSource>("--envelope", args.envelope);
  }
  if (!args.weights.empty()) {
    options.weights = FromWord<WeightKind>("--weights", args.weights);
  }
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
  options.seed_noise = args.seed_noise;
  for (const std::string& text : args.fixed) AddFixed(text, &options.objective);
  if (args.holdout_above != 0.0) options.holdout_above = args.holdout_above;
  Validate(options);
  return options;
}

}  // namespace isoflop
