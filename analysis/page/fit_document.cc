#include "analysis/page/fit_document.h"

#include <algorithm>

#include "analysis/observe/budgets.h"
#include "analysis/page/json_view.h"
#include "analysis/report/certificate_text.h"
#include "analysis/report/fit_json.h"
#include "lib/core/error.h"
#include "lib/core/names.h"
#include "lib/core/quote.h"
#include "lib/core/transformed.h"
#include "lib/data/example.h"

namespace isoflop {
namespace {

double NumberOr(const JsonView& view, double otherwise) {
  return view.number().value_or(otherwise);
}

/// A count, whatever a file says: no more than an int holds.
int CountOf(const JsonView& view) {
  return static_cast<int>(std::clamp(NumberOr(view, 0.0), 0.0, 2e9));
}

std::optional<Extent> ExtentOf(const JsonView& view) {
  const auto ends = view.items();
  if (ends.size() != 2) return std::nullopt;
  const auto low = ends[0].number();
  const auto high = ends[1].number();
  if (!low || !high) return std::nullopt;
  return Extent{*low, *high};
}

/// A value of an object that keeps its intervals in "interval95".
std::optional<DocumentNumber> NumberIn(const JsonView& object,
                                       const char* key) {
  const auto value = object[key].number();
  if (!value) return std::nullopt;
  return DocumentNumber{*value, ExtentOf(object["interval95"][key])};
}

/// {"estimate", "interval95"}
DocumentNumber EstimateOf(const JsonView& view) {
  return {NumberOr(view["estimate"], 0.0), ExtentOf(view["interval95"])};
}

bool IsSupported(const JsonView& section) {
  return section && section["status"].text().value_or("ok") == "ok";
}

/// None where a coefficient is missing, or such that there is no law.
std::optional<Chinchilla> LawOf(const JsonView& view) {
  const auto E = view["E"].number();
  const auto A = view["A"].number();
  const auto B = view["B"].number();
  const auto alpha = view["alpha"].number();
  const auto beta = view["beta"].number();
  if (!E || !A || !B || !alpha || !beta) return std::nullopt;
  if (*E < 0.0 || *A <= 0.0 || *B <= 0.0 || *alpha <= 0.0 || *beta <= 0.0) {
    return std::nullopt;
  }
  return Chinchilla{*E, *A, *B, *alpha, *beta};
}

std::string ParamsInWords(const std::string& kind) {
  if (kind == "total") return "all parameters";
  if (kind == "non_embedding") return "parameters without embeddings";
  return "parameters as the table counts them";
}

void ReadSource(const JsonView& view, FitDocument* fit) {
  fit->source = view["source"].text_or_none();
  fit->read = CountOf(view["read"]);
  fit->dropped = CountOf(view["dropped"]);
  fit->used = CountOf(view["used"]);
  fit->params_in_words = ParamsInWords(view["params"].text_or_none());
  fit->loss_unit = FromName<LossUnit>(view["loss_unit"].text_or_none())
                       .value_or(LossUnit::kNats);
  fit->loss_unit_in_words = InWords(fit->loss_unit);
  const auto smallest = view["smallest_flops"].number();
  const auto largest = view["largest_flops"].number();
  if (smallest && largest) fit->flops = Extent{*smallest, *largest};
  fit->has_curve_only = static_cast<bool>(view["x"]);
}

DocumentRun RunOf(const JsonView& view) {
  DocumentRun run{.run = static_cast<std::size_t>(CountOf(view["run"])),
                  .N = NumberOr(view["params"], 0.0),
                  .D = NumberOr(view["tokens"], 0.0),
                  .C = NumberOr(view["flops"], 0.0),
                  .L = NumberOr(view["loss"], 0.0),
                  .loss_std = view["loss_std"].number(),
                  .budget = {}};
  if (view["budget"]) {
    run.budget = static_cast<std::size_t>(CountOf(view["budget"]));
  }
  return run;
}

/// A run that does not say its budget is of the nearest within this, in ln C.
constexpr double kBudgetReach = 0.1;

void ReadRuns(const JsonView& root, FitDocument* fit) {
  const JsonView residuals = root["diagnostics"]["residuals"];
  for (const JsonView& view : residuals.items()) {
    const DocumentRun run = RunOf(view);
    fit->residuals.push_back(
        {run.N, run.D, run.C, NumberOr(view["log_residual"], 0.0)});
  }
  const auto budgets = Transformed(fit->budgets, &DocumentBudget::flops);
  const bool told = static_cast<bool>(root["runs"]);
  for (const JsonView& view : (told ? root["runs"] : residuals).items()) {
    DocumentRun run = RunOf(view);
    if (!told) run.budget = NearestBudget(budgets, run.C, kBudgetReach);
    if (run.budget && *run.budget >= fit->budgets.size()) run.budget.reset();
    fit->runs.push_back(run);
  }
}

Certificate CertificateOf(const JsonView& view) {
  return {.starts = CountOf(view["starts"]),
          .agreeing = CountOf(view["agreeing"]),
          .distinct_minima = CountOf(view["distinct_minima"]),
          .sample = CountOf(view["sample"]),
          .gradient_norm = NumberOr(view["gradient_norm"], 0.0),
          .condition_number = view["condition_number"].number(),
          .converged = view["converged"].flag().value_or(false)};
}

void ReadProfiles(const JsonView& section, FitDocument* fit) {
  for (const auto& [name, view] : section["profile95"].members()) {
    DocumentProfile profile{
        .name = name,
        .estimate = NumberOr(section["estimate"][name], 0.0),
        .rise = NumberOr(view["rise"], 0.0),
        .low = view["low"].number(),
        .high = view["high"].number(),
        .points = {}};
    for (const JsonView& row : view["points"].items()) {
      if (const auto point = ExtentOf(row)) {
        profile.points.push_back({point->low, point->high});
      }
    }
    fit->profiles.push_back(std::move(profile));
  }
}

void ReadLaw(const JsonView& root, FitDocument* fit) {
  const JsonView section = root["chinchilla"];
  fit->asked_for_law = static_cast<bool>(section);
  if (!IsSupported(section)) {
    fit->law_reason = section["reason"].text_or_none();
    return;
  }
  fit->law = LawOf(section["estimate"]);
  if (!fit->law) {
    fit->law_reason = "its coefficients make no law";
    return;
  }
  if (section["certificate"]) {
    const Certificate certificate = CertificateOf(section["certificate"]);
    fit->certificate = CertificateInWords(certificate);
    fit->certified = certificate.certified();
  }
  const JsonView bootstrap = section["bootstrap"];
  for (const auto& [name, ends] : bootstrap["interval95"].members()) {
    if (const auto extent = ExtentOf(ends)) fit->law_intervals[name] = *extent;
  }
  ReadProfiles(section, fit);
}

void ReadDraws(const JsonView& root, FitDocument* fit) {
  const JsonView resampling = root["resampling"];
  fit->resamples = CountOf(resampling["resamples"]);
  fit->units = CountOf(resampling["units"]);
  fit->unit = resampling["unit"].text_or_none();
  for (const JsonView& row : root["draws"].items()) {
    std::vector<double> c;
    for (const JsonView& item : row.items()) c.push_back(NumberOr(item, 0.0));
    const bool law =
        c.size() == 5 && c[1] > 0.0 && c[2] > 0.0 && c[3] > 0.0 && c[4] > 0.0;
    if (law) fit->draws.push_back({c[0], c[1], c[2], c[3], c[4]});
  }
}

DocumentApproach ApproachOf(const JsonView& section) {
  DocumentApproach approach;
  if (!IsSupported(section)) {
    approach.reason = section["reason"].text_or_none();
    return approach;
  }
  approach.exponents = {EstimateOf(section["a"]), EstimateOf(section["b"]),
                        NumberOr(section["params_coefficient"], 0.0),
                        NumberOr(section["tokens_coefficient"], 0.0)};
  return approach;
}

std::optional<Parabola> ParabolaOf(const JsonView& view) {
  if (!view) return std::nullopt;
  return Parabola{NumberOr(view["center"], 0.0), NumberOr(view["c0"], 0.0),
                  NumberOr(view["c1"], 0.0), NumberOr(view["c2"], 0.0)};
}

void ReadBudgets(const JsonView& section, FitDocument* fit) {
  fit->asked_for_budgets = static_cast<bool>(section);
  fit->isoflop = ApproachOf(section);
  for (const JsonView& view : section["budgets"].items()) {
    fit->budgets.push_back(
        {.flops = NumberOr(view["flops"], 0.0),
         .status = view["status"].text_or_none(),
         .sizes = static_cast<std::size_t>(CountOf(view["sizes"])),
         .parabola = ParabolaOf(view["parabola"]),
         .N = NumberIn(view, "params_opt"),
         .D = NumberIn(view, "tokens_opt"),
         .L = NumberIn(view, "loss_opt")});
  }
}

void ReadEnvelope(const JsonView& section, FitDocument* fit) {
  fit->envelope = ApproachOf(section);
  for (const JsonView& view : section["optima_at"].items()) {
    fit->envelope_optima.push_back({NumberOr(view["flops"], 0.0),
                                    NumberOr(view["params_opt"], 0.0),
                                    NumberOr(view["tokens_opt"], 0.0)});
  }
}

void ReadHoldouts(const JsonView& list, FitDocument* fit) {
  for (const JsonView& view : list.items()) {
    DocumentHoldout test{
        .reason = view["reason"].text_or_none(),
        .above_flops = NumberOr(view["above_flops"], 0.0),
        .fitted = CountOf(view["fitted"]),
        .held_out = CountOf(view["held_out"]),
        .law = LawOf(view["estimate"]),
        .extrapolation_decades = NumberOr(view["extrapolation_decades"], 0.0),
        .mean_absolute_error = NumberOr(view["mean_absolute_error"], 0.0)};
    fit->holdouts.push_back(std::move(test));
  }
}

void ReadAllocations(const JsonView& list, FitDocument* fit) {
  for (const JsonView& view : list.items()) {
    const auto N = NumberIn(view, "params_opt");
    const auto D = NumberIn(view, "tokens_opt");
    const auto ratio = NumberIn(view, "tokens_per_param");
    const auto loss = NumberIn(view, "loss");
    if (!N || !D || !ratio || !loss) continue;
    fit->allocations.push_back({NumberOr(view["flops"], 0.0), *N, *D, *ratio,
                                *loss,
                                NumberOr(view["extrapolation_decades"], 0.0)});
  }
}

}  // namespace

FitDocument ReadFitDocument(const Json& json, const std::string& source) {
  Require(json.is_object() && json.contains("schema"),
          "{}: not a fit: it has no \"schema\"; what is needed is a sweep "
          "directory, or the fit.json that `isoflop fit` writes",
          source);
  Require(json["schema"] == Json(kFitSchema),
          "{}: schema: must be \"{}\", got {}", source, kFitSchema,
          Quoted(json["schema"]));
  const JsonView root(json, source);
  FitDocument fit;
  fit.file = source;
  ReadSource(root["observations"], &fit);
  ReadLaw(root, &fit);
  ReadDraws(root, &fit);
  ReadBudgets(root["isoflop"], &fit);
  ReadEnvelope(root["envelope"], &fit);
  ReadRuns(root, &fit);
  ReadHoldouts(root["holdout"], &fit);
  ReadAllocations(root["allocations"], &fit);
  const JsonView diagnostics = root["diagnostics"];
  fit.misfit = diagnostics["misfit"]["in_words"].text_or_none();
  fit.warnings = diagnostics["warnings"].texts();
  fit.notes = diagnostics["notes"].texts();
  if (root["experiments"]) fit.experiments = *root["experiments"].json();
  return fit;
}

}  // namespace isoflop
