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

namespace isoflop {
namespace {

/// The settings in which the curves of an analysis differ.
std::string LabelOf(const ExperimentFit& fit, const CurveSeries& series) {
  std::vector<std::string> settings;
  for (const auto& item : series.of.items()) {
    const bool same =
        std::ranges::all_of(fit.series, [&](const CurveSeries& other) {
          return other.of.value(item.key(), Json()) == item.value();
        });
    if (same) continue;
    const std::string value = item.value().is_string()
                                  ? item.value().get<std::string>()
                                  : item.value().dump();
    settings.push_back(fmt::format(
        "{} {}", item.key().substr(item.key().find('.') + 1), value));
  }
  return fmt::format("{}", fmt::join(settings, ", "));
}

std::string NumberText(double value) {
  return value < 0.0 ? "-" + FormatNumber(-value) : FormatNumber(value);
}

/// "0.42 [0.3, 0.5]", an end that the data do not bound left open.
std::string CoefficientText(const LawCoefficient& coefficient) {
  const std::string value = NumberText(coefficient.value);
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
  std::vector<std::string> head = {"", "runs"};
  for (const auto& coefficient : fitted->law->coefficients) {
    head.push_back(coefficient.name);
  }
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
    const std::string label = LabelOf(fit, series);
    page->Line(fmt::format("{}{}predicted from smaller ones: {}", label,
                           label.empty() ? "" : ": ", predicted));
  }
}

void AddCrossings(const ExperimentFit& fit, TextPage* page) {
  TextTable table({"", "passes at", "between", ""});
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
    const bool crossing = fit.request.law == AnalysisLaw::kCrossing;
    page->Heading(fmt::format("Analysis {}", fit.request.name));
    std::string what =
        fmt::format("{} over {}", fit.request.value, fit.request.over);
    if (crossing) what += ", where it passes " + PassedInWords(fit.request);
    page->Line(what);
    if (crossing) {
      AddCrossings(fit, page);
    } else {
      for (const CurveSeries& series : fit.series) {
        if (!series.law) continue;
        page->Line(series.law->formula + ", with 95 % profile intervals");
        break;
      }
      AddLaws(fit, page);
    }
    for (const CurveSeries& series : fit.series) {
      if (series.status == FitStatus::kOk) continue;
      const std::string label = LabelOf(fit, series);
      page->Line(fmt::format("{}{}not supported by these runs: {}", label,
                             label.empty() ? "" : ": ", series.reason));
    }
  }
}

}  // namespace isoflop
