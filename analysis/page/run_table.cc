#include "analysis/page/run_table.h"

#include <fmt/format.h>

#include <map>

#include "analysis/page/figure_parts.h"
#include "analysis/page/html.h"
#include "analysis/report/number_text.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

std::string LossText(const std::optional<double>& loss,
                     const std::optional<double>& error) {
  if (!loss) return "\u2013";
  if (!error) return fmt::format("{:.4f}", *loss);
  return fmt::format("{:.4f} ± {:.4f}", *loss, *error);
}

std::string FirstOf(std::size_t shown, std::size_t all) {
  if (shown == all) return {};
  return Element("p", fmt::format("The first {} of {}.", shown, all));
}

std::string Failures(const SweepFacts& sweep) {
  const auto ended_badly = static_cast<std::size_t>(sweep.tally.failed) +
                           static_cast<std::size_t>(sweep.tally.diverged);
  if (ended_badly == 0) return {};
  HtmlTable table{.head = {"run", "status", "cause", "what trains it again"},
                  .is_text = {true, true, true, true}};
  for (const EndedBadly& run : sweep.failures) {
    table.rows.push_back({run.run, std::string(NameOf(run.status)),
                          Shortened(run.cause, 400), run.retry});
  }
  return Element("h3", "Failed or diverged") +
         FirstOf(table.rows.size(), ended_badly) + ToHtml(table);
}

std::string Stopped(const SweepFacts& sweep) {
  if (sweep.stopped.empty()) return {};
  HtmlTable table{.head = {"group", "runs left", "cause"},
                  .is_text = {true, false, true}};
  for (const StoppedGroup& group : sweep.stopped) {
    table.rows.push_back({group.group, std::to_string(group.pending),
                          Shortened(group.cause, 400)});
  }
  return Element("h3", "Not trained, and why") + ToHtml(table) +
         Element("p", "Once the cause is mended: " + sweep.go_on);
}

std::string SweepRuns(const SweepFacts& sweep) {
  std::map<std::string_view, const RunResult*> by_id;
  for (const RunResult& run : sweep.results) by_id[run.id] = &run;
  HtmlTable table{.head = {"run", "N", "D", "C", "D/N", "loss", "status"},
                  .is_text = {true, false, false, false, false, false, true}};
  std::size_t all = 0;
  for (const RunGroup& group : sweep.plan.groups) {
    const auto N =
        static_cast<double>(Count(group.params, sweep.plan.convention));
    for (const PlannedRun& run : group.runs) {
      if (++all > kMostRows) continue;
      const auto found = by_id.find(run.id);
      const RunResult* result = found == by_id.end() ? nullptr : found->second;
      const auto D = static_cast<double>(run.tokens);
      table.rows.push_back(
          {run.id, FormatCount(N), FormatCount(D), FormatScientific(run.flops),
           FormatNumber(D / N),
           result == nullptr ? "\u2013"
                             : LossText(result->loss, result->loss_std_error),
           result == nullptr ? "pending"
                             : std::string(NameOf(result->status))});
    }
  }
  return Failures(sweep) + Stopped(sweep) + Element("h3", "All runs") +
         FirstOf(table.rows.size(), all) + ToHtml(table);
}

std::string FittedRuns(const FitDocument& fit) {
  if (fit.runs.empty()) {
    return Element("p", "This fit.json lists no runs; fit again to have them.");
  }
  HtmlTable table{.head = {"N", "D", "C", "D/N", "loss"}};
  for (const DocumentRun& run : fit.runs) {
    if (table.rows.size() == kMostRows) break;
    table.rows.push_back({FormatCount(run.N), FormatCount(run.D),
                          FormatScientific(run.C), FormatNumber(run.D / run.N),
                          LossText(run.L, run.loss_std)});
  }
  return FirstOf(table.rows.size(), static_cast<std::size_t>(fit.used)) +
         ToHtml(table);
}

}  // namespace

std::string RunSection(const ReportSource& source) {
  std::string html = "<section id=\"runs\">\n" + Element("h2", "Runs");
  html += "<details open=\"open\"><summary>The runs, one by one</summary>\n";
  html += source.sweep ? SweepRuns(*source.sweep) : FittedRuns(*source.fit);
  return html + "</details>\n</section>\n";
}

}  // namespace isoflop
