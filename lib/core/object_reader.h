// Reads one JSON object strictly: every key is known, every value has the right
// type and range, and all complaints are collected.

#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "lib/core/error.h"
#include "lib/core/json.h"
#include "lib/core/names.h"

namespace isoflop {

/// The values a number may take, both ends included.
template <typename Number>
struct Range {
  Number lowest = std::numeric_limits<Number>::lowest();
  Number highest = std::numeric_limits<Number>::max();
};

/// The smallest positive double: Range{kPositive} refuses zero.
inline constexpr double kPositive = std::numeric_limits<double>::min();

/// Reads the keys of one object into variables that hold the defaults.
///
///   ObjectReader reader(json["training"], "a.json: training", &problems);
///   reader.Read("peak_lr", &training.peak_lr, {kPositive, 10.0});
///   reader.Finish();
///
/// A key that is absent leaves its variable alone; `Need` makes it a problem.
/// After `Finish`, keys that were never asked for are problems, with the
/// nearest known key as a suggestion.
class ObjectReader {
 public:
  /// `path` is where the object stands, for messages ("a.json: training").
  /// A value that is no object is a problem, and then every Read does nothing.
  /// REQUIRES: json and problems outlive the reader.
  ObjectReader(const Json& json, std::string path, Problems* problems);

  bool Has(std::string_view key) const;

  /// Makes the absence of `key` a problem; returns whether it is there.
  bool Need(std::string_view key);

  /// Each of these returns whether the key was there and its value valid.
  bool Read(std::string_view key, bool* value);
  bool Read(std::string_view key, std::string* value);
  /// A text that is one of `allowed`.
  bool ReadWord(std::string_view key,
                const std::vector<std::string_view>& allowed,
                std::string* value);
  bool Read(std::string_view key, double* value, Range<double> allowed = {});
  /// Accepts 1000, 1e3 and 1000.0, and refuses 1.5.
  bool Read(std::string_view key, std::int64_t* value,
            Range<std::int64_t> allowed = {});
  /// An array with at least one element, every one in range.
  bool Read(std::string_view key, std::vector<double>* values,
            Range<double> allowed = {});
  bool Read(std::string_view key, std::vector<std::int64_t>* values,
            Range<std::int64_t> allowed = {});
  bool Read(std::string_view key, std::vector<std::string>* values);

  template <typename Enum>
  bool ReadEnum(std::string_view key, Enum* value) {
    std::string name;
    if (!ReadWord(key, AllNames<Enum>(), &name)) return false;
    *value = *FromName<Enum>(name);
    return true;
  }

  /// Returns the value of `key` to be read by other means, null when absent.
  const Json* Child(std::string_view key);

  /// Says that a key is known, so that Finish does not complain of it.
  void Ignore(std::string_view key) { known_.push_back(std::string(key)); }

  /// Whether somebody has asked for `key`.
  bool Knows(std::string_view key) const {
    return std::ranges::find(known_, key) != known_.end();
  }

  /// Adds a complaint about `key`; returns false.
  bool Refuse(std::string_view key, const std::string& what);

  /// Returns "a.json: training.peak_lr".
  std::string PathOf(std::string_view key) const;

  /// Complains of every key that nobody asked for.
  void Finish();

 private:
  const Json* Find(std::string_view key);

  const Json* json_ = nullptr;  // null when the value is no object
  std::string path_;
  Problems* problems_;
  std::vector<std::string> known_;
};

}  // namespace isoflop
