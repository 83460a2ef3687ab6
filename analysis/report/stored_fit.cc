#include "analysis/report/stored_fit.h"

#include <fmt/format.h>

#include <array>
#include <limits>

#include "analysis/report/fit_json.h"
#include "lib/core/object_reader.h"

namespace isoflop {
namespace {

void RequireSchema(const Json& json, const std::string& source) {
  Require(json.is_object() && json.contains("schema"),
          "{}: not a fit: it has no \"schema\"; allocate takes the fit.json "
          "that `isoflop fit` writes",
          source);
  const Json& schema = json["schema"];
  Require(schema == Json(kFitSchema), "{}: schema: must be \"{}\", got {}",
          source, kFitSchema, schema.dump());
}

void ReadObservations(const Json& json, const std::string& path,
                      Problems* problems, StoredFit* fit) {
  ObjectReader reader(json, path, problems);
  reader.ReadEnum("params", &fit->params);
  double flops = 0.0;
  if (reader.Read("largest_flops", &flops, {kPositive})) {
    fit->largest_flops = flops;
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
          "{}: chinchilla: is missing; allocate needs Approach 3, so fit again "
          "with --laws chinchilla",
          source);
  ReadChinchilla(*chinchilla, reader.PathOf("chinchilla"), &problems, &fit);
  if (const Json* draws = reader.Child("draws")) {
    ReadDraws(*draws, reader.PathOf("draws"), &problems, &fit);
  }
  problems.ThrowIfAny();
  return fit;
}

StoredFit LoadFit(const std::filesystem::path& path) {
  return ParseFit(ReadJsonFile(path), path.string());
}

std::vector<Allocation> Allocate(const StoredFit& fit,
                                 std::span<const double> budgets) {
  const double largest =
      fit.largest_flops.value_or(std::numeric_limits<double>::max());
  return Allocate(fit.law, fit.draws, budgets, largest);
}

}  // namespace isoflop
