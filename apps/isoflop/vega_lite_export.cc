#include "apps/isoflop/vega_lite_export.h"

#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "analysis/page/page.h"
#include "apps/isoflop/report_source.h"
#include "apps/isoflop/terminal.h"
#include "lib/core/error.h"
#include "lib/core/files.h"
#include "lib/core/json.h"
#include "lib/plot/vega_lite.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

// Vega-Lite allows no keys of others but in "usermeta".
constexpr std::string_view kFigureSchema = "isoflop.figure/1";

Json SpecificationOf(const Figure& figure, const std::string& source) {
  Json spec = VegaLiteOf(figure, SizeOf(figure));
  spec["usermeta"] = {{"schema", kFigureSchema},
                      {"figure", figure.id},
                      {"source", source},
                      {"caption", figure.caption}};
  return spec;
}

/// What is no JSON is not ours.
Existing CompareFigure(const fs::path& path, const Json& spec) {
  Json there;
  try {
    there = ReadJsonFile(path);
  } catch (const Error&) {
    return Existing::kForeign;
  }
  for (const char* key : {"/usermeta/schema", "/usermeta/figure"}) {
    if (TextAt(there, key) != TextAt(spec, key)) return Existing::kForeign;
  }
  const char* source = "/usermeta/source";
  return TextAt(there, source) == TextAt(spec, source) ? Existing::kOwn
                                                       : Existing::kOtherSource;
}

}  // namespace

void ExportFigures(const fs::path& path, const OutputFile& output) {
  RequireFolder(output, "vega-lite", "a file for each figure");
  const ReportSource source = SourceAt(path);
  const std::vector<Figure> figures = FiguresOf(source);
  Require(!figures.empty(),
          "{}: there is nothing to draw yet; `isoflop report` says what is "
          "missing",
          path.string());
  const std::string name = SourceName(source);
  std::vector<OutputFile> files(figures.size(), output);
  std::vector<Json> specs;
  for (std::size_t i = 0; i < figures.size(); ++i) {
    files[i].path = output.path / (figures[i].id + ".vl.json");
    specs.push_back(SpecificationOf(figures[i], name));
    RequireMayWrite(files[i], [&specs](const fs::path& there) {
      return CompareFigure(there, specs.back());
    });
  }
  MakeDirectories(output.path);
  for (std::size_t i = 0; i < files.size(); ++i) {
    WriteFileAtomically(files[i].path, ReadableText(specs[i]));
    SayWritten(files[i].path.string());
  }
}

}  // namespace isoflop
