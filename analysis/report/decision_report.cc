#include "analysis/report/decision_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <span>
#include <type_traits>
#include <vector>

#include "analysis/decide/choices.h"
#include "analysis/report/allocation_report.h"
#include "analysis/report/conventions_report.h"
#include "analysis/report/decision_rows.h"
#include "analysis/report/json_numbers.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

template <typename Decision>
std::vector<NumberRow> RowsOf(const std::vector<Decision>& decisions) {
  std::vector<NumberRow> rows;
  rows.reserve(decisions.size());
  for (const Decision& decision : decisions) rows.push_back(RowOf(decision));
  return rows;
}

template <typename Decision>
void PutSection(Json* json, const char* key,
                const std::vector<Decision>& decisions) {
  for (const Decision& decision : decisions) {
    (*json)[key].push_back(ToJson(decision));
  }
}

void PutLimited(Json* json, const char* section, const char* limit_key,
                const std::vector<LimitedOptimum>& optima) {
  for (const LimitedOptimum& optimum : optima) {
    (*json)[section].push_back(ToJson(optimum, limit_key));
  }
}

/// Writes the sections of a page, and notes what is beyond the data.
class AnswerPage {
 public:
  AnswerPage(const StoredFit& fit, std::size_t width)
      : fit_(fit), page_(width) {}

  std::string Write(const AllocationAnswer& answer) && {
    PutAllocations(&page_, answer.allocations, std::nullopt);
    Note(answer.allocations);
    PutLosses(answer.loss_targets);
    PutInference(answer.inference);
    PutLimit("parameters", answer.max_params);
    PutLimit("unique tokens", answer.unique_tokens);
    PutRule(answer.unique_tokens);
    PutSmallerModels(answer.smaller_models);
    page_.Line(std::string(ConventionInWords(fit_.params)));
    PutReach(&page_, beyond_, fit_.largest_flops);
    PutOutside();
    return page_.text();
  }

 private:
  template <typename Decision>
  void Note(const std::vector<Decision>& decisions) {
    for (const Decision& decision : decisions) {
      beyond_ = beyond_ || decision.extrapolation_decades > 0.0;
      if constexpr (std::is_same_v<Decision, SmallerModel>) {
        if (decision.flops) {
          NoteRun(decision.params->value, decision.tokens->value);
        }
      } else {
        NoteRun(decision.params_opt.value, decision.tokens_opt.value);
      }
    }
  }

  void NoteRun(double N, double D) {
    least_params_ = std::min(least_params_, N);
    least_ratio_ = std::min(least_ratio_, D / N);
    largest_ratio_ = std::max(largest_ratio_, D / N);
  }

  /// What C does not tell: a model smaller than any, or trained for longer or
  /// shorter than any.
  void PutOutside() {
    if (!fit_.reach) return;
    const auto put = [this](bool outside, const char* what, double asked,
                            double seen) {
      if (!outside) return;
      page_.Line(
          fmt::format("{} {}, beyond the {} of the data: the law was not "
                      "seen to hold there",
                      what, FormatNumber(asked), FormatNumber(seen)));
    };
    const double params = fit_.reach->params.smallest;
    const auto& [lowest, highest] = fit_.reach->tokens_per_param;
    put(least_params_ < params, "N down to", least_params_, params);
    put(least_ratio_ < lowest, "D/N down to", least_ratio_, lowest);
    put(largest_ratio_ > highest, "D/N up to", largest_ratio_, highest);
  }

  /// Says how many draws cannot do what is asked.
  void PutUnreachable(const std::string& what, int draws) {
    if (draws == 0) return;
    const auto all = static_cast<int>(fit_.draws.size());
    page_.Line(fmt::format(
        "{}: {} of {} laws of the bootstrap never get there; {}", what, draws,
        all,
        LeaveAnInterval(draws, all) ? "the intervals are over the others"
                                    : "too many to tell a 95 % interval"));
  }

  void PutLosses(const std::vector<LossTarget>& targets) {
    PutTable(&page_, "loss", RowsOf(targets));
    for (const LossTarget& target : targets) {
      PutUnreachable("loss " + FormatNumber(target.loss),
                     target.unreachable_draws);
    }
    Note(targets);
  }

  void PutInference(const std::vector<InferenceOptimum>& optima) {
    if (optima.empty()) return;
    page_.Heading(fmt::format(
        "Least compute for training and {} tokens of inference, at the same "
        "loss",
        FormatCount(optima.front().inference_tokens)));
    PutTable(&page_, "", RowsOf(optima));
    page_.Line("saving: of the total of the compute-optimal run");
    for (const InferenceOptimum& optimum : optima) {
      PutUnreachable(LabelOf(optimum.goal), optimum.unreachable_draws);
    }
    Note(optima);
  }

  void PutLimit(const char* what, const std::vector<LimitedOptimum>& optima) {
    if (optima.empty()) return;
    page_.Heading(fmt::format("Best run with at most {} {}",
                              FormatCount(optima.front().limit), what));
    PutTable(&page_, "C", RowsOf(optima));
    for (const LimitedOptimum& optimum : optima) {
      if (optimum.binding) continue;
      page_.Line(fmt::format("{}: the compute-optimal run needs no more",
                             FormatScientific(optimum.flops)));
    }
    Note(optima);
  }

  /// Says what was done where data run out.
  void PutRule(const std::vector<LimitedOptimum>& optima) {
    if (optima.empty()) return;
    if (optima.front().rule == UniqueTokensRule::kRepeatedData) {
      page_.Line(
          "by the fit's law of repeated data, which has no bootstrap and so no "
          "intervals; compared with the same law's optimum for unlimited data");
      return;
    }
    const std::string& reason = fit_.repeated_reason;
    page_.Line("this fit has no law of repeated data" +
               (reason.empty() ? "" : " (" + reason + ")") +
               ", so no token is seen twice: D is capped at the unique tokens");
  }

  void PutSmallerModels(const std::vector<SmallerModel>& models) {
    if (models.empty()) return;
    page_.Heading("Smaller models, trained to the same loss");
    std::vector<SmallerModel> reached;
    std::ranges::copy_if(models, std::back_inserter(reached),
                         [](const auto& m) { return m.flops.has_value(); });
    PutTable(&page_, "", RowsOf(reached));
    for (const SmallerModel& model : models) PutNever(model);
    Note(models);
  }

  void PutNever(const SmallerModel& model) {
    const std::string what =
        fmt::format("{}, N*/{:.4g}", LabelOf(model.goal), model.factor);
    if (!model.flops) {
      const Estimate& largest = model.largest_factor;
      page_.Line(fmt::format(
          "{}: infinite compute; from N*/{} {} on no training is long enough",
          what, FormatNumber(largest.value),
          IntervalOrNothing(largest, FormatNumber)));
      return;
    }
    PutUnreachable(what, model.unreachable_draws);
  }

  const StoredFit& fit_;
  TextPage page_;
  bool beyond_ = false;
  double least_params_ = std::numeric_limits<double>::infinity();
  double least_ratio_ = std::numeric_limits<double>::infinity();
  double largest_ratio_ = 0.0;
};

}  // namespace

Json AnswerJson(const StoredFit& fit, const AllocationAnswer& answer) {
  Json json{{"schema", kAllocationSchema},
            {"fit", fit.file},
            {"params", NameOf(fit.params)},
            {"draws", fit.draws.size()},
            {"certified", fit.certificate && fit.certificate->certified()},
            {"allocations", Json::array()}};
  PutSection(&json, "allocations", answer.allocations);
  PutSection(&json, "loss_targets", answer.loss_targets);
  PutSection(&json, "inference", answer.inference);
  PutLimited(&json, "max_params", "max_params", answer.max_params);
  PutLimited(&json, "unique_tokens", "unique_tokens", answer.unique_tokens);
  PutSection(&json, "smaller_models", answer.smaller_models);
  PutNumber(&json, "largest_flops", fit.largest_flops);
  return json;
}

std::string AnswerText(const StoredFit& fit, const AllocationAnswer& answer,
                       std::size_t width) {
  return AnswerPage(fit, width).Write(answer);
}

}  // namespace isoflop
