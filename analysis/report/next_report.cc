#include "analysis/report/next_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "analysis/report/json_numbers.h"
#include "analysis/report/number_text.h"
#include "analysis/report/text_page.h"
#include "lib/core/text.h"
#include "lib/sweep/advice.h"

namespace isoflop {
namespace {

Json ToJson(const NextRun& run) {
  return {
      {"params", run.N},
      {"tokens", run.D},
      {"tokens_per_param", run.D / run.N},
      {"flops", run.design.flops},
      {"total_flops", run.design.total_flops},
      {"loss", run.loss},
      {"loss_std", run.loss_std},
      {"variance_shrinkage", run.design.shrinkage},
      {"variance_shrinkage_per_flop", run.design.shrinkage / run.design.cost},
      {"sd_after", run.design.sd_after}};
}

std::string WhatIsWanted(const NextRuns& next) {
  const char* what = next.objective == DesignObjective::kLoss ? "L" : "ln N*";
  std::string text =
      fmt::format("{} at C = {}", what, FormatScientific(next.target_flops));
  if (next.extrapolation_decades.value_or(0.0) > 0.0) {
    text += fmt::format(", {:.2f} decades beyond the data",
                        *next.extrapolation_decades);
  }
  return text;
}

/// A standard deviation, and for ln N* the factor that it is.
std::string Uncertainty(const NextRuns& next, double sd) {
  if (next.objective == DesignObjective::kLoss) return FormatNumber(sd);
  return fmt::format("{} (a factor of {})", FormatNumber(sd),
                     FormatNumber(std::exp(sd)));
}

void PutRuns(TextPage* page, const NextRuns& next) {
  TextTable table({"run", "N", "D", "D/N", "C", "C in all", "sd after"});
  int number = 0;
  for (const NextRun& run : next.runs) {
    table.AddRow({fmt::format("{}", ++number), FormatCount(run.N),
                  FormatCount(run.D), FormatNumber(run.D / run.N),
                  FormatScientific(run.design.flops),
                  FormatScientific(run.design.total_flops),
                  FormatNumber(run.design.sd_after)});
  }
  page->Table(table);
}

std::string SeedsText(int seeds) {
  return seeds == 1 ? "" : fmt::format(" at {} seeds each", seeds);
}

std::string HowChosen(const NextRuns& next) {
  std::string text = "by shrinkage of the variance per FLOP";
  if (next.trunk_share > 0.0) {
    text += fmt::format(
        "; the runs of one trunk are taken to have {:.0f} % of their noise in "
        "common, as those of the fit do",
        100.0 * next.trunk_share);
  }
  const auto few = next.left_out.find(Objection::kSteps);
  if (few != next.left_out.end()) {
    text += fmt::format(
        "; {} runs of fewer than {} steps, or than the schedule takes, are "
        "none of the candidates",
        few->second, kFewestSoundSteps);
  }
  return text;
}

/// What the runs will leave; nothing is promised beside a bias.
std::string WhatIsLeft(const NextRuns& next) {
  const std::string after = fmt::format(
      "sd expected after {} runs{} of {} FLOPs in all: ", next.runs.size(),
      SeedsText(next.seeds),
      FormatScientific(next.runs.back().design.total_flops));
  if (next.short_runs == 0) return after + Uncertainty(next, next.sd_after);
  return after +
         fmt::format(
             "not known, since {} of the runs in the fit have fewer than {} "
             "steps: their losses may lie above the law, and that stays in the "
             "fit; \"sd after\" is by chance alone",
             next.short_runs, kFewestSoundSteps);
}

}  // namespace

Json NextJson(const StoredFit& fit, const NextRuns& next) {
  Json json{{"schema", kNextSchema},
            {"fit", fit.file},
            {"params", NameOf(fit.params)},
            {"certified", fit.certificate && fit.certificate->certified()},
            {"objective", NameOf(next.objective)},
            {"target_flops", next.target_flops},
            {"budget_flops", next.budget_flops}};
  PutNumber(&json, "extrapolation_decades", next.extrapolation_decades);
  json["noise"] = NameOf(next.noise);
  json["trunk_share"] = next.trunk_share;
  json["candidates"] = next.candidates;
  json["left_out"] = Json::object();
  for (const auto& [objection, count] : next.left_out) {
    json["left_out"][std::string(NameOf(objection))] = count;
  }
  json["unchecked"] = next.unchecked;
  json["draws"] = next.draws;
  json["seeds"] = next.seeds;
  json["short_runs"] = next.short_runs;
  json["sd_before"] = next.sd_before;
  json["sd_after"] = next.sd_after;
  json["runs"] = Json::array();
  for (const NextRun& run : next.runs) json["runs"].push_back(ToJson(run));
  return json;
}

std::string NextText(const NextRuns& next, std::size_t width) {
  TextPage page(width);
  page.Heading("Runs to train next, for " + WhatIsWanted(next));
  if (next.runs.empty()) {
    page.Line(fmt::format(
        "none of {} candidates within the budget would make it more certain",
        next.candidates));
    return page.text();
  }
  page.Line("sd now: " + Uncertainty(next, next.sd_before));
  page.Line(WhatIsLeft(next));
  page.Space();
  PutRuns(&page, next);
  page.Line(HowChosen(next));
  if (!next.unchecked.empty()) {
    page.Line(fmt::format("not checked, so look at `isoflop plan`: {}",
                          fmt::join(next.unchecked, ", ")));
  }
  return page.text();
}

}  // namespace isoflop
