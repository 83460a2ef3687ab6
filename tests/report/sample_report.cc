#include "tests/report/sample_report.h"

#include "analysis/report/fit_json.h"

namespace isoflop {
namespace {

Estimate Within(double value, double low, double high) {
  const double four_errors = high - low;
  return {.value = value,
          .spread = Spread{.standard_error = four_errors / 4.0,
                           .interval95 = {low, high},
                           .percentile95 = {low, high}}};
}

Spread Between(double low, double high) {
  return *Within(0.0, low, high).spread;
}

ChinchillaFit SampleFit() {
  ChinchillaFit fit;
  fit.status = FitStatus::kOk;
  fit.law = {
      .E = 1.1362, .A = 268.7, .B = 771.3, .alpha = 0.6724, .beta = 0.5709};
  fit.objective = 0.0781234;
  fit.rms_log_residual = 0.00331;
  fit.max_log_residual = 0.0109;
  fit.certificate = {.starts = 49,
                     .agreeing = 37,
                     .distinct_minima = 2,
                     .gradient_norm = 3e-16,
                     .condition_number = 4.2e4,
                     .converged = true};
  return fit;
}

ChinchillaBootstrap SampleBootstrap() {
  ChinchillaBootstrap bootstrap;
  bootstrap.failed = 1;
  bootstrap.escaped = 2;
  bootstrap.E = Between(1.1099, 1.1463);
  bootstrap.A = Between(61.3, 612.9);
  bootstrap.B = Between(458.2, 1873.0);
  bootstrap.alpha = Between(0.507, 0.762);
  bootstrap.beta = Between(0.530, 0.644);
  bootstrap.a = Between(0.429, 0.529);
  bootstrap.b = Between(0.471, 0.571);
  bootstrap.G = Between(0.211, 1.92);
  bootstrap.laws = {{1.1099, 61.3, 1873.0, 0.507, 0.644},
                    {1.1362, 268.7, 771.3, 0.6724, 0.5709},
                    {1.1463, 612.9, 458.2, 0.762, 0.53}};
  return bootstrap;
}

/// B is not bounded from above, and alpha is much as the bootstrap has it.
std::vector<LawCoefficient> SampleProfiles() {
  const ProfileInterval of_B{
      .low = 447.1,
      .high = std::nullopt,
      .rise = 3.1e-4,
      .points = {{447.1, 3.1e-4}, {771.3, 0.0}, {771.3e6, 2.7e-4}},
      .improvement = 0.0};
  const ProfileInterval of_alpha{
      .low = 0.5117,
      .high = 0.7702,
      .rise = 3.1e-4,
      .points = {{0.5117, 3.1e-4}, {0.6724, 0.0}, {0.7702, 3.1e-4}},
      .improvement = 0.0};
  return {{.name = "B", .value = 771.3, .profile = of_B},
          {.name = "alpha", .value = 0.6724, .profile = of_alpha}};
}

IsoflopBudget Interior(double flops, int points, Estimate N, Estimate D,
                       double loss) {
  IsoflopBudget budget;
  budget.flops = flops;
  budget.points = points;
  budget.sizes = points;
  budget.minimum = MinimumKind::kInterior;
  budget.parabola = Parabola{.center = 9.5, .c0 = loss, .c1 = 0.0, .c2 = 0.05};
  budget.params_opt = N;
  budget.tokens_opt = D;
  budget.loss_opt = Within(loss, loss - 0.004, loss + 0.004);
  budget.interior_resamples = 991;
  budget.params_opt_log_error = 0.05;
  budget.params_opt_log_variance = 0.0025;
  budget.weight = 400.0;
  budget.params_bias = -0.012;
  budget.params_opt_corrected = N.value / 0.988;
  budget.tokens_opt_corrected = D.value * 0.988;
  return budget;
}

IsoflopBudget Edge(double flops, int points) {
  IsoflopBudget budget;
  budget.flops = flops;
  budget.points = points;
  budget.sizes = points;
  budget.minimum = MinimumKind::kEdge;
  budget.parabola =
      Parabola{.center = 11.2, .c0 = 1.19, .c1 = 0.01, .c2 = 0.004};
  return budget;
}

IsoflopFit SampleIsoflop() {
  IsoflopFit fit;
  fit.status = FitStatus::kOk;
  fit.budgets = {Interior(2e10, 5, Within(10830, 9890, 12140),
                          Within(307.8e3, 275e3, 337e3), 1.5823),
                 Interior(4.31e10, 6, Within(14210, 13100, 15930),
                          Within(505e3, 451e3, 548e3), 1.4627),
                 Interior(2e11, 5, Within(29230, 27010, 33800),
                          Within(1.141e6, 0.986e6, 1.234e6), 1.3075),
                 Edge(9.28e11, 4)};
  fit.a = Within(0.452, 0.411, 0.522);
  fit.b = Within(0.548, 0.478, 0.589);
  fit.params_coefficient = 0.2411;
  fit.tokens_coefficient = 0.6913;
  fit.failed_resamples = 3;
  fit.weights = MinimumWeights::kInverseVariance;
  fit.a_unweighted = Within(0.449, 0.402, 0.531);
  fit.heterogeneity = Heterogeneity{
      .chi2 = 2.3, .degrees_of_freedom = 1, .p_value = 0.15, .tau = 0.021};
  fit.a_bias = -0.004;
  fit.a_corrected = 0.456;
  fit.bias_warning =
      "on the surface of Approach 3 sampled at these runs, the parabolas put "
      "N* off by up to -1.2 %";
  return fit;
}

EnvelopeFit SampleEnvelope() {
  EnvelopeFit fit;
  fit.status = FitStatus::kOk;
  fit.points = 6;
  fit.optima = {{2e10, 10800, 3.1e5, 1.0},
                {4.31e10, 14400, 5e5, 1.0},
                {9.28e10, 21000, 7.4e5, 1.0},
                {2e11, 30100, 1.1e6, 1.0}};
  fit.a = Within(0.534, 0.531, 0.672);
  fit.b = Within(0.466, 0.328, 0.469);
  fit.params_coefficient = 0.031;
  fit.tokens_coefficient = 5.4;
  return fit;
}

KaplanOffsetCurve SampleOffset(double E, double scale, double exponent) {
  KaplanOffsetCurve curve;
  curve.status = FitStatus::kOk;
  curve.E = Within(E, E - 0.02, E + 0.02);
  curve.scale = Within(scale, 0.5 * scale, 2.0 * scale);
  curve.exponent = Within(exponent, exponent - 0.1, exponent + 0.1);
  curve.rms_log_residual = 0.0021;
  curve.certificate = {.starts = 4,
                       .agreeing = 4,
                       .distinct_minima = 1,
                       .gradient_norm = 4e-16,
                       .condition_number = 3.1e5,
                       .converged = true};
  curve.failed_resamples = 12;
  return curve;
}

KaplanJointFit SampleJoint() {
  KaplanJointFit fit;
  fit.status = FitStatus::kOk;
  fit.selection = "all 32 runs";
  fit.points = 32;
  fit.N_c = Within(2.2e6, 1.4e6, 3.9e6);
  fit.D_c = Within(9.1e7, 5.5e7, 1.6e8);
  fit.alpha_N = Within(0.0712, 0.0643, 0.0791);
  fit.alpha_D = Within(0.0934, 0.0851, 0.1022);
  fit.rms_log_residual = 0.0142;
  fit.certificate = {.starts = 25,
                     .agreeing = 25,
                     .distinct_minima = 1,
                     .gradient_norm = 2e-13,
                     .condition_number = 2.2e6,
                     .converged = true};
  return fit;
}

KaplanJointFit SampleJointWithOffset() {
  KaplanJointFit fit = SampleJoint();
  fit.E = Within(1.105, 1.061, 1.132);
  fit.N_c = Within(412.0, 307.0, 555.0);
  fit.D_c = Within(6.6e4, 4.2e4, 9.9e4);
  fit.alpha_N = Within(0.601, 0.522, 0.688);
  fit.alpha_D = Within(0.533, 0.481, 0.592);
  fit.rms_log_residual = 0.0037;
  fit.certificate.starts = 50;
  fit.certificate.agreeing = 46;
  fit.certificate.distinct_minima = 2;
  return fit;
}

KaplanFit SampleKaplan() {
  KaplanFit fit;
  fit.L_N.status = FitStatus::kOk;
  fit.L_N.selection =
      "5 of 12 runs that are the longest of their size or the largest of their "
      "length: those with B/D^beta at most 0.25 of A/N^alpha";
  fit.L_N.runs = {1, 2, 3, 4, 7};
  fit.L_N.scale = Within(8.81e5, 6.9e5, 1.13e6);
  fit.L_N.exponent = Within(0.0761, 0.0689, 0.0832);
  fit.L_N.rms_log_residual = 0.0071;
  fit.L_N.with_offset = SampleOffset(1.131, 402.0, 0.571);
  fit.L_D.reason = "2 values are left: at least 3 are needed";
  fit.L_D.with_offset.reason = fit.L_D.reason;
  fit.L_D.selection =
      "2 of 14 runs that are the longest of their size or the largest of their "
      "length: those with A/N^alpha at most 0.25 of B/D^beta";
  fit.L_C.status = FitStatus::kOk;
  fit.L_C.selection =
      "4 runs on the lower envelope: of each budget the lowest loss, unless a "
      "smaller budget reached it";
  fit.L_C.runs = {0, 3, 5, 9};
  fit.L_C.scale = Within(3.12e14, 1.1e14, 9.4e14);
  fit.L_C.exponent = Within(0.0502, 0.0461, 0.0544);
  fit.L_C.rms_log_residual = 0.0124;
  fit.L_C.with_offset.reason = "four different values are needed";
  fit.joint = SampleJoint();
  fit.joint_with_offset = SampleJointWithOffset();
  return fit;
}

std::vector<ConventionFit> SampleConventions() {
  std::vector<ConventionFit> conventions(2);
  conventions[0].params = ParamsKind::kTotal;
  conventions[0].chinchilla = SampleFit();
  conventions[0].isoflop = SampleIsoflop();
  conventions[1].params = ParamsKind::kNonEmbedding;
  conventions[1].chinchilla = SampleFit();
  conventions[1].chinchilla.law.alpha = 0.4911;
  conventions[1].isoflop.reason = "0 of 30 budgets with an interior minimum";
  return conventions;
}

Holdout SampleHoldout() {
  Holdout holdout;
  holdout.status = FitStatus::kOk;
  holdout.above_flops = 2e11;
  holdout.fitted = 21;
  holdout.held_out = 11;
  holdout.law = {1.1291, 251.2, 802.9, 0.6651, 0.5744};
  holdout.certificate = SampleFit().certificate;
  holdout.extrapolation_decades = 0.6665;
  holdout.mean_absolute_error = 0.00291;
  holdout.rms_error = 0.00352;
  holdout.mean_error = -0.0011;
  holdout.max_absolute_error = 0.0061;
  return holdout;
}

Allocation AllocationAt(double flops, double decades, const Estimate& N,
                        const Estimate& D, const Estimate& ratio,
                        const Estimate& loss) {
  Allocation allocation;
  allocation.flops = flops;
  allocation.params_opt = N;
  allocation.tokens_opt = D;
  allocation.tokens_per_param = ratio;
  allocation.loss = loss;
  allocation.extrapolation_decades = decades;
  return allocation;
}

std::vector<Allocation> SampleAllocations() {
  return {AllocationAt(5e11, 0.0, Within(44.8e3, 40.1e3, 52.2e3),
                       Within(1.86e6, 1.6e6, 2.08e6), Within(41.5, 30.6, 51.9),
                       Within(1.2345, 1.229, 1.24)),
          AllocationAt(1e13, 1.0325, Within(177e3, 141e3, 252e3),
                       Within(9.42e6, 6.61e6, 11.8e6), Within(53.2, 26.2, 83.7),
                       Within(1.1634, 1.147, 1.1739))};
}

void AddResults(FitReport* report) {
  report->chinchilla = SampleFit();
  report->isoflop = SampleIsoflop();
  report->envelope = SampleEnvelope();
  report->kaplan = SampleKaplan();
}

ObservationSummary SampleSummary() {
  return {.source = "runs/demo",
          .read = 34,
          .dropped = 2,
          .used = 32,
          .params = ParamsKind::kTotal,
          .flops = FlopsKind::kSixND,
          .smallest_flops = 2e10,
          .largest_flops = 9.28e11,
          .reach = ObservedReach{.params = {4.2e3, 226e3},
                                 .tokens = {133e3, 4.9e6},
                                 .tokens_per_param = {2.3, 390.0}},
          .learning_rates = std::nullopt};
}

void DropSpread(std::optional<Estimate>* estimate) {
  if (*estimate) (*estimate)->spread.reset();
}

}  // namespace

FitReport SampleReport() {
  FitReport report;
  report.observations = SampleSummary();
  report.resampling = Resampling{
      .resamples = 1000, .unit = ResampleUnit::kGroup, .units = 10, .seed = 42};
  AddResults(&report);
  report.chinchilla_bootstrap = SampleBootstrap();
  report.chinchilla->coefficients = SampleProfiles();
  report.conventions = SampleConventions();
  report.holdouts = {SampleHoldout()};
  report.allocations = SampleAllocations();
  report.notes = {"1 run diverged and is left out",
                  "the 2 observations of largest loss were dropped"};
  report.warnings = {
      "one seed only: the intervals do not contain the noise between seeds, "
      "which moves alpha of small sweeps by 0.1 and more"};
  return report;
}

StoredFit SampleStored() { return ParseFit(ToJson(SampleReport()), "f.json"); }

FitReport SampleReportWithoutBootstrap() {
  FitReport report;
  report.options.bootstrap.resamples = 0;
  report.observations = SampleSummary();
  AddResults(&report);
  for (IsoflopBudget& budget : report.isoflop->budgets) {
    DropSpread(&budget.params_opt);
    DropSpread(&budget.tokens_opt);
    DropSpread(&budget.loss_opt);
    budget.interior_resamples = 0;
    budget.params_opt_log_error.reset();
    budget.params_opt_log_variance.reset();
  }
  report.isoflop->heterogeneity.reset();
  for (Estimate* estimate : {&report.isoflop->a,
                             &report.isoflop->b,
                             &report.envelope->a,
                             &report.envelope->b,
                             &report.kaplan->L_N.scale,
                             &report.kaplan->L_N.exponent,
                             &report.kaplan->L_C.scale,
                             &report.kaplan->L_C.exponent,
                             &report.kaplan->L_N.with_offset.E,
                             &report.kaplan->L_N.with_offset.scale,
                             &report.kaplan->L_N.with_offset.exponent,
                             &report.kaplan->joint.N_c,
                             &report.kaplan->joint.D_c,
                             &report.kaplan->joint.alpha_N,
                             &report.kaplan->joint.alpha_D,
                             &report.kaplan->joint_with_offset.E,
                             &report.kaplan->joint_with_offset.N_c,
                             &report.kaplan->joint_with_offset.D_c,
                             &report.kaplan->joint_with_offset.alpha_N,
                             &report.kaplan->joint_with_offset.alpha_D,
                             &report.isoflop->a_unweighted}) {
    estimate->spread.reset();
  }
  return report;
}

FitReport UnsupportedReport() {
  FitReport report;
  report.observations = SampleSummary();
  report.chinchilla.emplace().reason = "2 sizes; at least 3 are needed";
  report.isoflop.emplace().reason = "no budget has an interior minimum";
  IsoflopBudget& too_few = report.isoflop->budgets.emplace_back();
  too_few.flops = 9.28e11;
  too_few.points = 2;
  too_few.sizes = 2;
  report.isoflop->budgets.push_back(Edge(2e12, 4));
  report.envelope.emplace().reason = "1 run on the envelope; 3 are needed";
  report.kaplan.emplace().L_N.reason = "Approach 3 has no law to select by";
  report.kaplan->L_D.reason = report.kaplan->L_N.reason;
  report.kaplan->L_C.reason = "1 run on the envelope; 3 are needed";
  for (KaplanCurve* curve :
       {&report.kaplan->L_N, &report.kaplan->L_D, &report.kaplan->L_C}) {
    curve->with_offset.reason = curve->reason;
  }
  report.kaplan->joint.reason = "6 runs with 2 different N";
  Holdout& holdout = report.holdouts.emplace_back();
  holdout.reason = "no run has C above 2e+12";
  holdout.above_flops = 2e12;
  holdout.fitted = 6;
  return report;
}

}  // namespace isoflop
