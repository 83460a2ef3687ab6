#include "analysis/page/reproduce.h"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/page/html.h"
#include "analysis/report/environment.h"
#include "lib/core/shell_word.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

constexpr std::size_t kLongestSweepFile = 200000;  // bytes that are shown

std::string SweepCommands(const SweepFacts& sweep) {
  const std::string dir = ShellWord(sweep.directory);
  return fmt::format("{}\nisoflop fit {}\nisoflop report {}\n", sweep.go_on,
                     dir, dir);
}

std::string TableCommands(const FitDocument& fit) {
  std::string command = "isoflop fit " + ShellWord(fit.source);
  if (fit.dropped > 0) {
    command += fmt::format(" --drop-largest-loss {}", fit.dropped);
  }
  if (fit.resamples > 0) {
    command += fmt::format(" --bootstrap {}", fit.resamples);
  }
  return fmt::format("{} -o {}\nisoflop report {}\n", command,
                     ShellWord(fit.file), ShellWord(fit.file));
}

/// "torch 2.6.0; blas OpenBLAS", as a result has it.
std::string Flat(const Json& object) {
  if (!object.is_object()) return WordOf(object);
  std::string text;
  for (const auto& item : object.items()) {
    text += fmt::format("{}{} {}", text.empty() ? "" : "; ", item.key(),
                        WordOf(item.value()));
  }
  return text;
}

HtmlTable Versions(const ReportSource& source) {
  HtmlTable table{.head = {"what", "which"}, .is_text = {true, true}};
  table.rows.push_back({"this report", "isoflop " ISOFLOP_VERSION});
  if (!source.sweep) return table;
  const Json environment = EnvironmentJson(source.sweep->results);
  const auto add = [&](const char* what, const char* key) {
    for (const Json& value : environment.at(key)) {
      table.rows.push_back({what, Flat(value)});
    }
  };
  add("trained on", "devices");
  add("trained by", "software");
  return table;
}

std::string SweepFile(const Json& sweep) {
  std::string text = ReadableText(sweep);
  const bool shortened = text.size() > kLongestSweepFile;
  text = Shortened(text, kLongestSweepFile);
  return "<details><summary>The sweep file</summary>\n" + Preformatted(text) +
         (shortened ? Element("p", "It goes on in sweep.json.") : "") +
         "</details>\n";
}

}  // namespace

std::string ReproduceSection(const ReportSource& source) {
  std::string html =
      "<section id=\"reproduce\">\n" + Element("h2", "The same again");
  if (source.sweep) {
    html += Preformatted(SweepCommands(*source.sweep));
    html += Element(
        "p",
        "SWEEP.json is the file below. The same file gives the same runs, and "
        "on processors of one class the same losses, bit for bit. Options of "
        "the fit beyond its defaults are not written down in fit.json.");
  } else {
    html += Preformatted(TableCommands(*source.fit));
    html += Element("p",
                    "Names of columns and other options of the fit are not "
                    "written down in fit.json: give those that it was made "
                    "with.");
  }
  html += ToHtml(Versions(source));
  if (source.sweep) html += SweepFile(source.sweep->sweep_file);
  return html + "</section>\n";
}

std::string CiteSection() {
  return "<section id=\"cite\">\n" + Element("h2", "How to cite") +
         Element("p",
                 "The program: isoflop " ISOFLOP_VERSION
                 ", a scaling-law experiment runner. With it, what it stands "
                 "on:") +
         BulletList(
             {"Hoffmann et al. 2022, Training compute-optimal large language "
              "models, arXiv:2203.15556: the law and Approaches 1 to 3",
              "Besiroglu et al. 2024, Chinchilla scaling: a replication "
              "attempt, arXiv:2404.10102: how the law is fitted, and its "
              "intervals",
              "Kaplan et al. 2020, Scaling laws for neural language models, "
              "arXiv:2001.08361: laws without an irreducible loss"}) +
         "</section>\n";
}

}  // namespace isoflop
