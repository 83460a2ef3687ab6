#include "analysis/report/decision_rows.h"

#include <fmt/format.h>

#include "analysis/report/json_numbers.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

std::string FormatShare(double share) {
  return fmt::format("{:.1f} %", 100.0 * share);
}

Json GoalJson(const Goal& goal) {
  const bool budget = goal.kind == Goal::Kind::kFlops;
  return {{budget ? "budget_flops" : "target_loss", goal.value}};
}

}  // namespace

std::string LabelOf(const Goal& goal) {
  return goal.kind == Goal::Kind::kFlops ? "C " + FormatScientific(goal.value)
                                         : "L " + FormatNumber(goal.value);
}

NumberRow RowOf(const LossTarget& t) {
  return {FormatNumber(t.loss),
          t.extrapolation_decades,
          {{"C", "flops", t.flops, FormatScientific},
           {"N*", "params_opt", t.params_opt, FormatCount},
           {"D*", "tokens_opt", t.tokens_opt, FormatCount},
           {"D*/N*", "tokens_per_param", t.tokens_per_param, FormatNumber}}};
}

NumberRow RowOf(const InferenceOptimum& o) {
  return {
      LabelOf(o.goal),
      o.extrapolation_decades,
      {{"N", "params_opt", o.params_opt, FormatCount},
       {"D", "tokens_opt", o.tokens_opt, FormatCount},
       {"D/N", "tokens_per_param", o.tokens_per_param, FormatNumber},
       {"loss", "loss", o.loss, FormatNumber},
       {"training C", "training_flops", o.training_flops, FormatScientific},
       {"inference C", "inference_flops", o.inference_flops, FormatScientific},
       {"total C", "total_flops", o.total_flops, FormatScientific},
       {"saving", "saving", o.saving, FormatShare}}};
}

NumberRow RowOf(const LimitedOptimum& o) {
  NumberRow row{
      FormatScientific(o.flops),
      o.extrapolation_decades,
      {{"N", "params_opt", o.params_opt, FormatCount},
       {"D", "tokens_opt", o.tokens_opt, FormatCount},
       {"D/N", "tokens_per_param", o.tokens_per_param, FormatNumber},
       {"loss", "loss", o.loss, FormatNumber},
       {"above optimum", "loss_penalty", o.loss_penalty, FormatNumber}}};
  if (o.epochs) {
    row.numbers.push_back({"epochs", "epochs", *o.epochs, FormatNumber});
  }
  return row;
}

NumberRow RowOf(const SmallerModel& m) {
  NumberRow row{fmt::format("{}, N*/{:.4g}", LabelOf(m.goal), m.factor),
                m.extrapolation_decades,
                {}};
  if (m.flops) {
    row.numbers = {{"N", "params", *m.params, FormatCount},
                   {"D", "tokens", *m.tokens, FormatCount},
                   {"C", "flops", *m.flops, FormatScientific},
                   {"C ratio", "flops_ratio", *m.flops_ratio, FormatNumber}};
  }
  row.numbers.push_back(
      {"largest factor", "largest_factor", m.largest_factor, FormatNumber});
  return row;
}

Json ToJson(const LossTarget& target) {
  Json json{{"loss", target.loss}};
  PutNumbers(&json, RowOf(target));
  json["unreachable_draws"] = target.unreachable_draws;
  return json;
}

Json ToJson(const InferenceOptimum& optimum) {
  Json json = GoalJson(optimum.goal);
  json["inference_tokens"] = optimum.inference_tokens;
  PutNumbers(&json, RowOf(optimum));
  json["unreachable_draws"] = optimum.unreachable_draws;
  return json;
}

Json ToJson(const LimitedOptimum& optimum, const char* limit_key) {
  Json json{{"flops", optimum.flops},
            {limit_key, optimum.limit},
            {"binding", optimum.binding}};
  if (optimum.rule) json["rule"] = NameOf(*optimum.rule);
  PutNumbers(&json, RowOf(optimum));
  return json;
}

Json ToJson(const SmallerModel& model) {
  Json json = GoalJson(model.goal);
  json["factor"] = model.factor;
  json["status"] = model.flops ? "ok" : "unreachable";
  PutNumbers(&json, RowOf(model));
  json["unreachable_draws"] = model.unreachable_draws;
  return json;
}

}  // namespace isoflop
