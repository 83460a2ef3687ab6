#include "lib/record/metrics.h"

#include <fmt/format.h>

#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "lib/core/error.h"
#include "lib/core/object_reader.h"
#include "lib/core/seal.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

MetricsLine ParseLine(std::string_view text, const std::string& source) {
  MetricsLine line;
  // ToJson leaves out what is not finite: a loss that is missing was that.
  line.train_loss = std::numeric_limits<double>::infinity();
  line.grad_norm = std::numeric_limits<double>::infinity();
  Problems problems;
  const Json json = ParseSealed(text, source);
  ObjectReader reader(json, source, &problems);
  if (reader.Need("step")) reader.Read("step", &line.step, {0});
  if (reader.Need("tokens")) reader.Read("tokens", &line.tokens, {0});
  reader.Read("train_loss", &line.train_loss);
  if (reader.Need("lr")) reader.Read("lr", &line.lr);
  reader.Read("grad_norm", &line.grad_norm);
  reader.Read("tokens_per_second", &line.tokens_per_second);
  double eval_loss = 0.0;
  if (reader.Read("eval_loss", &eval_loss)) line.eval_loss = eval_loss;
  reader.Finish();
  problems.ThrowIfAny();
  return line;
}

/// Calls `use` with every line that has its '\n'; what comes after the last one
/// is torn.
void ForEachWholeLine(std::string_view text,
                      const std::function<void(std::string_view, int)>& use) {
  int number = 1;
  for (std::size_t start = 0; start < text.size(); ++number) {
    const std::size_t end = text.find('\n', start);
    if (end == std::string_view::npos) return;
    use(text.substr(start, end - start), number);
    start = end + 1;
  }
}

/// What is kept of a file.
struct Kept {
  std::string text;
  std::int64_t last_step = -1;
  std::vector<std::string> damage;  // a message for each line
};

/// Returns the lines of `text` up to the step `keep_until`, rising. A damaged
/// line is left out: the curve has a gap then, but the run goes on.
Kept Keep(std::string_view text, const std::string& source,
          std::int64_t keep_until) {
  Kept kept;
  ForEachWholeLine(text, [&](std::string_view line, int number) {
    const std::string place = fmt::format("{}:{}", source, number);
    try {
      const MetricsLine parsed = ParseLine(line, place);
      if (parsed.step > keep_until || parsed.step <= kept.last_step) return;
      kept.last_step = parsed.step;
      kept.text.append(line).append("\n");
    } catch (const Error& error) {
      kept.damage.emplace_back(error.what());
    }
  });
  return kept;
}

}  // namespace

Json ToJson(const MetricsLine& line) {
  Json json = {{"step", line.step}, {"tokens", line.tokens}};
  if (std::isfinite(line.train_loss)) json["train_loss"] = line.train_loss;
  json["lr"] = line.lr;
  if (std::isfinite(line.grad_norm)) json["grad_norm"] = line.grad_norm;
  json["tokens_per_second"] = line.tokens_per_second;
  if (line.eval_loss && std::isfinite(*line.eval_loss)) {
    json["eval_loss"] = *line.eval_loss;
  }
  return json;
}

MetricsLog::MetricsLog(const fs::path& path, std::int64_t keep_until)
    : file_(Trimmed(path, keep_until)) {}

/// Cuts the file; returns its path.
const fs::path& MetricsLog::Trimmed(const fs::path& path,
                                    std::int64_t keep_until) {
  const auto text = ReadFileIfAny(path);
  if (!text) return path;
  Kept kept = Keep(*text, path.string(), keep_until);
  if (kept.text != *text) WriteFileAtomically(path, kept.text);
  last_kept_ = kept.last_step;
  damage_ = std::move(kept.damage);
  return path;
}

void MetricsLog::Append(const MetricsLine& line) {
  // A resumed run makes steps again whose lines are there already.
  if (line.step > last_kept_) file_.AppendLine(SealedLine(ToJson(line)));
}

std::vector<MetricsLine> ReadMetrics(const fs::path& path) {
  std::vector<MetricsLine> lines;
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return lines;
  ForEachWholeLine(ReadFile(path), [&](std::string_view line, int number) {
    lines.push_back(
        ParseLine(line, fmt::format("{}:{}", path.string(), number)));
  });
  return lines;
}

std::vector<MetricsLine> JoinedCurve(std::vector<MetricsLine> trunk,
                                     std::int64_t branch_step,
                                     const std::vector<MetricsLine>& branch) {
  std::erase_if(trunk, [branch_step](const MetricsLine& line) {
    return line.step > branch_step;
  });
  trunk.insert(trunk.end(), branch.begin(), branch.end());
  return trunk;
}

}  // namespace isoflop
