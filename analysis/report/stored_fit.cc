#include "analysis/report/stored_fit.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <climits>
#include <cstdint>
#include <limits>
#include <utility>

#include "analysis/diagnose/seed_noise.h"
#include "analysis/regress/span_support.h"
#include "analysis/report/certificate_text.h"
#include "analysis/report/fit_json.h"
#include "analysis/report/plausibility.h"
#include "lib/core/object_reader.h"
#include "lib/core/seal.h"

namespace isoflop {
namespace {

void RequireSchema(const Json& json, const std::string& source) {
  Require(json.is_object() && json.contains("schema"),
          "{}: not a fit: it has no \"schema\"; what is needed is the fit.json "
          "that `isoflop fit` writes",
          source);
  const Json& schema = json["schema"];
  Require(schema == Json(kFitSchema), "{}: schema: must be \"{}\", got {}",
          source, kFitSchema, schema.dump());
}

/// Reads [smallest, largest]; returns whether it is there and good.
bool ReadReach(const char* key, ObjectReader* reader, Reach* reach) {
  std::vector<double> ends;
  if (!reader->Read(key, &ends, {kPositive})) return false;
  if (ends.size() != 2 || ends[0] > ends[1]) {
    return reader->Refuse(key, fmt::format("must be [smallest, largest], got "
                                           "[{}]",
                                           fmt::join(ends, ", ")));
  }
  *reach = {ends[0], ends[1]};
  return true;
}

void ReadObservations(const Json& json, const std::string& path,
                      Problems* problems, StoredFit* fit) {
  ObjectReader reader(json, path, problems);
  reader.ReadEnum("params", &fit->params);
  double flops = 0.0;
  if (reader.Read("largest_flops", &flops, {kPositive})) {
    fit->largest_flops = flops;
  }
  reader.Read("source", &fit->source);
  reader.Read("used", &fit->used, {0, INT_MAX});
  ObservedReach reach;
  const bool params = ReadReach("params_range", &reader, &reach.params);
  const bool tokens = ReadReach("tokens_range", &reader, &reach.tokens);
  const bool ratio =
      ReadReach("tokens_per_param_range", &reader, &reach.tokens_per_param);
  if (params && tokens && ratio) fit->reach = reach;
}

void ReadRuns(const Json& json, const std::string& path, Problems* problems,
              StoredFit* fit) {
  if (!json.is_array()) return problems->Add(path, "must be an array of runs");
  for (std::size_t i = 0; i < json.size(); ++i) {
    ObjectReader reader(json[i], fmt::format("{}[{}]", path, i), problems);
    FittedRun run;
    for (const char* key : {"params", "tokens", "log_residual"}) {
      reader.Need(key);
    }
    reader.Read("params", &run.N, {kPositive});
    reader.Read("tokens", &run.D, {kPositive});
    reader.Read("log_residual", &run.log_residual);
    reader.Read("group", &run.group);
    if (!problems->empty()) return;  // one broken run says enough
    fit->runs.push_back(run);
  }
}

void ReadDiagnostics(const Json& json, const std::string& path,
                     Problems* problems, StoredFit* fit) {
  ObjectReader reader(json, path, problems);
  double rms = 0.0;
  if (reader.Read("rms_log_residual", &rms, {0.0})) fit->rms_log_residual = rms;
  if (const Json* runs = reader.Child("residuals")) {
    ReadRuns(*runs, reader.PathOf("residuals"), problems, fit);
  }
  const Json* misfit = reader.Child("misfit");
  if (misfit != nullptr && misfit->contains("in_words") &&
      misfit->at("in_words").is_string()) {
    fit->misfit = misfit->at("in_words").get<std::string>();
  }
}

Chinchilla ReadLaw(const Json& json, const std::string& path,
                   Problems* problems) {
  Chinchilla law;
  ObjectReader reader(json, path, problems);
  for (const char* key : {"E", "A", "B", "alpha", "beta"}) reader.Need(key);
  reader.Read("E", &law.E, {0.0});
  reader.Read("A", &law.A, {kPositive});
  reader.Read("B", &law.B, {kPositive});
  reader.Read("alpha", &law.alpha, {kPositive});
  reader.Read("beta", &law.beta, {kPositive});
  return law;
}

/// As much of a certificate as tells whether it is one.
Certificate ReadCertificate(const Json& json, const std::string& path,
                            Problems* problems) {
  ObjectReader reader(json, path, problems);
  std::int64_t starts = 0;
  std::int64_t agreeing = 0;
  Certificate certificate;
  for (const char* key : {"starts", "agreeing", "converged"}) reader.Need(key);
  reader.Read("starts", &starts, {0, INT_MAX});
  reader.Read("agreeing", &agreeing, {0, INT_MAX});
  reader.Read("converged", &certificate.converged);
  reader.Read("gradient_norm", &certificate.gradient_norm, {0.0});
  certificate.starts = static_cast<int>(starts);
  certificate.agreeing = static_cast<int>(agreeing);
  return certificate;
}

void ReadChinchilla(const Json& json, const std::string& path,
                    Problems* problems, StoredFit* fit) {
  ObjectReader reader(json, path, problems);
  std::string formula(kChinchillaFormula);
  reader.Read("law", &formula);
  if (formula != kChinchillaFormula) {
    reader.Refuse("law", fmt::format("must be \"{}\", got \"{}\"",
                                     kChinchillaFormula, formula));
  }
  fit->status = FitStatus::kOk;  // what a fit with an estimate need not say
  reader.ReadEnum("status", &fit->status);
  reader.Read("reason", &fit->reason);
  if (fit->status != FitStatus::kOk || !reader.Need("estimate")) return;
  fit->law =
      ReadLaw(*reader.Child("estimate"), reader.PathOf("estimate"), problems);
  if (const Json* certificate = reader.Child("certificate")) {
    fit->certificate =
        ReadCertificate(*certificate, reader.PathOf("certificate"), problems);
  }
}

void ReadNoise(const Json& json, const std::string& path, Problems* problems,
               StoredFit* fit) {
  ObjectReader reader(json, path, problems);
  double loss_std = 0.0;
  if (reader.Read("loss_std", &loss_std, {kPositive})) fit->loss_std = loss_std;
  std::int64_t degrees = 0;
  if (reader.Read("degrees_of_freedom", &degrees, {1, INT_MAX})) {
    fit->loss_std_degrees = degrees;
  }
}

/// R_D* or R_N*; a law without the key has no limit there.
double ReadHalfLife(const char* key, ObjectReader* reader) {
  double half_life = std::numeric_limits<double>::infinity();
  reader->Read(key, &half_life, {kPositive});
  return half_life;
}

/// Reads "laws", of which only repeated data matter here. A law that lost a
/// term cannot say how data are best repeated, and counts as absent.
void ReadRepeatedData(const Json& laws, const std::string& path,
                      Problems* problems, StoredFit* fit) {
  ObjectReader reader(laws, path, problems);
  const Json* section = reader.Child("repeated_data");
  if (section == nullptr) return;
  ObjectReader law(*section, reader.PathOf("repeated_data"), problems);
  FitStatus status = FitStatus::kOk;
  law.ReadEnum("status", &status);
  law.Read("reason", &fit->repeated_reason);
  if (status != FitStatus::kOk || !law.Need("estimate")) return;
  if (const Json* certificate = law.Child("certificate")) {
    fit->repeated_certificate =
        ReadCertificate(*certificate, law.PathOf("certificate"), problems);
  }
  ObjectReader estimate(*law.Child("estimate"), law.PathOf("estimate"),
                        problems);
  RepeatedData repeated;
  for (const char* key : {"E", "A", "B", "alpha", "beta"}) estimate.Need(key);
  estimate.Read("E", &repeated.E, {0.0});
  estimate.Read("A", &repeated.A, {0.0});
  estimate.Read("B", &repeated.B, {0.0});
  estimate.Read("alpha", &repeated.alpha, {kPositive});
  estimate.Read("beta", &repeated.beta, {kPositive});
  repeated.R_D = ReadHalfLife("R_D", &estimate);
  repeated.R_N = ReadHalfLife("R_N", &estimate);
  if (repeated.A > 0.0 && repeated.B > 0.0) {
    fit->repeated = repeated;
  } else {
    fit->repeated_reason = "it has no effect of size or of data left";
  }
}

void ReadResampling(const Json& json, const std::string& path,
                    Problems* problems, StoredFit* fit) {
  ObjectReader reader(json, path, problems);
  std::int64_t units = 0;
  reader.Read("units", &units, {0, INT_MAX});
  fit->units = static_cast<int>(units);
}

/// Turns a row [E, A, B, alpha, beta] into an object, so that rows and
/// estimates are checked by the same code.
Json LawOfRow(const Json& row) {
  constexpr std::array<const char*, 5> kColumns = {"E", "A", "B", "alpha",
                                                   "beta"};
  Json law = Json::object();
  for (std::size_t i = 0; i < kColumns.size(); ++i) law[kColumns[i]] = row[i];
  return law;
}

void ReadDraws(const Json& json, const std::string& path, Problems* problems,
               StoredFit* fit) {
  if (!json.is_array()) return problems->Add(path, "must be an array of rows");
  for (std::size_t i = 0; i < json.size(); ++i) {
    const std::string row = fmt::format("{}[{}]", path, i);
    if (!json[i].is_array() || json[i].size() != 5) {
      problems->Add(row, "must be [E, A, B, alpha, beta]");
      return;  // one broken row says enough
    }
    fit->draws.push_back(ReadLaw(LawOfRow(json[i]), row, problems));
    if (!problems->empty()) return;
  }
}

std::string DoubtOf(const std::string& where,
                    const std::optional<Certificate>& certificate) {
  if (!certificate) {
    return where +
           ": has no certificate, so whether its law is the optimum is not "
           "known; fit again";
  }
  if (certificate->certified()) return {};
  return fmt::format("{}: the law may not be the optimum: {}", where,
                     CertificateInWords(*certificate));
}

/// Fits of earlier versions may be to runs that support none.
std::string NarrowReachInWords(const std::optional<ObservedReach>& reach) {
  if (!reach) return {};
  for (const auto& [name, span] :
       {std::pair("N", reach->params), std::pair("D", reach->tokens)}) {
    if (span.largest >= kNarrowestSpan * span.smallest) continue;
    return fmt::format(
        "the runs that it was fitted to have {} from {:.4g} to {:.4g}: so "
        "little cannot show a power of {}, so these numbers mean nothing",
        name, span.smallest, span.largest, name);
  }
  return {};
}

}  // namespace

StoredFit ParseFit(const Json& json, const std::string& source) {
  RequireSchema(json, source);
  Problems problems;
  StoredFit fit;
  fit.file = source;
  ObjectReader reader(json, source, &problems);
  if (const Json* observations = reader.Child("observations")) {
    ReadObservations(*observations, reader.PathOf("observations"), &problems,
                     &fit);
  }
  const Json* chinchilla = reader.Child("chinchilla");
  Require(chinchilla != nullptr,
          "{}: chinchilla: is missing; Approach 3 is needed, so fit again "
          "with --laws chinchilla",
          source);
  ReadChinchilla(*chinchilla, reader.PathOf("chinchilla"), &problems, &fit);
  if (const Json* diagnostics = reader.Child("diagnostics")) {
    ReadDiagnostics(*diagnostics, reader.PathOf("diagnostics"), &problems,
                    &fit);
  }
  if (const Json* laws = reader.Child("laws")) {
    ReadRepeatedData(*laws, reader.PathOf("laws"), &problems, &fit);
  }
  if (const Json* noise = reader.Child("seed_noise")) {
    ReadNoise(*noise, reader.PathOf("seed_noise"), &problems, &fit);
  }
  if (const Json* resampling = reader.Child("resampling")) {
    ReadResampling(*resampling, reader.PathOf("resampling"), &problems, &fit);
  }
  if (const Json* draws = reader.Child("draws")) {
    ReadDraws(*draws, reader.PathOf("draws"), &problems, &fit);
  }
  problems.ThrowIfAny();
  return fit;
}

LawBasis StoredFit::basis() const {
  LawBasis basis{.law = law,
                 .resampled = draws,
                 .largest_flops = largest_flops,
                 .noise95 = std::nullopt,
                 .repeated = repeated,
                 .units = units};
  if (loss_std) {
    SeedNoise noise{.loss_std = *loss_std, .degrees_of_freedom = {}};
    if (loss_std_degrees) {
      noise.degrees_of_freedom = static_cast<int>(*loss_std_degrees);
    }
    basis.noise95 = Reach95(noise);
  }
  return basis;
}

std::string DoubtInWords(const StoredFit& fit) {
  std::string doubt = DoubtOf(fit.file + ": chinchilla", fit.certificate);
  if (!doubt.empty()) return doubt;
  for (const std::string& words :
       {fit.misfit, NarrowReachInWords(fit.reach), TooSteepInWords(fit.law)}) {
    if (!words.empty()) return fit.file + ": " + words;
  }
  return {};
}

std::string RepeatedDataDoubtInWords(const StoredFit& fit) {
  if (!fit.repeated) return {};
  return DoubtOf(fit.file + ": laws.repeated_data", fit.repeated_certificate);
}

StoredFit LoadFit(const std::filesystem::path& path) {
  std::error_code ignored;
  const bool is_sweep =
      !path.empty() && std::filesystem::exists(path / "plan.json", ignored);
  const auto file = is_sweep ? path / "fit.json" : path;
  return ParseFit(ReadSealedFile(file), file.string());
}

}  // namespace isoflop
