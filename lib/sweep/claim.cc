#include "lib/sweep/claim.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

#include "lib/core/quote.h"

namespace isoflop {
namespace {

void ReadBound(ObjectReader* reader, const char* key,
               std::optional<double>* bound) {
  double number = 0.0;
  if (reader->Read(key, &number)) *bound = number;
}

bool IsOfAnalysis(const std::string& path) {
  return path.starts_with("analyses.");
}

/// A number of a run is compared with those of runs, one of an analysis with
/// those of analyses.
void CheckSubjects(ObjectReader& reader, const Expectation& expectation) {
  const bool of_analysis = IsOfAnalysis(expectation.value);
  if (!expectation.relative_to.empty() &&
      IsOfAnalysis(expectation.relative_to) != of_analysis) {
    reader.Refuse("relative_to",
                  "must be of an analysis where \"value\" is, and else not, "
                  "got " +
                      Quoted(Json(expectation.relative_to)));
  }
}

Expectation ParseExpectation(const Json& json, const std::string& path,
                             const ResultContext& context, Problems* problems) {
  Expectation expectation;
  ObjectReader reader(json, path, problems);
  if (reader.Need("that")) reader.Read("that", &expectation.that);
  if (reader.Need("value")) {
    ReadResultPath(&reader, "value", context, problems, &expectation.value);
  }
  ReadResultPath(&reader, "relative_to", context, problems,
                 &expectation.relative_to);
  ReadRuns(&reader, "of", context.axes, &expectation.of, problems);
  if (reader.Has("against")) {
    expectation.against = Json::object();
    ReadRuns(&reader, "against", context.axes, &*expectation.against, problems);
  }
  CheckSubjects(reader, expectation);
  reader.Read("mean", &expectation.mean);
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

SweepClaim ReadSweepClaim(ObjectReader* reader, const ResultContext& context,
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
