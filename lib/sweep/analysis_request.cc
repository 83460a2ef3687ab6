#include "lib/sweep/analysis_request.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <regex>
#include <string_view>
#include <utility>

#include "lib/core/quote.h"

namespace isoflop {
namespace {

/// The coefficients that an analysis may hold.
std::vector<std::string> CoefficientsOf(AnalysisLaw law) {
  switch (law) {
    case AnalysisLaw::kPower:
      return {"k", "e"};
    case AnalysisLaw::kFallingPower:
      return {"scale", "exponent", "offset"};
    case AnalysisLaw::kLogistic:
      return {"top", "critical", "steepness"};
    case AnalysisLaw::kSkillProduct:
      return {"top", "scale", "skills"};
    case AnalysisLaw::kCrossing:
    case AnalysisLaw::kEquivalent:
      return {};
  }
  return {};
}

/// What stands at the top of result.json and is a number, or has some.
constexpr std::array<std::string_view, 18> kResultKeys = {
    "loss",           "loss_std_error",       "train_loss",
    "params_total",   "params_non_embedding", "tokens",
    "tokens_counted", "unseen_share",         "steps",
    "flops",          "flops_exact",          "budget_flops",
    "wall_seconds",   "tokens_per_second",    "probes",
    "analyses",       "unique_tokens",        "epochs"};

/// A path of an analysis, behind its name: "law.estimate.e".
std::string WhyNotOf(const AnalysisRequest& request, std::string_view rest) {
  std::vector<std::string> allowed;
  if (request.law == AnalysisLaw::kCrossing) {
    allowed = {"crossing.x", "crossing.before", "crossing.after"};
  } else if (request.law == AnalysisLaw::kEquivalent) {
    allowed = {"equivalence.ratio", "equivalence.low", "equivalence.high",
               "equivalence.runs"};
  } else {
    for (const std::string& name : CoefficientsOf(request.law)) {
      allowed.push_back(fmt::format("law.estimate.{}", name));
      allowed.push_back(fmt::format("law.profile95.{}.low", name));
      allowed.push_back(fmt::format("law.profile95.{}.high", name));
    }
    allowed.emplace_back("law.rms_log_residual");
  }
  if (std::ranges::find(allowed, rest) != allowed.end()) return {};
  return fmt::format("of {} there are {}, got {}", request.name,
                     fmt::join(allowed, ", "), Quoted(Json(std::string(rest))));
}

/// Why there will be no number at a path; empty where there may be.
std::string WhyNoNumber(const std::string& path, const ResultContext& context) {
  const std::string section = path.substr(0, path.find_first_of(".["));
  if (std::ranges::find(kResultKeys, section) == kResultKeys.end()) {
    return fmt::format("begins with none of {}, got {}",
                       fmt::join(kResultKeys, ", "), Quoted(Json(path)));
  }
  if (section != "probes" && section != "analyses") return {};
  const auto rest =
      std::string_view(path).substr(std::min(path.size(), section.size() + 1));
  const auto end = rest.find('.');
  const std::string name(rest.substr(0, end));
  if (path.size() <= section.size() + 1 || end == std::string_view::npos) {
    return fmt::format("must be {}.NAME.KEY, got {}", section,
                       Quoted(Json(path)));
  }
  if (section == "probes") {
    const bool known = std::ranges::any_of(
        context.probes, [&](ProbeKind kind) { return NameOf(kind) == name; });
    return known ? ""
                 : fmt::format("{} is not among the sweep's \"probes\"",
                               Quoted(Json(name)));
  }
  const auto request =
      std::ranges::find(context.analyses, name, &AnalysisRequest::name);
  if (request == context.analyses.end()) {
    return fmt::format("{} is not among the sweep's \"analyses\"",
                       Quoted(Json(name)));
  }
  return WhyNotOf(*request, rest.substr(end + 1));
}

void ReadFixed(ObjectReader* reader, AnalysisLaw law,
               std::map<std::string, double>* fixed, Problems* problems) {
  const Json* json = reader->Child("fixed");
  if (json == nullptr) return;
  const auto known = CoefficientsOf(law);
  if (known.empty()) {
    reader->Refuse("fixed", "this law has no coefficients");
    return;
  }
  ObjectReader values(*json, reader->PathOf("fixed"), problems);
  for (const std::string& name : known) {
    double value = 0.0;
    const double lowest = name == "offset" ? 0.0 : kPositive;
    const Range<double> allowed =
        name == "e" ? Range<double>{} : Range<double>{.lowest = lowest};
    if (values.Read(name, &value, allowed)) (*fixed)[name] = value;
  }
  values.Finish();
  if (fixed->size() == known.size()) {
    reader->Refuse("fixed", "leaves nothing to fit");
  }
}

/// x: a word, an axis, or a number of the result.
void ReadOver(ObjectReader* reader, const ResultContext& context,
              Problems* problems, std::string* over) {
  if (!reader->Need("over") || !reader->Read("over", over)) return;
  if (std::ranges::find(kSizesAndLengths, *over) != kSizesAndLengths.end() ||
      std::ranges::find(context.axes, *over) != context.axes.end()) {
    return;
  }
  if (over->starts_with("probes.")) {
    ReadResultPath(reader, "over", context, problems, over);
    return;
  }
  std::vector<std::string> allowed(kSizesAndLengths.begin(),
                                   kSizesAndLengths.end());
  allowed.insert(allowed.end(), context.axes.begin(), context.axes.end());
  reader->Refuse(
      "over", fmt::format("must be one of {}, or a number of a probe, got {}",
                          fmt::join(allowed, ", "), Quoted(Json(*over))));
}

void ReadPasses(ObjectReader* reader, const ResultContext& context,
                AnalysisRequest* request, Problems* problems) {
  const bool crossing = request->law == AnalysisLaw::kCrossing;
  const Json* json = reader->Child("passes");
  if (json == nullptr) {
    if (crossing) reader->Need("passes");
    return;
  }
  if (!crossing) {
    reader->Refuse("passes", "is a key of the law \"crossing\"");
  } else if (json->is_number()) {
    request->passes = json->get<double>();
  } else {
    std::string path;
    ReadResultPath(reader, "passes", context, problems, &path);
    request->passes = std::move(path);
  }
}

/// Settings of axes: the curve that others are compared with.
void ReadAgainst(ObjectReader* reader, const ResultContext& context,
                 AnalysisRequest* request, Problems* problems) {
  const bool equivalent = request->law == AnalysisLaw::kEquivalent;
  if (!reader->Has("against")) {
    if (equivalent) reader->Need("against");
    return;
  }
  ReadRuns(reader, "against", context.axes, &request->against, problems);
  if (!equivalent) {
    reader->Refuse("against", "is a key of the law \"equivalent\"");
  }
}

AnalysisRequest ParseAnalysis(const Json& json, const std::string& path,
                              const ResultContext& context,
                              Problems* problems) {
  static const std::regex kName(R"([A-Za-z]\w{0,63})");
  AnalysisRequest request;
  ObjectReader reader(json, path, problems);
  if (reader.Need("name") && reader.Read("name", &request.name) &&
      !std::regex_match(request.name, kName)) {
    reader.Refuse("name",
                  "must be up to 64 letters, digits and _, a letter first, "
                  "got " +
                      Quoted(Json(request.name)));
  }
  if (reader.Need("law")) reader.ReadEnum("law", &request.law);
  if (reader.Need("value")) {
    ReadResultPath(&reader, "value", context, problems, &request.value);
  }
  ReadOver(&reader, context, problems, &request.over);
  ReadRuns(&reader, "of", context.axes, &request.of, problems);
  ReadFixed(&reader, request.law, &request.fixed, problems);
  ReadPasses(&reader, context, &request, problems);
  ReadAgainst(&reader, context, &request, problems);
  double up_to = 0.0;
  if (reader.Read("up_to", &up_to, {kPositive})) {
    request.up_to = up_to;
    if (CoefficientsOf(request.law).empty()) {
      reader.Refuse("up_to", "this law predicts nothing");
    }
  }
  reader.Finish();
  if (!request.over.empty() && request.over == request.value) {
    reader.Refuse("over", "is \"value\" itself");
  }
  return request;
}

}  // namespace

void ReadRuns(ObjectReader* reader, const char* key,
              const std::vector<std::string>& axes, Json* of,
              Problems* problems) {
  const Json* json = reader->Child(key);
  if (json == nullptr) return;
  if (!json->is_object()) {
    reader->Refuse(key, "must be an object, got " + Quoted(*json));
    return;
  }
  std::vector<std::string> allowed = {"d_model", "layers", "tokens", "seed"};
  allowed.insert(allowed.end(), axes.begin(), axes.end());
  for (const auto& item : json->items()) {
    const std::string path =
        fmt::format("{}.\"{}\"", reader->PathOf(key), item.key());
    const bool is_axis = std::ranges::find(axes, item.key()) != axes.end();
    if (std::ranges::find(allowed, item.key()) == allowed.end()) {
      problems->Add(path, fmt::format("must be one of {}, got {}",
                                      fmt::join(allowed, ", "),
                                      Quoted(Json(item.key()))));
    } else if (!is_axis && !item.value().is_number()) {
      problems->Add(path, "must be a number, got " + Quoted(item.value()));
    }
  }
  if (json->empty() && std::string_view(key) == "against") {
    reader->Refuse(key, "must name a setting, got {}");
  }
  *of = *json;
}

void ReadResultPath(ObjectReader* reader, const char* key,
                    const ResultContext& context, Problems* problems,
                    std::string* path) {
  constexpr std::size_t kLongest = 256;
  static const std::regex kPath(
      R"(\w+(\[-?\d{1,9}\])*(\.[\w ]+(\[-?\d{1,9}\])*)*)"
      R"((\[-?\d{1,9}:-?\d{1,9}\])?)");
  if (!reader->Read(key, path)) return;
  // The length first: the library's match takes a piece of stack a character.
  if (path->size() > kLongest || !std::regex_match(*path, kPath)) {
    reader->Refuse(key,
                   "must be keys of a result, as in "
                   "\"probes.metrics.brier.mean\" or \"curve[-1]\", got " +
                       Quoted(Json(path->substr(0, kLongest))));
    return;
  }
  const std::string why = WhyNoNumber(*path, context);
  if (!why.empty()) problems->Add(reader->PathOf(key), why);
}

std::vector<AnalysisRequest> ReadAnalyses(ObjectReader* reader,
                                          const ResultContext& context,
                                          Problems* problems) {
  std::vector<AnalysisRequest> requests;
  const Json* json = reader->Child("analyses");
  if (json == nullptr) return requests;
  if (!json->is_array()) {
    reader->Refuse("analyses",
                   "must be an array of objects, got " + Quoted(*json));
    return requests;
  }
  for (std::size_t i = 0; i < json->size(); ++i) {
    const std::string path = reader->PathOf(fmt::format("analyses[{}]", i));
    AnalysisRequest request =
        ParseAnalysis((*json)[i], path, context, problems);
    const bool taken = std::ranges::any_of(requests, [&](const auto& other) {
      return other.name == request.name;
    });
    if (taken && !request.name.empty()) {
      problems->Add(path + ".name",
                    fmt::format("\"{}\" is there already", request.name));
    }
    requests.push_back(std::move(request));
  }
  return requests;
}

}  // namespace isoflop
