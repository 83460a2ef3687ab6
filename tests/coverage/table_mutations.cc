#include "tests/coverage/table_mutations.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <optional>
#include <set>

#include "analysis/fit/fit.h"
#include "analysis/observe/observation_reader.h"
#include "analysis/report/fit_words.h"
#include "lib/core/error.h"
#include "lib/core/random.h"
#include "lib/core/transformed.h"
#include "tests/coverage/mutations.h"
#include "tests/regress/synthetic.h"

namespace isoflop {
namespace {

constexpr double kShift = 2.0;  // half-widths
constexpr int kResamples = 200;
constexpr std::size_t kWarningBegin = 40;  // letters that tell warnings apart

BaseTable MakeTable(std::string name, const std::vector<Observation>& runs) {
  return {.name = std::move(name),
          .text = {.header = {"params", "tokens", "loss"},
                   .rows = Transformed(runs, [](const Observation& o) {
                     return std::vector<std::string>{
                         fmt::format("{:.10g}", o.N),
                         fmt::format("{:.10g}", o.D),
                         fmt::format("{:.6g}", o.L)};
                   })}};
}

/// The beginning of a warning, without numbers: what it is about.
std::string KindOf(const std::string& warning) {
  std::string kind;
  for (const char c : warning) {
    if (std::isalpha(static_cast<unsigned char>(c)) != 0) kind += c;
    if (kind.size() == kWarningBegin) break;
  }
  return kind;
}

/// What a fit says of a table.
struct Answer {
  double a = 0.0;
  double log_params_opt = 0.0;
  std::set<std::string> warnings;
};

struct HalfWidths {
  double a = 0.0;
  double log_params_opt = 0.0;
};

FitReport FitText(const std::string& text, double flops, int resamples) {
  FitOptions options;
  options.laws = {LawKind::kChinchilla, LawKind::kIsoflop};
  options.bootstrap.resamples = resamples;
  options.budgets_flops = {flops};
  return InWords(
      FitScalingLaws(ParseObservations(text, "table.csv").set, options));
}

std::optional<Answer> AnswerOf(const FitReport& report) {
  if (!Supported(report.chinchilla) || report.allocations.empty()) {
    return std::nullopt;
  }
  Answer answer{
      .a = ParamsExponent(report.chinchilla->law),
      .log_params_opt = std::log(report.allocations.front().params_opt.value),
      .warnings = {}};
  for (const std::string& warning : report.warnings) {
    answer.warnings.insert(KindOf(warning));
  }
  return answer;
}

/// A table with what its own fit says.
struct Fitted {
  const BaseTable* table;
  double largest_flops = 0.0;
  Answer answer;
  HalfWidths half;
};

double LargestFlops(const BaseTable& table) {
  const auto set = ParseObservations(CsvText(table.text), "table.csv").set;
  return std::ranges::max(ValuesOf(set.rows, &Observation::C));
}

Fitted FitBase(const BaseTable& table) {
  const double flops = LargestFlops(table);
  const FitReport report = FitText(CsvText(table.text), flops, kResamples);
  const auto answer = AnswerOf(report);
  Require(answer && report.chinchilla_bootstrap, "{}: has no law", table.name);
  const Interval& a = report.chinchilla_bootstrap->a.interval95;
  const Interval& params =
      report.allocations.front().params_opt.spread->interval95;
  return {.table = &table,
          .largest_flops = flops,
          .answer = *answer,
          .half = {.a = 0.5 * (a.high - a.low),
                   .log_params_opt = 0.5 * std::log(params.high / params.low)}};
}

bool Shifted(const Answer& answer, const Fitted& base) {
  return std::abs(answer.a - base.answer.a) > kShift * base.half.a ||
         std::abs(answer.log_params_opt - base.answer.log_params_opt) >
             kShift * base.half.log_params_opt;
}

/// Whether there is a warning that the table as it was does not have.
bool WarnsAnew(const Answer& answer, const Fitted& base) {
  return !std::ranges::includes(base.answer.warnings, answer.warnings);
}

void Try(const Mutation& mutation, const Fitted& base, std::uint64_t seed,
         MutationOutcome* outcome) {
  RandomStream random(seed);
  outcome->visibility = mutation.visibility;
  ++outcome->tables;
  try {
    const auto answer = AnswerOf(FitText(
        mutation.apply(base.table->text, &random), base.largest_flops, 0));
    if (!answer) {
      ++outcome->refused;
      return;
    }
    const bool warned = WarnsAnew(*answer, base);
    const bool shifted = Shifted(*answer, base);
    if (warned) ++outcome->warned;
    if (shifted) ++outcome->shifted;
    if (shifted && !warned) ++outcome->shifted_silent;
  } catch (const Error&) {
    ++outcome->refused;
  }
}

void AddPublished(const std::filesystem::path& file, const std::string& name,
                  const TableOptions& options, std::vector<BaseTable>* tables) {
  if (!std::filesystem::exists(file)) return;
  tables->push_back(MakeTable(name, ReadObservations(file, options).rows));
}

}  // namespace

std::vector<BaseTable> SyntheticTables() {
  constexpr Chinchilla kLaw{
      .E = 1.7, .A = 400.0, .B = 410.0, .alpha = 0.34, .beta = 0.28};
  const auto profiles =
      IsoflopGrid(kLaw, {1e18, 3e18, 1e19, 3e19, 1e20}, 7, 4.0);
  const auto grid = FullGrid(kLaw, Doubling(3e7, 6), Doubling(1e9, 6));
  return {MakeTable("profiles, noise .2 %", WithNoise(profiles, 0.002, 1)),
          MakeTable("grid, noise .5 %", WithNoise(grid, 0.005, 2))};
}

std::vector<BaseTable> PublishedTables(const std::filesystem::path& folder) {
  std::vector<BaseTable> tables;
  AddPublished(
      folder / "analyzing-chinchilla" / "svg_extracted_data.csv",
      "Besiroglu 2024",
      {.columns = {{"params", "Model Size"}, {"flops", "Training FLOP"}}},
      &tables);
  AddPublished(folder / "kyo-chinchilla" / "df.csv", "kyo-chinchilla", {},
               &tables);
  AddPublished(
      folder / "datablations" / "c4_fit182.csv", "Muennighoff 2023",
      {.columns = {{"tokens", "D_total_tokens"}, {"loss", "val_loss_C4"}}},
      &tables);
  for (const char* config : {"owt2/base/long/kaplan/standard/val",
                             "rw/base/long/kaplan/kaplan/train"}) {
    AddPublished(folder / "porian" / "isoflop_points.csv",
                 fmt::format("Porian 2024, {}", config),
                 {.columns = {{"params", "n"}, {"tokens", "t"}},
                  .choice = {.where = {ParseRowCondition(
                                 fmt::format("config={}", config))}}},
                 &tables);
  }
  return tables;
}

std::map<std::string, MutationOutcome> MutateTables(
    const std::vector<BaseTable>& tables, int count) {
  const std::vector<Fitted> bases = Transformed(tables, FitBase);
  const std::vector<Mutation>& mutations = AllMutations();
  std::map<std::string, MutationOutcome> outcomes;
  for (int i = 0; i < count; ++i) {
    const auto k = static_cast<std::size_t>(i);
    const Mutation& mutation = mutations[k % mutations.size()];
    Try(mutation, bases[k / mutations.size() % bases.size()],
        static_cast<std::uint64_t>(i), &outcomes[mutation.name]);
  }
  return outcomes;
}

MutationOutcome Sum(const std::map<std::string, MutationOutcome>& outcomes,
                    Visibility visibility) {
  MutationOutcome sum{.visibility = visibility};
  for (const auto& [name, outcome] : outcomes) {
    if (outcome.visibility != visibility) continue;
    sum.tables += outcome.tables;
    sum.refused += outcome.refused;
    sum.warned += outcome.warned;
    sum.shifted += outcome.shifted;
    sum.shifted_silent += outcome.shifted_silent;
  }
  return sum;
}

}  // namespace isoflop
