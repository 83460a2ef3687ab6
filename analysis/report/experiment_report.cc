#include "analysis/report/experiment_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <utility>

#include "analysis/report/approaches_json.h"
#include "analysis/report/json_numbers.h"
#include "analysis/report/more_laws_json.h"
#include "analysis/report/number_text.h"
#include "lib/core/text.h"
#include "lib/core/transformed.h"

namespace isoflop {
namespace {

/// The settings in which the curves of an analysis differ.
std::vector<std::string> SettingsOf(const ExperimentFit& fit) {
  std::vector<std::string> keys;
  for (const CurveSeries& series : fit.series) {
    for (const auto& item : series.of.items()) {
      if (std::ranges::find(keys, item.key()) != keys.end()) continue;
      const bool same =
          std::ranges::all_of(fit.series, [&](const CurveSeries& other) {
            return other.of.value(item.key(), Json()) == item.value();
          });
      if (!same) keys.push_back(item.key());
    }
  }
  return keys;
}

/// "zipf_exponent", of "data.zipf_exponent".
std::string ShortName(const std::string& key) {
  return key.substr(key.find('.') + 1);
}

std::string HeadOf(const ExperimentFit& fit) {
  return fmt::format("{}",
                     fmt::join(Transformed(SettingsOf(fit), ShortName), ", "));
}

/// "1.2", or "rotary, 3": the values of those settings.
std::string LabelOf(const ExperimentFit& fit, const CurveSeries& series) {
  std::vector<std::string> values;
  for (const std::string& key : SettingsOf(fit)) {
    const Json value = series.of.value(key, Json());
    values.push_back(value.is_string() ? value.get<std::string>()
                                       : value.dump());
  }
  return fmt::format("{}", fmt::join(values, ", "));
}

/// "zipf_exponent 1.2: ", in front of what is said of one curve.
std::string PrefixOf(const ExperimentFit& fit, const CurveSeries& series) {
  const std::string label = LabelOf(fit, series);
  return label.empty() ? "" : fmt::format("{} {}: ", HeadOf(fit), label);
}

std::string NumberText(double value) {
  return value < 0.0 ? "-" + FormatNumber(-value) : FormatNumber(value);
}

/// "0.42 [0.3, 0.5]", an end that the data do not bound left open.
std::string CoefficientText(const LawCoefficient& coefficient) {
  std::string value = NumberText(coefficient.value);
  if (coefficient.held) return value + " held";
  if (!coefficient.profile) return value;
  const auto end = [](const std::optional<double>& number) {
    return number ? NumberText(*number) : std::string("...");
  };
  return fmt::format("{} [{}, {}]", value, end(coefficient.profile->low),
                     end(coefficient.profile->high));
}

std::string PredictedText(const CurveSeries& series) {
  std::vector<std::string> parts;
  for (const SeriesPoint& point : series.points) {
    if (!point.predicted) continue;
    parts.push_back(fmt::format("{} for {} at {}", NumberText(*point.predicted),
                                NumberText(point.y), FormatCount(point.x)));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

void AddLaws(const ExperimentFit& fit, TextPage* page) {
  const auto fitted =
      std::ranges::find(fit.series, FitStatus::kOk, &CurveSeries::status);
  if (fitted == fit.series.end()) return;
  std::vector<std::string> head = {HeadOf(fit), "runs"};
  for (const auto& coefficient : fitted->law->coefficients) {
    head.push_back(coefficient.name);
  }
  page->Line(fitted->law->formula + ", with 95 % profile intervals");
  TextTable table(head);
  for (const CurveSeries& series : fit.series) {
    if (series.status != FitStatus::kOk) continue;
    std::vector<std::string> row = {LabelOf(fit, series),
                                    fmt::format("{}", series.law->points)};
    for (const auto& coefficient : series.law->coefficients) {
      row.push_back(CoefficientText(coefficient));
    }
    table.AddRow(row);
  }
  page->Table(table);
  for (const CurveSeries& series : fit.series) {
    const std::string predicted = PredictedText(series);
    if (predicted.empty()) continue;
    page->Line(fmt::format("{}predicted from smaller ones: {}",
                           PrefixOf(fit, series), predicted));
  }
}

void AddCrossings(const ExperimentFit& fit, TextPage* page) {
  TextTable table({HeadOf(fit), "passes at", "between", ""});
  bool any = false;
  for (const CurveSeries& series : fit.series) {
    if (!series.crossing) continue;
    any = true;
    const Crossing& crossing = *series.crossing;
    table.AddRow({LabelOf(fit, series), FormatCount(crossing.x),
                  fmt::format("{} and {}", FormatCount(crossing.before),
                              FormatCount(crossing.after)),
                  crossing.downwards ? "down" : "up"});
  }
  if (any) page->Table(table);
}

void AddEquivalences(const ExperimentFit& fit, TextPage* page) {
  TextTable table({HeadOf(fit), "runs", "x there / x here", "95 % interval"});
  bool any = false;
  for (const CurveSeries& series : fit.series) {
    if (!series.equivalence) continue;
    any = true;
    const Equivalence& found = *series.equivalence;
    table.AddRow({LabelOf(fit, series), fmt::format("{}", found.runs),
                  FormatNumber(found.ratio),
                  found.low ? fmt::format("{} to {}", FormatNumber(*found.low),
                                          FormatNumber(*found.high))
                            : std::string("of one run none")});
  }
  if (any) page->Table(table);
}

std::string PassedInWords(const AnalysisRequest& request) {
  const auto* path = std::get_if<std::string>(&request.passes);
  return path != nullptr ? *path
                         : FormatNumber(std::get<double>(request.passes));
}

}  // namespace

Json SeriesJson(const ExperimentFit& fit, const CurveSeries& series) {
  Json runs = Json::array();
  for (const SeriesPoint& point : series.points) {
    Json run = Json::object();
    PutNumber(&run, "x", point.x);
    PutNumber(&run, "y", point.y);
    if (point.passes) PutNumber(&run, "passes", *point.passes);
    if (point.predicted) PutNumber(&run, "predicted", *point.predicted);
    runs.push_back(std::move(run));
  }
  Json json{{"of", series.of},
            {"runs", std::move(runs)},
            {"missing", series.missing},
            {"left_out", series.left_out}};
  json.update(StatusJson(series.status, series.reason));
  if (series.law) json["law"] = LawJson(*series.law, fit.objective);
  if (series.crossing) {
    Json crossing{{"downwards", series.crossing->downwards}};
    PutNumber(&crossing, "x", series.crossing->x);
    PutNumber(&crossing, "before", series.crossing->before);
    PutNumber(&crossing, "after", series.crossing->after);
    json["crossing"] = std::move(crossing);
  }
  if (const auto& equivalence = series.equivalence) {
    Json ratio{{"runs", equivalence->runs}};
    PutNumber(&ratio, "ratio", equivalence->ratio);
    if (equivalence->low) PutNumber(&ratio, "low", *equivalence->low);
    if (equivalence->high) PutNumber(&ratio, "high", *equivalence->high);
    json["equivalence"] = std::move(ratio);
  }
  return json;
}

Json ToJson(const std::vector<ExperimentFit>& experiments) {
  Json list = Json::array();
  for (const ExperimentFit& fit : experiments) {
    Json series = Json::array();
    for (const CurveSeries& curve : fit.series) {
      series.push_back(SeriesJson(fit, curve));
    }
    list.push_back({{"name", fit.request.name},
                    {"analysis", NameOf(fit.request.law)},
                    {"value", fit.request.value},
                    {"over", fit.request.over},
                    {"series", std::move(series)}});
  }
  return list;
}

void AddExperiments(const std::vector<ExperimentFit>& experiments,
                    TextPage* page) {
  for (const ExperimentFit& fit : experiments) {
    const AnalysisRequest& request = fit.request;
    page->Heading(fmt::format("Analysis {}", request.name));
    const std::string what =
        fmt::format("{} over {}", request.value, request.over);
    if (request.law == AnalysisLaw::kCrossing) {
      page->Line(what + ", where it passes " + PassedInWords(request));
      AddCrossings(fit, page);
    } else if (request.law == AnalysisLaw::kEquivalent) {
      page->Line(fmt::format("{}, compared at the same y with the curve of {}",
                             what, request.against.dump()));
      AddEquivalences(fit, page);
    } else {
      page->Line(what);
      AddLaws(fit, page);
    }
    for (const CurveSeries& series : fit.series) {
      if (series.status == FitStatus::kOk) continue;
      page->Line(fmt::format("{}not supported by these runs: {}",
                             PrefixOf(fit, series), series.reason));
    }
  }
}

}  // namespace isoflop
