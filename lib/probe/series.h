// Means over examples, and their standard errors.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "lib/core/json.h"

namespace isoflop {

/// A mean over examples, one for each of a number of places. An example need
/// not have a value at every place.
class Series {
 public:
  explicit Series(std::size_t places)
      : count_(places), mean_(places), squares_(places) {}

  /// Adds one value.
  void Add(std::size_t place, double value);

  std::size_t size() const { return count_.size(); }
  std::int64_t count(std::size_t place) const { return count_[place]; }
  double mean(std::size_t place) const { return mean_[place]; }

  /// Returns the standard error of the mean; 0 of fewer than two values.
  double std_error(std::size_t place) const;

  /// Returns the places that have values.
  std::vector<std::size_t> Places() const;

  /// Returns the means, or the standard errors, at these places.
  Json Means(std::span<const std::size_t> places) const;
  Json StdErrors(std::span<const std::size_t> places) const;

 private:
  std::vector<std::int64_t> count_;
  std::vector<double> mean_;
  std::vector<double> squares_;  // sums of squared distances from the mean
};

/// Returns {"mean": ..., "std_error": ...} of one place.
Json MeanAndError(const Series& series, std::size_t place);

}  // namespace isoflop
