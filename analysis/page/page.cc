#include "analysis/page/page.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "analysis/page/figure_parts.h"
#include "analysis/page/findings.h"
#include "analysis/page/html.h"
#include "analysis/page/page_style.h"
#include "analysis/page/reproduce.h"
#include "analysis/page/run_table.h"
#include "analysis/page/warning_places.h"
#include "analysis/report/number_text.h"
#include "lib/core/shell_word.h"
#include "lib/core/text.h"
#include "lib/plot/xml.h"

namespace isoflop {
namespace {

/// The figures, and what there is to say where one is missing.
struct Gallery {
  std::vector<Figure> figures;
  std::vector<std::string> missing;
};

Gallery GalleryOf(const ReportSource& source) {
  Gallery gallery;
  for (const FigureKind& kind : FigureKinds()) {
    FigureOrReason made = kind.make(source);
    if (made.figure) {
      const std::string left_out = LeftOutInWords(*made.figure);
      if (!left_out.empty()) made.figure->caption.push_back(left_out);
      gallery.figures.push_back(std::move(*made.figure));
    } else if (!made.reason.empty()) {
      gallery.missing.push_back(fmt::format("{}: {}", kind.title, made.reason));
    }
  }
  return gallery;
}

std::string TitleOf(const ReportSource& source) {
  if (source.sweep) return source.sweep->plan.name;
  if (!source.fit) return "Nothing yet in " + source.path;
  const std::string& name = source.fit->source;
  const std::size_t slash = name.rfind('/');
  return "Scaling laws from " +
         (slash + 1 < name.size() ? name.substr(slash + 1) : name);
}

/// When the runs ended, to the day; nothing where none has.
std::string DatesOf(const SweepFacts& sweep) {
  std::string first;
  std::string last;
  for (const RunResult& run : sweep.results) {
    const std::string day = run.finished_at.substr(0, 10);
    if (day.empty()) continue;
    if (first.empty() || day < first) first = day;
    if (last.empty() || day > last) last = day;
  }
  if (first.empty()) return {};
  return first == last ? "Runs ended on " + first + "."
                       : fmt::format("Runs ended from {} to {}.", first, last);
}

std::vector<std::string> About(const ReportSource& source) {
  std::vector<std::string> lines;
  if (source.sweep) {
    const SweepFacts& sweep = *source.sweep;
    lines.push_back(fmt::format("Sweep {}, in {}. Task: {}", sweep.plan.name,
                                sweep.directory, sweep.plan.data.description));
    double seconds = 0.0;
    for (const RunResult& run : sweep.results) seconds += run.wall_seconds;
    lines.push_back(fmt::format(
        "{} planned in {}, {} ended well; {} of training in all. {}",
        Counted(sweep.tally.planned, "run"),
        Counted(sweep.plan.groups.size(), "group"), sweep.tally.ok,
        FormatDuration(seconds), DatesOf(sweep)));
  }
  if (!source.fit) return lines;
  const FitDocument& fit = *source.fit;
  std::string line =
      fmt::format("Fitted: {} of {} read from {}", Counted(fit.used, "run"),
                  fit.read, fit.source);
  if (fit.dropped > 0) {
    line += fmt::format(", the {} of largest loss left out", fit.dropped);
  }
  if (fit.flops) {
    line += fmt::format("; C from {} to {} FLOPs", FlopsText(fit.flops->low),
                        FlopsText(fit.flops->high));
  }
  if (!fit.has_curve_only) {
    line += fmt::format("; N counts {}; losses in {}", fit.params_in_words,
                        fit.loss_unit_in_words);
  }
  lines.push_back(line + ".");
  return lines;
}

std::string NumberCell(double value, const std::optional<Extent>& interval,
                       NumberFormat format) {
  if (!interval) return format(value);
  return fmt::format("{} [{}, {}]", format(value), format(interval->low),
                     format(interval->high));
}

std::string LawTable(const FitDocument& fit) {
  if (!fit.law) return {};
  const Chinchilla& law = *fit.law;
  HtmlTable table{.head = {"coefficient", "estimate [95 % interval]"},
                  .is_text = {true, false}};
  const auto add = [&](const char* name, const char* shown, double value) {
    const auto found = fit.law_intervals.find(name);
    table.rows.push_back({shown, NumberCell(value,
                                            found == fit.law_intervals.end()
                                                ? std::nullopt
                                                : std::optional(found->second),
                                            FormatNumber)});
  };
  add("E", "E", law.E);
  add("A", "A", law.A);
  add("B", "B", law.B);
  add("alpha", "\u03b1", law.alpha);
  add("beta", "\u03b2", law.beta);
  add("a", "a, the exponent of N*", ParamsExponent(law));
  return Element("h3", "The law: L = E + A/N^\u03b1 + B/D^\u03b2") +
         ToHtml(table) + Element("p", "The fit is " + fit.certificate + ".");
}

std::string AllocationTable(const FitDocument& fit) {
  if (fit.allocations.empty()) return {};
  HtmlTable table{
      .head = {"C (FLOPs)", "beyond the data", "N*", "D*", "D*/N*", "loss"}};
  for (const DocumentAllocation& at : fit.allocations) {
    table.rows.push_back(
        {FlopsText(at.C),
         at.extrapolation_decades > 0.0 ? DecadesText(at.extrapolation_decades)
                                        : "within",
         NumberCell(at.N.value, at.N.interval95, FormatCount),
         NumberCell(at.D.value, at.D.interval95, FormatCount),
         NumberCell(at.tokens_per_param.value, at.tokens_per_param.interval95,
                    FormatNumber),
         NumberCell(at.loss.value, at.loss.interval95, FormatNumber)});
  }
  return Element("h3", "Compute-optimal allocation") + ToHtml(table);
}

std::string WarningsHtml(const std::vector<std::string>& warnings) {
  if (warnings.empty()) return {};
  return "<div class=\"warn\"><strong>Warning</strong>\n" +
         BulletList(warnings) + "</div>\n";
}

std::string FigureHtml(const Figure& figure, std::size_t number,
                       const std::vector<std::string>& warnings) {
  std::string html = fmt::format("<figure id=\"figure-{}\">\n", figure.id);
  html += Element("h3", fmt::format("{}. {}", number, figure.title));
  html += WarningsHtml(warnings);
  html += fmt::format("<div class=\"panels {}\">\n",
                      figure.panels.size() == 1 ? "one" : "more");
  for (std::size_t i = 0; i < figure.panels.size(); ++i) {
    html += "<div class=\"panel\">" + PanelSvg(figure, i, SizeOf(figure)) +
            "</div>\n";
  }
  html += "</div>\n<figcaption>\n";
  for (const std::string& paragraph : figure.caption) {
    html += Element("p", paragraph);
  }
  return html + "</figcaption>\n</figure>\n";
}

std::string FigureSection(const Gallery& gallery,
                          const PlacedWarnings& warnings) {
  std::string html = "<section id=\"figures\">\n" + Element("h2", "Figures");
  std::size_t number = 0;
  for (const Figure& figure : gallery.figures) {
    const auto found = warnings.find(figure.id);
    html += FigureHtml(
        figure, ++number,
        found == warnings.end() ? std::vector<std::string>() : found->second);
  }
  if (!gallery.missing.empty()) {
    html += Element("h3", "Not drawn, and why") + BulletList(gallery.missing);
  }
  return html + "</section>\n";
}

/// What to do where something is missing.
std::vector<std::string> NextSteps(const ReportSource& source) {
  std::vector<std::string> steps;
  if (!source.sweep && !source.fit) {
    steps.push_back(
        "The directory is empty. Train a sweep into it: isoflop "
        "sweep SWEEP.json --fit -o " +
        ShellWord(source.path));
  }
  if (!source.sweep) return steps;
  const SweepFacts& sweep = *source.sweep;
  if (sweep.tally.pending() > 0) {
    steps.push_back(
        fmt::format("{} not trained yet. Go on with: {}",
                    sweep.tally.pending() == 1
                        ? "1 run is"
                        : fmt::format("{} runs are", sweep.tally.pending()),
                    sweep.go_on));
  }
  if (!source.fit && sweep.tally.ok > 0) {
    const std::string dir = ShellWord(sweep.directory);
    steps.push_back(fmt::format(
        "No law has been fitted. Fit, and write this page again: isoflop fit "
        "{} && isoflop report {}",
        dir, dir));
  }
  const bool varies = !AxesOf(sweep.plan).empty();
  if (source.fit && !varies && source.fit->read != sweep.tally.ok) {
    steps.push_back(fmt::format(
        "fit.json was made from {}, and {} have ended well by now: fit again "
        "with isoflop fit {}",
        Counted(source.fit->read, "run"), sweep.tally.ok,
        ShellWord(sweep.directory)));
  }
  for (const std::string& damage : sweep.damage) steps.push_back(damage);
  return steps;
}

std::string FoundSection(const ReportSource& source) {
  std::string paragraph;
  for (const std::string& sentence : Findings(source)) {
    paragraph += (paragraph.empty() ? "" : " ") + sentence;
  }
  std::string html = "<section id=\"found\">\n" +
                     Element("h2", "What was found") + "<p class=\"found\">" +
                     XmlText(paragraph) + "</p>\n";
  html += BulletList(NextSteps(source));
  if (source.fit) {
    html += LawTable(*source.fit) + AllocationTable(*source.fit);
  }
  return html + "</section>\n";
}

std::string RemarkSection(const ReportSource& source,
                          const PlacedWarnings& warnings) {
  std::string html;
  const auto rest = warnings.find("");
  if (rest != warnings.end()) {
    html += Element("h2", "Other warnings") + WarningsHtml(rest->second);
  }
  std::vector<std::string> notes;
  if (source.sweep) notes = source.sweep->plan.notes;
  if (source.fit) {
    notes.insert(notes.end(), source.fit->notes.begin(),
                 source.fit->notes.end());
  }
  if (!notes.empty()) html += Element("h2", "Notes") + BulletList(notes);
  if (html.empty()) return {};
  return "<section id=\"remarks\">\n" + html + "</section>\n";
}

}  // namespace

std::vector<Figure> FiguresOf(const ReportSource& source) {
  return GalleryOf(source).figures;
}

std::string SourceName(const ReportSource& source) {
  if (source.sweep) return source.sweep->plan.name;
  return source.fit ? source.fit->source : source.path;
}

std::string ReportPage(const ReportSource& source) {
  const Gallery gallery = GalleryOf(source);
  std::set<std::string> ids;
  for (const Figure& figure : gallery.figures) ids.insert(figure.id);
  const PlacedWarnings warnings = PlaceWarnings(
      source.fit ? source.fit->warnings : std::vector<std::string>(), ids);
  const std::string title = TitleOf(source);
  std::string html = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
      "<meta name=\"generator\" content=\"{} {}\"/>\n"
      "<meta name=\"isoflop-source\" content=\"{}\"/>\n"
      "<meta name=\"viewport\" content=\"width=device-width, "
      "initial-scale=1\"/>\n<title>{}</title>\n<style>\n{}</style>\n</head>\n"
      "<body>\n<main>\n<header>\n",
      kReportMark, ISOFLOP_VERSION, XmlText(SourceName(source)), XmlText(title),
      PageStyle());
  html += Element("h1", title);
  for (const std::string& line : About(source)) {
    html += "<p class=\"about\">" + XmlText(line) + "</p>\n";
  }
  html += "</header>\n" + FoundSection(source);
  if (source.sweep || source.fit) {
    html += FigureSection(gallery, warnings) + RemarkSection(source, warnings);
    html += RunSection(source) + ReproduceSection(source);
  }
  html += CiteSection();
  return html + "</main>\n</body>\n</html>\n";
}

}  // namespace isoflop
