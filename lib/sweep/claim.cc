#include "lib/sweep/claim.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

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

void ReadBound(ObjectReader* reader, const char* key,
               std::optional<double>* bound) {
  double number = 0.0;
  if (reader->Read(key, &number)) *bound = number;
}

Expectation ParseExpectation(const Json& json, const std::string& path,
                             const std::vector<std::string>& axes,
                             Problems* problems) {
  Expectation expectation;
  ObjectReader reader(json, path, problems);
  if (reader.Need("that")) reader.Read("that", &expectation.that);
  if (reader.Need("value")) reader.Read("value", &expectation.value);
  reader.Read("relative_to", &expectation.relative_to);
  ReadRuns(&reader, axes, &expectation.of, problems);
  ReadBound(&reader, "at_least", &expectation.at_least);
  ReadBound(&reader, "at_most", &expectation.at_most);
  reader.Finish();
  const auto& [low, high] =
      std::pair(expectation.at_least, expectation.at_most);
  if (!json.is_object()) return expectation;
  if (!low && !high) {
    problems->Add(path, "needs \"at_least\", \"at_most\" or both");
  } else if (low && high && *low > *high) {
    problems->Add(path + ".at_least",
                  fmt::format("{} is above at_most, {}", *low, *high));
  }
  return expectation;
}

}  // namespace

SweepClaim ReadSweepClaim(ObjectReader* reader,
                          const std::vector<std::string>& axes,
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
        (*json)[i], reader->PathOf(fmt::format("expect[{}]", i)), axes,
        problems));
  }
  return claim;
}

}  // namespace isoflop
