#include "lib/train/divergence_guard.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace isoflop {

DivergenceGuard::DivergenceGuard(const ModelShape& shape) {
  if (shape.d_out > 0) {
    limit_.reset();
  } else {
    limit_ =
        std::max(1.0, std::log(static_cast<double>(shape.vocab_size)) / 2.0);
  }
}

std::optional<std::string> DivergenceGuard::Add(std::int64_t step, double loss,
                                                double grad_norm) {
  // First: NaN gets past every comparison below. People count steps from 1.
  if (!std::isfinite(loss)) {
    return fmt::format("the loss of step {} is {}", step + 1, loss);
  }
  if (!std::isfinite(grad_norm)) {
    return fmt::format("the gradient of step {} has the norm {}", step + 1,
                       grad_norm);
  }
  sum_ += loss;
  if ((step + 1) % kInterval != 0) return std::nullopt;
  const double mean = sum_ / static_cast<double>(kInterval);
  sum_ = 0.0;
  if (!limit_ && !first_mean_) first_mean_ = mean;
  const double limit = limit_ ? *limit_ : 4.0 * *first_mean_;
  if (lowest_mean_ && mean > *lowest_mean_ + limit) {
    return fmt::format(
        "the mean loss of steps {}-{} is {:.4f}, more than {:.2f} above the "
        "lowest mean before, {:.4f}",
        step + 2 - kInterval, step + 1, mean, limit, *lowest_mean_);
  }
  lowest_mean_ = std::min(mean, lowest_mean_.value_or(mean));
  return std::nullopt;
}

Json DivergenceGuard::ToJson() const {
  Json json{{"sum", sum_}};
  if (first_mean_) json["first_mean"] = *first_mean_;
  if (lowest_mean_) json["lowest_mean"] = *lowest_mean_;
  return json;
}

void DivergenceGuard::Load(const Json& json, const std::string& path,
                           Problems* problems) {
  ObjectReader reader(json, path, problems);
  if (reader.Need("sum")) reader.Read("sum", &sum_);
  const auto read = [&reader](const char* key, std::optional<double>* mean) {
    double value = 0.0;
    mean->reset();
    if (reader.Read(key, &value)) *mean = value;
  };
  read("first_mean", &first_mean_);
  read("lowest_mean", &lowest_mean_);
  reader.Finish();
}

}  // namespace isoflop
