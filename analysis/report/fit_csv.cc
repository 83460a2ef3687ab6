#include "analysis/report/fit_csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "analysis/report/fit_json.h"
#include "lib/core/csv.h"
#include "lib/core/error.h"

namespace isoflop {
namespace {

const Json& At(const Json& json, const char* key) {
  static const Json kNothing = Json::object();
  if (!json.is_object()) return kNothing;
  const auto found = json.find(key);
  return found == json.end() ? kNothing : *found;
}

std::string TextOf(const Json& json, const char* key) {
  const Json& text = At(json, key);
  return text.is_string() ? text.get<std::string>() : "";
}

/// The shortest text that reads back as the same number.
std::string NumberCell(const Json& number) {
  return number.is_number() ? fmt::format("{}", number.get<double>()) : "";
}

/// What a parameter is measured in, whatever the law. Scales such as A are of a
/// unit with an exponent in it, and are left to who knows the law.
std::string UnitOf(const std::string& parameter, const std::string& loss_unit) {
  const auto is_one_of = [&parameter](auto... names) {
    return ((parameter == names) || ...);
  };
  if (is_one_of("E", "loss")) return loss_unit;
  if (is_one_of("N_c", "params_opt")) return "params";
  if (is_one_of("D_c", "tokens_opt")) return "tokens";
  if (parameter == "C_c") return "FLOPs";
  if (parameter == "tokens_per_param") return "tokens/param";
  if (is_one_of("alpha", "beta", "alpha_N", "alpha_D", "alpha_C", "kappa",
                "a_unweighted", "a_corrected")) {
    return "1";
  }
  return "";
}

/// A section with numbers, and what is beside them.
struct Section {
  std::string law;
  const Json& json;    // of the section
  const Json& spread;  // where standard_error and interval95 are
  std::string loss_unit;
  std::string flops = {};
};

/// Cells that say how far an estimate may be off.
struct RowSpread {
  std::string standard_error;
  std::string low;
  std::string high;
  std::string interval;  // which one: bootstrap or profile
};

RowSpread SpreadOf(const Section& section, const char* parameter) {
  // An estimate that has its spread with it: {"estimate", "standard_error",
  // ...}.
  const Json& own = At(section.json, parameter);
  const bool apart = !own.contains("estimate");
  RowSpread spread;
  spread.standard_error =
      NumberCell(apart ? At(At(section.spread, "standard_error"), parameter)
                       : At(own, "standard_error"));
  const Json& ends = apart ? At(At(section.spread, "interval95"), parameter)
                           : At(own, "interval95");
  if (ends.is_array() && ends.size() == 2) {
    spread.low = NumberCell(ends[0]);
    spread.high = NumberCell(ends[1]);
    spread.interval = "bootstrap";
    return spread;
  }
  const Json& profile = At(At(section.json, "profile95"), parameter);
  if (profile.empty()) return spread;
  spread.low = NumberCell(At(profile, "low"));
  spread.high = NumberCell(At(profile, "high"));
  spread.interval = "profile";
  return spread;
}

bool Lists(const Json& names, const std::string& name) {
  return names.is_array() &&
         std::ranges::find(names, Json(name)) != names.end();
}

std::string StateOf(const Section& section, const std::string& parameter) {
  const Json& certified = At(At(section.json, "certificate"), "certified");
  if (certified.is_boolean() && !certified.get<bool>()) return "uncertified";
  const Json& fixed = At(At(section.json, "objective"), "fixed");
  if (Lists(At(section.json, "held"), parameter) || fixed.contains(parameter)) {
    return "held";
  }
  if (Lists(At(section.json, "at_bound"), parameter)) return "at_bound";
  return "";
}

void AddRow(const Section& section, const std::string& parameter,
            const Json& value, std::string* csv) {
  const RowSpread spread = SpreadOf(section, parameter.c_str());
  *csv += fmt::format("{},{},{},{},{},{},{},{},{},{}\n", CsvCell(section.law),
                      CsvCell(parameter), section.flops, NumberCell(value),
                      spread.standard_error, spread.low, spread.high,
                      spread.interval,
                      CsvCell(UnitOf(parameter, section.loss_unit)),
                      StateOf(section, parameter));
}

void AddAll(const Section& section, const Json& values, std::string* csv) {
  for (const auto& value : values.items()) {
    if (value.value().is_number()) {
      AddRow(section, value.key(), value.value(), csv);
    }
  }
}

/// Of `json` itself, the numbers that are estimates.
void AddNamed(const Section& section,
              const std::vector<const char*>& parameters, std::string* csv) {
  for (const char* parameter : parameters) {
    const Json& there = At(section.json, parameter);
    const Json& value = there.is_object() ? At(there, "estimate") : there;
    if (value.is_number()) AddRow(section, parameter, value, csv);
  }
}

void AddKaplan(const Json& kaplan, const std::string& unit, std::string* csv) {
  const std::vector<const char*> names = {"E",       "N_c",     "D_c",    "C_c",
                                          "alpha_N", "alpha_D", "alpha_C"};
  for (const char* law : {"L_N", "L_D", "L_C", "joint"}) {
    const Json& section = At(kaplan, law);
    const std::string name = std::string("kaplan.") + law;
    AddNamed({name, section, section, unit}, names, csv);
    const Json& offset = At(section, "with_offset");
    AddNamed({name + ".with_offset", offset, offset, unit}, names, csv);
  }
}

void AddLaws(const Json& laws, const std::string& unit, std::string* csv) {
  for (const auto& law : laws.items()) {
    const Json& json = law.value();
    AddAll({"laws." + law.key(), json, json, unit}, At(json, "estimate"), csv);
    const Json& allocation = At(json, "allocation");
    AddNamed(
        {"laws." + law.key() + ".allocation", allocation, allocation, unit},
        {"a", "b", "G"}, csv);
  }
}

void AddAllocations(const Json& allocations, const std::string& unit,
                    std::string* csv) {
  for (const Json& row : allocations) {
    AddNamed({"allocations", row, row, unit, NumberCell(At(row, "flops"))},
             {"params_opt", "tokens_opt", "tokens_per_param", "loss"}, csv);
  }
}

}  // namespace

std::string FitCsv(const Json& fit, const std::string& source) {
  Require(TextOf(fit, "schema") == kFitSchema,
          "{}: is no fit; `isoflop fit` writes one", source);
  const std::string unit = TextOf(At(fit, "observations"), "loss_unit");
  std::string csv =
      "law,parameter,flops,estimate,standard_error,low95,high95,interval,unit,"
      "state\n";
  const Json& chinchilla = At(fit, "chinchilla");
  AddAll({"chinchilla", chinchilla, At(chinchilla, "bootstrap"), unit},
         At(chinchilla, "estimate"), &csv);
  for (const char* approach : {"isoflop", "envelope"}) {
    const Json& section = At(fit, approach);
    AddNamed(
        {approach, section, section, unit},
        {"a", "b", "params_coefficient", "tokens_coefficient", "a_corrected"},
        &csv);
  }
  AddKaplan(At(fit, "kaplan"), unit, &csv);
  AddLaws(At(fit, "laws"), unit, &csv);
  AddAllocations(At(fit, "allocations"), unit, &csv);
  return csv;
}

}  // namespace isoflop
