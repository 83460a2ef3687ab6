// Values made from a JSON Schema (draft 4): one that it accepts, and some that
// may break one of its rules.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/core/json.h"

namespace isoflop {

/// Returns sweeps/schema/FILE with every "$ref" in it, into other files as
/// well, replaced by what it refers to.
Json InlinedSchema(const std::string& file);

/// What RapidJSON makes of a schema, which has no "$ref".
class CompiledSchema {
 public:
  explicit CompiledSchema(const Json& schema);
  ~CompiledSchema();
  CompiledSchema(const CompiledSchema&) = delete;
  CompiledSchema& operator=(const CompiledSchema&) = delete;

  bool Accepts(const Json& value) const;

 private:
  struct Compiled;
  std::unique_ptr<const Compiled> compiled_;
};

/// Returns a value that the schema accepts, or nothing if none is found.
/// `variant` 0, 1, ...: others, as far as there are any.
std::optional<Json> SampleOf(const Json& schema, int variant = 0);

/// Returns values of which some should break `rule`, a keyword of the schema.
std::vector<Json> Breaking(const Json& schema, const std::string& rule);

}  // namespace isoflop
