// The reference pages in docs/reference, made from the JSON Schemas in
// sweeps/schema: keys, types, ranges, defaults and descriptions.

#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lib/core/json.h"

namespace isoflop {

/// What a reference page is made of.
struct ReferencePage {
  std::string title = {};
  std::string introduction = {};
  std::string schema = {};  // such as "sweep.schema.json"
};

/// Returns the schema in a file: a function, for tests to have their own.
using SchemaSource = std::function<Json(const std::string& file)>;

/// Returns the page: a section for each object that has keys, first that of the
/// whole, then each where it is first spoken of.
/// Throws Error for a reference that leads nowhere.
std::string WriteReference(const ReferencePage& page,
                           const SchemaSource& source);

/// Returns the places of the keys of a schema, and of those that it refers to,
/// that say nothing of themselves.
std::vector<std::string> KeysWithoutDescription(const std::string& schema,
                                                const SchemaSource& source);

}  // namespace isoflop
