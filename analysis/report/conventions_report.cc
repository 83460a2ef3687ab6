#include "analysis/report/conventions_report.h"

#include <fmt/format.h>

#include "analysis/report/approaches_json.h"
#include "analysis/report/certificate_text.h"
#include "analysis/report/json_numbers.h"
#include "analysis/report/number_text.h"

namespace isoflop {
namespace {

Json ExponentsJson(const ChinchillaFit& fit) {
  Json json = StatusJson(fit.status, fit.reason);
  if (fit.status != FitStatus::kOk) return json;
  PutNumber(&json, "alpha", fit.law.alpha);
  PutNumber(&json, "beta", fit.law.beta);
  PutNumber(&json, "a", ParamsExponent(fit.law));
  json["certificate"] = ToJson(fit.certificate);
  return json;
}

Json ExponentsJson(const IsoflopFit& fit) {
  Json json = StatusJson(fit.status, fit.reason);
  if (fit.status == FitStatus::kOk) PutNumber(&json, "a", fit.a.value);
  return json;
}

const char* WhichParams(ParamsKind kind) {
  return kind == ParamsKind::kTotal ? "all" : "non-embedding";
}

std::vector<std::string> Row(const ConventionFit& fit) {
  const Chinchilla& law = fit.chinchilla.law;
  std::vector<std::string> row = {WhichParams(fit.params), "-", "-", "-", "-"};
  if (fit.chinchilla.status == FitStatus::kOk) {
    row[1] = FormatNumber(law.alpha);
    row[2] = FormatNumber(law.beta);
    row[3] = FormatNumber(ParamsExponent(law));
  }
  if (fit.isoflop.status == FitStatus::kOk) {
    row[4] = FormatNumber(fit.isoflop.a.value);
  }
  return row;
}

}  // namespace

std::string_view ConventionInWords(ParamsKind kind) {
  switch (kind) {
    case ParamsKind::kTotal:
      return "N counts all parameters";
    case ParamsKind::kNonEmbedding:
      return "N counts non-embedding parameters";
    case ParamsKind::kAsGiven:
      break;
  }
  return "N as given";
}

Json ConventionsJson(const std::vector<ConventionFit>& conventions) {
  Json json = Json::array();
  for (const ConventionFit& fit : conventions) {
    json.push_back({{"params", NameOf(fit.params)},
                    {"chinchilla", ExponentsJson(fit.chinchilla)},
                    {"isoflop", ExponentsJson(fit.isoflop)}});
  }
  return json;
}

void AddConventions(const std::vector<ConventionFit>& conventions,
                    TextPage* page) {
  if (conventions.empty()) return;
  page->Heading("Exponents by what N counts");
  TextTable table(
      {"parameters", "alpha", "beta", "a, Approach 3", "a, Approach 2"});
  for (const ConventionFit& fit : conventions) table.AddRow(Row(fit));
  page->Table(table);
  for (const ConventionFit& fit : conventions) {
    if (fit.chinchilla.status != FitStatus::kOk) continue;
    page->Line(fmt::format("{}, Approach 3: {}", WhichParams(fit.params),
                           CertificateInWords(fit.chinchilla.certificate)));
  }
}

}  // namespace isoflop
