#include "analysis/report/profile_json.h"

#include <cmath>

#include "analysis/report/json_numbers.h"
#include "analysis/report/number_text.h"

namespace isoflop {
namespace {

/// Rows [value, rise]; a value without a fit has none.
Json PointsJson(const ProfileInterval& profile) {
  Json rows = Json::array();
  for (const ProfilePoint& point : profile.points) {
    if (!std::isfinite(point.value) || !std::isfinite(point.rise)) continue;
    rows.push_back(Json::array({point.value, point.rise}));
  }
  return rows;
}

}  // namespace

Json ToJson(const ProfileInterval& profile) {
  Json json = Json::object();
  PutNumber(&json, "low", profile.low);
  PutNumber(&json, "high", profile.high);
  Json unbounded = Json::array();
  if (!profile.low) unbounded.push_back("below");
  if (!profile.high) unbounded.push_back("above");
  json["unbounded"] = unbounded;
  PutNumber(&json, "rise", profile.rise);
  PutNumber(&json, "lowest_tried", profile.points.front().value);
  PutNumber(&json, "highest_tried", profile.points.back().value);
  json["points"] = PointsJson(profile);
  PutText(&json, "in_words", IntervalInWords(profile));
  return json;
}

}  // namespace isoflop
