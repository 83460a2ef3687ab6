#include "tests/page/sample_page.h"

#include <cmath>
#include <regex>

#include "analysis/fit/fit.h"
#include "analysis/report/fit_json.h"
#include "analysis/report/fit_words.h"
#include "tests/report/sample_sweep.h"

namespace isoflop {
namespace {

constexpr Chinchilla kLaw{1.8, 480.0, 2100.0, 0.35, 0.37};

ObservationSet SampleRuns() {
  ObservationSet set;
  set.source = "runs.csv";
  int i = 0;
  for (const double C : {1e18, 3e18, 1e19, 3e19, 1e20}) {
    const Optimum best = OptimumAt(kLaw, C);
    for (const double factor : {0.25, 0.45, 0.8, 1.4, 2.4, 4.0}) {
      Observation run;
      run.N = factor * best.N;
      run.D = best.D / factor;
      const double noise = 0.003 * std::sin(12.9898 * ++i);
      run.L = Loss(kLaw, run.N, run.D) + noise;
      run.C = SixND(run.N, run.D);
      run.loss_std = 0.004;
      set.rows.push_back(run);
    }
  }
  return set;
}

}  // namespace

const Json& SampleFitJson() {
  static const Json kFit = [] {
    FitOptions options;
    options.bootstrap.resamples = 40;
    return ToJson(InWords(FitScalingLaws(SampleRuns(), options), {}));
  }();
  return kFit;
}

Json OldFitJson() {
  Json fit = SampleFitJson();
  fit.erase("runs");
  fit["envelope"].erase("optima_at");
  for (Json& budget : fit["isoflop"]["budgets"]) budget.erase("parabola");
  for (auto& profile : fit["chinchilla"]["profile95"].items()) {
    profile.value().erase("points");
  }
  return fit;
}

ReportSource SourceOf(const Json& fit, const std::string& file) {
  return {.path = file, .fit = ReadFitDocument(fit, file)};
}

SweepFacts SampleFacts() {
  const SampleSweep sample;
  SweepFacts facts;
  facts.directory = "runs/sample";
  facts.sweep_file = sample.file;
  facts.plan = sample.plan;
  facts.results = sample.results;
  facts.tally = Tally(facts.plan, facts.results);
  facts.go_on = "isoflop sweep SWEEP.json -o runs/sample";
  for (const RunResult& run : facts.results) {
    TrainingCurve curve{.group = run.group,
                        .N = static_cast<double>(run.params_total),
                        .params_total = {},
                        .params_non_embedding = {},
                        .points = {}};
    for (int i = 1; i <= 20; ++i) {
      curve.points.push_back(
          {static_cast<double>(run.tokens) * i / 20.0, *run.loss + 1.0 / i});
    }
    facts.curves.push_back(curve);
  }
  facts.curve_groups = facts.plan.groups.size();
  return facts;
}

std::vector<double> ValuesIn(const std::string& svg, const std::string& name) {
  std::vector<double> values;
  const std::regex pattern(name + "=\"([^\"]*)\"");
  for (std::sregex_iterator it(svg.begin(), svg.end(), pattern), end; it != end;
       ++it) {
    values.push_back(std::stod((*it)[1]));
  }
  return values;
}

std::string SeriesIn(const std::string& svg, const std::string& name) {
  const std::size_t begin = svg.find("data-series=\"" + name + "\"");
  if (begin == std::string::npos) return {};
  return svg.substr(begin, svg.find("</g>", begin) - begin);
}

}  // namespace isoflop
