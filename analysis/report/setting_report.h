// The best value of a setting at each N and D, for programs and for people.

#pragma once

#include <string>

#include "analysis/compare/setting_optima.h"
#include "analysis/report/text_page.h"
#include "lib/core/json.h"

namespace isoflop {

Json ToJson(const SettingOptima& optima);

/// Writes a table of the best values, and in a sentence whether they move with
/// N or D. `name` is what the setting is called.
void AddOptima(const std::string& name, const SettingOptima& optima,
               TextPage* page);

}  // namespace isoflop
