// Checks JSON against the schemas that ship in sweeps/schema/, with a validator
// that has nothing to do with the code that writes the JSON.

#pragma once

#include <rapidjson/document.h>
#include <rapidjson/error/en.h>
#include <rapidjson/schema.h>
#include <rapidjson/stringbuffer.h>

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "lib/core/files.h"
#include "lib/core/json.h"

namespace isoflop {

/// Loads schemas by file name, each once, and those that they refer to.
class SchemaLibrary final : public rapidjson::IRemoteSchemaDocumentProvider {
 public:
  /// `file` is such as "fit.schema.json". Throws when it cannot be read.
  const rapidjson::SchemaDocument& Load(const std::string& file) {
    auto& schema = schemas_[file];
    if (!schema) {
      rapidjson::Document document;
      document.Parse(ReadFile(kFolder + file).c_str());
      if (document.HasParseError()) {
        throw std::runtime_error(
            file + ": " +
            rapidjson::GetParseError_En(document.GetParseError()));
      }
      schema = std::make_unique<rapidjson::SchemaDocument>(document, this);
    }
    return *schema;
  }

  /// The length that RapidJSON 1.1 passes is one short, so it is not looked at.
  const rapidjson::SchemaDocument* GetRemoteDocument(
      const char* uri, rapidjson::SizeType /*length*/) override {
    const std::string_view reference(uri);
    return &Load(std::string(reference.substr(0, reference.find('#'))));
  }

 private:
  inline static const std::string kFolder =
      ISOFLOP_SOURCE_DIR "/sweeps/schema/";

  std::map<std::string, std::unique_ptr<rapidjson::SchemaDocument>> schemas_;
};

/// Returns where `json` breaks the schema sweeps/schema/<name>.schema.json and
/// which rule it breaks ("#/grid/sizes: minItems"), or nothing.
inline std::string SchemaProblem(const Json& json, const std::string& name) {
  static SchemaLibrary library;
  rapidjson::Document document;
  document.Parse(json.dump().c_str());
  rapidjson::SchemaValidator validator(library.Load(name + ".schema.json"));
  if (document.Accept(validator)) return {};
  rapidjson::StringBuffer where;
  validator.GetInvalidDocumentPointer().StringifyUriFragment(where);
  return std::string(where.GetString()) + ": " +
         validator.GetInvalidSchemaKeyword();
}

}  // namespace isoflop
