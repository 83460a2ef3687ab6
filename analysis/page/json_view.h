// Looks into a JSON document whose parts may be missing, but not of another
// kind than they are supposed to be.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/core/json.h"

namespace isoflop {

/// A value of a document, or the absence of one. What is asked of an absent
/// value is absent too. REQUIRES: the document outlives the view.
class JsonView {
 public:
  /// `source` names the document in messages.
  JsonView(const Json& json, std::string source)
      : json_(&json), path_(std::move(source)) {}

  explicit operator bool() const { return json_ != nullptr; }

  /// Returns the value of a key. Throws Error where this is no object.
  JsonView operator[](std::string_view key) const;

  /// Each returns the value, or nothing where it is absent. Throws Error,
  /// naming the place, where it is of another kind.
  std::optional<double> number() const;
  std::optional<std::string> text() const;
  std::optional<bool> flag() const;

  /// Returns the elements of an array, none where it is absent. Throws Error.
  std::vector<JsonView> items() const;

  /// Returns the keys and values of an object, none where it is absent. Throws
  /// Error.
  std::vector<std::pair<std::string, JsonView>> members() const;

  /// Returns the strings of an array. Throws Error.
  std::vector<std::string> texts() const;

  /// Returns text(), or "" where it is absent.
  std::string text_or_none() const { return text().value_or(""); }

  const Json* json() const { return json_; }
  const std::string& path() const { return path_; }

 private:
  JsonView(const Json* json, std::string path)
      : json_(json), path_(std::move(path)) {}

  [[noreturn]] void Refuse(const char* wanted) const;

  const Json* json_;
  std::string path_;
};

}  // namespace isoflop
