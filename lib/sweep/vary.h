// The "vary" section: axes under model, training or data, and every
// combination of their values. Values are set in a copy of the file's sections
// and parsed with them, so nothing here knows what a value means.

#pragma once

#include <string>
#include <vector>

#include "lib/core/error.h"
#include "lib/core/json.h"

namespace isoflop {

/// One value of one axis, and where it stands in the file.
struct VariedValue {
  std::string axis;   // "model.position"
  std::string where;  // "a.json: vary.\"model.position\"[1]"
  Json value;
};

/// One combination of values.
struct Combination {
  std::vector<VariedValue> values;  // one of each axis; none without "vary"
  Json sections;                    // "model", "training" and "data", with them

  /// Returns {"model.position": "none", ...}.
  Json Settings() const;
};

/// Returns settings as "model.position = rotary, ...".
std::string SettingsInWords(const Json& settings);

/// Returns every combination, the last axis changing fastest; a single one
/// without values where `file` has no "vary". Sections that `file` lacks are
/// empty objects. Adds to `problems` what is wrong with the axes themselves.
std::vector<Combination> Combinations(const Json& file,
                                      const std::string& source,
                                      Problems* problems);

/// Adds what is wrong with the combinations, found[i] being the complaints
/// about combinations[i]: each once, a complaint about a varied key with the
/// place of the value, one of some combinations only with their settings.
void AddFound(const std::vector<Combination>& combinations,
              const std::vector<Problems>& found, const std::string& source,
              Problems* problems);

}  // namespace isoflop
