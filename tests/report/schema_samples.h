// Values made from a JSON Schema (draft 4): one that it accepts, and some that
// may break one of its rules.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/core/json.h"

namespace isoflop {

/// Returns sweeps/schema/FILE with every "$ref" in it, into other files as
/// well, replaced by what it refers to.
Json InlinedSchema(const std::string& file);

/// Whether RapidJSON accepts the value by the schema, which has no "$ref".
bool Accepts(const Json& schema, const Json& value);

/// Returns a value that the schema accepts, or nothing if none is found.
/// `variant` 0, 1, ...: others, as far as there are any.
std::optional<Json> SampleOf(const Json& schema, int variant = 0);

/// Returns values of which some should break `rule`, a keyword of the schema.
std::vector<Json> Breaking(const Json& schema, const std::string& rule);

}  // namespace isoflop
