// JSON that many values share.

#pragma once

#include <memory>
#include <utility>

#include "lib/core/json.h"

namespace isoflop {

/// A JSON value that its copies have in common: the settings of a hundred
/// thousand records are a few different ones. It never changes.
class SharedJson {
 public:
  SharedJson() = default;  // null

  // A JSON value is one that is not shared yet.
  // NOLINTNEXTLINE(google-explicit-constructor)
  SharedJson(Json json)
      : json_(json.is_null() ? nullptr
                             : std::make_shared<const Json>(std::move(json))) {}

  const Json& operator*() const {
    static const Json kNull;
    return json_ ? *json_ : kNull;
  }
  const Json* operator->() const { return &**this; }

  /// REQUIRES: an object with the key.
  const Json& operator[](const char* key) const { return (*this)->at(key); }

 private:
  std::shared_ptr<const Json> json_;
};

}  // namespace isoflop
