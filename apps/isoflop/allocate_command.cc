// `isoflop allocate`: how a budget is best spent, or a loss reached, by a fit.

#include <fmt/core.h>

#include <memory>
#include <string>

#include "analysis/decide/allocation_question.h"
#include "analysis/report/decision_report.h"
#include "analysis/report/stored_fit.h"
#include "apps/isoflop/commands.h"
#include "apps/isoflop/fit_doubt.h"
#include "apps/isoflop/terminal.h"
#include "lib/core/standard_streams.h"

namespace isoflop {
namespace {

struct AllocateArgs {
  std::string fit;
  AllocationQuestion question;
  bool json = false;
};

ExitCode RunAllocate(const AllocateArgs& args) {
  Validate(args.question);
  const StoredFit fit = LoadFit(args.fit);
  if (fit.status != FitStatus::kOk) {
    Say(fmt::format("isoflop allocate: {}: no law to allocate by: {}", args.fit,
                    fit.reason));
    return ExitCode::kUnsupported;
  }
  WarnOfDoubt(fit);
  if (args.question.unique_tokens) WarnOfRepeatedDataDoubt(fit);
  const AllocationAnswer answer = Answer(fit.basis(), args.question);
  if (args.json) {
    Print(ReadableText(AnswerJson(fit, answer)));
  } else {
    Print(AnswerText(fit, answer, OutputWidth()));
  }
  return ExitCode::kOk;
}

void AddQuestionOptions(CLI::App* command, AllocationQuestion* question) {
  command->add_option("--flops", question->flops, "Budgets C, in FLOPs")
      ->delimiter(',');
  command
      ->add_option("--loss", question->loss,
                   "Losses to reach, nats per token, in place of budgets")
      ->delimiter(',');
  command->add_option("--inference-tokens", question->inference_tokens,
                      "Least 6ND + 2N times these tokens, at the same loss");
  command->add_option("--max-params", question->max_params,
                      "Best run of each budget with at most this N");
  command->add_option("--unique-tokens", question->unique_tokens,
                      "Best run of each budget with this many unique tokens");
  command
      ->add_option("--overtrain", question->overtrain,
                   "What models this many times smaller than N* cost, at the "
                   "same loss")
      ->delimiter(',');
}

}  // namespace

void AddAllocateCommand(CLI::App& app, ExitCode* exit_code) {
  auto args = std::make_shared<AllocateArgs>();
  CLI::App* allocate = app.add_subcommand(
      "allocate", "Compute-optimal N* and D* at any budget, by a fit");
  allocate
      ->add_option("fit", args->fit,
                   "A fit.json, or a sweep directory that has one")
      ->required();
  AddQuestionOptions(allocate, &args->question);
  allocate->add_flag("--json", args->json, "Print JSON");
  allocate->footer(
      "Example:\n  isoflop allocate runs/demo/fit.json --flops 1e13 1e14\n"
      "  isoflop allocate runs/demo/fit.json --flops 1e13 --inference-tokens "
      "1e9\n"
      "  isoflop allocate runs/demo/fit.json --loss 1.16 --overtrain 2 5");
  allocate->callback([args, exit_code] { *exit_code = RunAllocate(*args); });
}

}  // namespace isoflop
