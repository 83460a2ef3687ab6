#include <fmt/format.h>

#include "analysis/report/certificate_text.h"
#include "analysis/report/number_text.h"
#include "analysis/report/recipe_report.h"
#include "analysis/report/setting_report.h"
#include "analysis/report/text_page.h"

namespace isoflop {
namespace {

const std::string& ReferenceName(const RecipeComparison& comparison) {
  return comparison.recipes[static_cast<std::size_t>(comparison.reference)]
      .name;
}

bool IsReference(const RecipeComparison& comparison,
                 const RecipeResult& recipe) {
  return &recipe ==
         &comparison.recipes[static_cast<std::size_t>(comparison.reference)];
}

void AddLaw(const RecipeComparison& comparison, TextPage* page) {
  const Chinchilla& law =
      comparison.recipes[static_cast<std::size_t>(comparison.reference)].law;
  page->Line(fmt::format("L = {} + {} / (rho_N N)^{} + {} / (rho_D D)^{}",
                         FormatNumber(law.E), FormatNumber(law.A),
                         FormatNumber(law.alpha), FormatNumber(law.B),
                         FormatNumber(law.beta)));
  page->Line(CertificateInWords(comparison.joint.certificate));
}

void AddTable(const RecipeComparison& comparison, TextPage* page) {
  TextTable table({"recipe", "runs", "rho_N", "rho_D", "compute multiplier"});
  for (const RecipeResult& recipe : comparison.recipes) {
    table.AddRow({recipe.name, std::to_string(recipe.runs),
                  FormatNumber(recipe.params_efficiency.value),
                  FormatNumber(recipe.tokens_efficiency.value),
                  FormatNumber(recipe.compute_multiplier.value)});
    if (!recipe.compute_multiplier.spread) continue;
    table.AddRow({"", "",
                  IntervalOrNothing(recipe.params_efficiency, FormatNumber),
                  IntervalOrNothing(recipe.tokens_efficiency, FormatNumber),
                  IntervalOrNothing(recipe.compute_multiplier, FormatNumber)});
  }
  page->Table(table);
}

std::string VerdictLine(const RecipeComparison& comparison,
                        const RecipeResult& recipe) {
  const std::string& reference = ReferenceName(comparison);
  const std::string times =
      FormatNumber(recipe.compute_multiplier.value) + " " +
      IntervalOrNothing(recipe.compute_multiplier, FormatNumber);
  if (!recipe.verdict) {
    return fmt::format(
        "{}: no interval, so whether it differs from {} is not "
        "known",
        recipe.name, reference);
  }
  switch (*recipe.verdict) {
    case Verdict::kBetter:
    case Verdict::kWorse:
      return fmt::format(
          "{} is {}: for the loss that it reaches, {} needs {} times its "
          "compute",
          recipe.name, NameOf(*recipe.verdict), reference, times);
    case Verdict::kIndistinguishable:
      break;
  }
  return fmt::format(
      "{} and {} cannot be told apart by these runs: the interval of the "
      "compute multiplier, {}, includes 1",
      recipe.name, reference, times);
}

void AddVerdicts(const RecipeComparison& comparison, TextPage* page) {
  page->Heading("Can the data tell them apart?");
  for (const RecipeResult& recipe : comparison.recipes) {
    if (IsReference(comparison, recipe)) continue;
    page->Line(VerdictLine(comparison, recipe));
  }
}

void AddTest(std::string_view question, const SharingTest& test,
             TextPage* page) {
  if (test.status != FitStatus::kOk) {
    page->Line(fmt::format("{}: not tested: {}", question, test.reason));
    return;
  }
  page->Line(fmt::format("{}: {}; F({}, {}) = {:.3g}, p = {:.2g}, AICc {:+.1f}",
                         question, test.p_value < 0.05 ? "no" : "not refuted",
                         test.numerator, test.denominator, test.F, test.p_value,
                         test.delta_aicc));
}

void AddOwnExponents(const RecipeComparison& comparison, TextPage* page) {
  TextTable table({"recipe", "C", "decades beyond the data",
                   "compute multiplier", "95 % interval"});
  bool any = false;
  for (const RecipeResult& recipe : comparison.recipes) {
    for (const BudgetMultiplier& budget : recipe.budgets) {
      any = true;
      table.AddRow({recipe.name, FormatScientific(budget.flops),
                    fmt::format("{:.2f}", budget.decades),
                    FormatNumber(budget.multiplier.value),
                    IntervalOrNothing(budget.multiplier, FormatNumber)});
    }
  }
  if (!any) return;
  page->Space();
  page->Line("With exponents of each recipe's own, " +
             CertificateInWords(comparison.separate.certificate));
  page->Table(table);
}

std::string IntervalsLine(const RecipeComparison& comparison) {
  if (!comparison.resampling) return "no bootstrap, so no intervals";
  const Resampling& resampling = *comparison.resampling;
  return fmt::format(
      "95 % intervals in brackets: {} bootstrap resamples of {} {} {}s, seed "
      "{}, {}",
      resampling.resamples, resampling.units,
      comparison.paired ? "paired" : "unpaired", NameOf(resampling.unit),
      resampling.seed,
      comparison.failed == 0
          ? "all determined"
          : fmt::format("{} not determined", comparison.failed));
}

}  // namespace

std::string CompareText(const RecipeComparison& comparison, std::size_t width) {
  TextPage page(width);
  page.Heading(
      fmt::format("Recipes by {} in {}", comparison.by, comparison.source));
  page.Line(fmt::format("{} recipes; the reference is {}",
                        comparison.recipes.size(), ReferenceName(comparison)));
  if (comparison.status != FitStatus::kOk) {
    page.Line("unsupported: " + comparison.reason);
    if (comparison.optima) AddOptima(comparison.by, *comparison.optima, &page);
    page.List("Warnings", comparison.warnings);
    page.List("Notes", comparison.notes);
    return page.text();
  }
  page.Line(IntervalsLine(comparison));
  page.Heading(fmt::format("Joint law ({})", InWords(comparison.loss_unit)));
  AddLaw(comparison, &page);
  page.Space();
  AddTable(comparison, &page);
  AddVerdicts(comparison, &page);
  page.Heading("What the recipes have in common");
  AddTest("one law for all", comparison.same_law, &page);
  AddTest("the same exponents", comparison.same_exponents, &page);
  AddOwnExponents(comparison, &page);
  if (comparison.optima) AddOptima(comparison.by, *comparison.optima, &page);
  page.List("Warnings", comparison.warnings);
  page.List("Notes", comparison.notes);
  return page.text();
}

}  // namespace isoflop
