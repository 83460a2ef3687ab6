#include "lib/sweep/claim.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <regex>
#include <string_view>

#include "lib/core/quote.h"

namespace isoflop {
namespace {

void ReadRuns(ObjectReader* reader, const std::vector<std::string>& axes,
              Json* of, Problems* problems) {
  const Json* json = reader->Child("of");
  if (json == nullptr) return;
  if (!json->is_object()) {
    reader->Refuse("of", "must be an object, got " + Quoted(*json));
    return;
  }
  std::vector<std::string> allowed = {"d_model", "layers", "tokens", "seed"};
  allowed.insert(allowed.end(), axes.begin(), axes.end());
  for (const auto& item : json->items()) {
    const std::string path =
        fmt::format("{}.\"{}\"", reader->PathOf("of"), item.key());
    const bool is_axis = std::ranges::find(axes, item.key()) != axes.end();
    if (std::ranges::find(allowed, item.key()) == allowed.end()) {
      problems->Add(path, fmt::format("must be one of {}, got {}",
                                      fmt::join(allowed, ", "),
                                      Quoted(Json(item.key()))));
    } else if (!is_axis && !item.value().is_number()) {
      problems->Add(path, "must be a number, got " + Quoted(item.value()));
    }
  }
  *of = *json;
}

/// "a.b[0].c[-1]": keys, each with places in arrays.
void ReadPath(ObjectReader* reader, const char* key, std::string* path) {
  static const std::regex kPath(
      R"(\w+(\[-?\d{1,9}\])*(\.\w+(\[-?\d{1,9}\])*)*)");
  if (!reader->Read(key, path) || std::regex_match(*path, kPath)) return;
  reader->Refuse(key,
                 "must be keys of a result, as in "
                 "\"probes.metrics.brier.mean\" or \"curve[-1]\", got " +
                     Quoted(Json(*path)));
}

/// A number of a probe needs that probe.
void CheckProbeOf(const ObjectReader& reader, const char* key,
                  const std::string& path, const std::vector<ProbeKind>& probes,
                  Problems* problems) {
  constexpr std::string_view kProbes = "probes.";
  if (!path.starts_with(kProbes)) return;
  const auto rest = std::string_view(path).substr(kProbes.size());
  const auto name = rest.substr(0, rest.find_first_of(".["));
  if (std::ranges::any_of(
          probes, [&](ProbeKind probe) { return NameOf(probe) == name; })) {
    return;
  }
  problems->Add(reader.PathOf(key),
                fmt::format("{} is not among the sweep's \"probes\"",
                            Quoted(Json(std::string(name)))));
}

void ReadBound(ObjectReader* reader, const char* key,
               std::optional<double>* bound) {
  double number = 0.0;
  if (reader->Read(key, &number)) *bound = number;
}

Expectation ParseExpectation(const Json& json, const std::string& path,
                             const ClaimContext& context, Problems* problems) {
  Expectation expectation;
  ObjectReader reader(json, path, problems);
  if (reader.Need("that")) reader.Read("that", &expectation.that);
  if (reader.Need("value")) ReadPath(&reader, "value", &expectation.value);
  ReadPath(&reader, "relative_to", &expectation.relative_to);
  CheckProbeOf(reader, "value", expectation.value, context.probes, problems);
  CheckProbeOf(reader, "relative_to", expectation.relative_to, context.probes,
               problems);
  ReadRuns(&reader, context.axes, &expectation.of, problems);
  ReadBound(&reader, "at_least", &expectation.at_least);
  ReadBound(&reader, "at_most", &expectation.at_most);
  reader.Finish();
  const std::optional<double>& low = expectation.at_least;
  const std::optional<double>& high = expectation.at_most;
  if (json.is_object() && !reader.Has("at_least") && !reader.Has("at_most")) {
    problems->Add(path, "needs \"at_least\", \"at_most\" or both");
  } else if (low && high && *low > *high) {
    problems->Add(path + ".at_least",
                  fmt::format("{} is above at_most, {}", *low, *high));
  }
  return expectation;
}

}  // namespace

SweepClaim ReadSweepClaim(ObjectReader* reader, const ClaimContext& context,
                          Problems* problems) {
  SweepClaim claim;
  reader->Read("claim", &claim.text);
  const Json* json = reader->Child("expect");
  if (json == nullptr) {
    if (!claim.text.empty()) {
      reader->Refuse("claim",
                     "needs \"expect\", by what to see if it holds, got " +
                         Quoted(Json(claim.text)));
    }
    return claim;
  }
  reader->Need("claim");
  if (!json->is_array() || json->empty()) {
    reader->Refuse(
        "expect", "must be a non-empty array of objects, got " + Quoted(*json));
    return claim;
  }
  for (std::size_t i = 0; i < json->size(); ++i) {
    claim.expectations.push_back(ParseExpectation(
        (*json)[i], reader->PathOf(fmt::format("expect[{}]", i)), context,
        problems));
  }
  return claim;
}

}  // namespace isoflop
