// `isoflop report`: a fit or a sweep as a page with pictures, or the pictures
// alone.

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/page/page.h"
#include "apps/isoflop/commands.h"
#include "apps/isoflop/output_file.h"
#include "apps/isoflop/rasteriser.h"
#include "apps/isoflop/report_source.h"
#include "apps/isoflop/terminal.h"
#include "lib/core/error.h"
#include "lib/core/files.h"
#include "lib/core/names.h"
#include "lib/core/standard_streams.h"
#include "lib/plot/draw.h"
#include "lib/plot/xml.h"

namespace isoflop {

enum class ReportFormat { kHtml, kSvg, kPng };
constexpr std::array<NamedValue<ReportFormat>, 3> EnumNames(ReportFormat) {
  return {{{ReportFormat::kHtml, "html"},
           {ReportFormat::kSvg, "svg"},
           {ReportFormat::kPng, "png"}}};
}

namespace {

namespace fs = std::filesystem;

struct ReportArgs {
  std::string path;
  OutputFile output;
  std::string format = "html";
};

/// Within a sweep directory; beside a file, and beside a directory that has to
/// stay empty.
fs::path DefaultOutput(const ReportSource& source, ReportFormat format) {
  const bool page = format == ReportFormat::kHtml;
  const fs::path path(source.path);
  if (source.sweep) return path / (page ? "report.html" : "figures");
  const bool folder = IsEmptyFolder(path);
  const fs::path stem = folder ? path : path.parent_path() / path.stem();
  return stem.string() + (page ? ".report.html" : ".figures");
}

/// What the beginning of a file says that it is.
Existing ComparePage(const fs::path& path, const ReportSource& source) {
  const std::string there = ReadFile(path);
  const std::string_view head = std::string_view(there).substr(0, 4000);
  const std::string mark =
      fmt::format("name=\"generator\" content=\"{}", kReportMark);
  if (head.find(mark) == std::string_view::npos) return Existing::kForeign;
  const std::string name = fmt::format("name=\"isoflop-source\" content=\"{}\"",
                                       XmlText(SourceName(source)));
  return head.find(name) == std::string_view::npos ? Existing::kOtherSource
                                                   : Existing::kOwn;
}

void WritePage(const ReportSource& source, const OutputFile& output) {
  RequireMayWrite(output, [&source](const fs::path& path) {
    return ComparePage(path, source);
  });
  WriteFileAtomically(output.path, ReportPage(source));
  SayWritten(output.path.string());
}

/// A picture is this command's if its SVG is.
Existing CompareFigure(fs::path path, const Figure& figure) {
  const fs::path svg = path.replace_extension(".svg");
  const auto there = ReadFileIfAny(svg);
  const std::string mark = fmt::format("id=\"isoflop-{}\"", figure.id);
  return there && there->find(mark) != std::string::npos ? Existing::kOwn
                                                         : Existing::kForeign;
}

void WriteFigures(const ReportSource& source, const OutputFile& folder,
                  ReportFormat format) {
  const std::vector<Figure> figures = FiguresOf(source);
  Require(!figures.empty(),
          "{}: there is nothing to draw yet; `isoflop report` without --format "
          "says what is missing",
          source.path);
  const bool png = format == ReportFormat::kPng;
  if (png) RequireRasteriser();
  MakeDirectories(folder.path);
  for (const Figure& figure : figures) {
    OutputFile svg = folder;
    svg.path = folder.path / (figure.id + ".svg");
    OutputFile picture = svg;
    picture.path.replace_extension(".png");
    for (const OutputFile& output : {svg, picture}) {
      if (!png && output.path == picture.path) continue;
      RequireMayWrite(output, [&figure](const fs::path& path) {
        return CompareFigure(path, figure);
      });
    }
    WriteFileAtomically(svg.path, FigureSvg(figure, SizeOf(figure)));
    if (png) Rasterise(svg.path, picture.path);
    SayWritten((png ? picture : svg).path.string());
  }
}

ExitCode RunReport(const ReportArgs& args) {
  const auto format = *FromName<ReportFormat>(args.format);
  const ReportSource source = SourceAt(args.path);
  OutputFile output = args.output;
  output.inputs = InputsOf(args.path);
  if (source.sweep) output.inputs.push_back(fs::path(args.path) / "fit.json");
  if (output.path.empty()) output.path = DefaultOutput(source, format);
  if (format == ReportFormat::kHtml) {
    WritePage(source, output);
  } else {
    WriteFigures(source, output, format);
  }
  return ExitCode::kOk;
}

}  // namespace

void AddReportCommand(CLI::App& app, ExitCode* exit_code) {
  auto args = std::make_shared<ReportArgs>();
  CLI::App* command = app.add_subcommand(
      "report", "Write a page with figures of a sweep or a fit");
  command->add_option("path", args->path, "Sweep directory, or a fit.json")
      ->required();
  command->add_option("-o,--output", args->output.path,
                      "File to write (default: DIR/report.html, or "
                      "FIT.report.html); of --format svg and png the folder "
                      "(default: DIR/figures, or FIT.figures)");
  AddForceOption(command, &args->output);
  command
      ->add_option("--format", args->format,
                   "html | svg | png: one page, or each figure alone, for a "
                   "paper")
      ->check(CLI::IsMember({"html", "svg", "png"}))
      ->capture_default_str();
  command->footer(
      "Example:\n  isoflop report runs/demo\n"
      "  isoflop report fit.json -o law.html\n"
      "  isoflop report runs/demo --format svg -o figures");
  command->callback([args, exit_code] { *exit_code = RunReport(*args); });
}

}  // namespace isoflop
