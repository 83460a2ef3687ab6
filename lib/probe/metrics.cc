#include <ATen/ops/argmax.h>
#include <ATen/ops/softmax.h>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "lib/probe/probe.h"
#include "lib/probe/series.h"

namespace isoflop {
namespace {

/// Returns how many insertions, deletions and replacements make one of the
/// other. Wagner & Fischer 1974.
std::size_t EditDistance(const std::vector<std::int64_t>& from,
                         const std::vector<std::int64_t>& to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), 0U);
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i] == to[j] ? 0U : 1U);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

enum Metric : std::size_t {
  kExactMatch,
  kTokenAccuracy,
  kProbability,
  kBrier,
  kEditDistance,
  kMetricCount
};

/// Means over examples, of all or of a part.
class MetricMeans {
 public:
  /// Adds what an example has, [kMetricCount], of so many predictions.
  void Add(const std::vector<double>& example, std::size_t positions) {
    for (std::size_t metric = 0; metric < kMetricCount; ++metric) {
      means_.Add(metric, example[metric]);
    }
    positions_ += positions;
  }

  Json Result() const {
    const std::int64_t examples = means_.count(kExactMatch);
    Json json = {{"examples", examples}, {"positions", positions_}};
    if (examples == 0) return json;
    json["resolution"] = 1.0 / static_cast<double>(examples);
    json["exact_match"] = MeanAndError(means_, kExactMatch);
    json["token_accuracy"] = MeanAndError(means_, kTokenAccuracy);
    json["probability"] = MeanAndError(means_, kProbability);
    json["brier"] = MeanAndError(means_, kBrier);
    json["edit_distance"] = MeanAndError(means_, kEditDistance);
    return json;
  }

 private:
  Series means_{kMetricCount};
  std::size_t positions_ = 0;
};

class Metrics final : public Probe {
 public:
  explicit Metrics(const ProbeSubject& subject)
      : task_(subject.task),
        part_names_(subject.group.data.task->Parts()),
        parts_(part_names_.size()) {}

  void Take(const ProbeBatch& batch) override;
  Json Result() const override;

 private:
  const Task& task_;
  std::vector<std::string_view> part_names_;
  MetricMeans all_;
  std::vector<MetricMeans> parts_;
};

void Metrics::Take(const ProbeBatch& batch) {
  const at::Tensor p = at::softmax(batch.outputs.to(at::kDouble), -1);
  const at::Tensor best_tokens = p.argmax(-1);
  const at::Tensor targets_on_cpu = batch.batch.targets.to(at::kCPU);
  const at::Tensor right_p =
      p.gather(-1, targets_on_cpu.unsqueeze(-1)).squeeze(-1);
  // sum over tokens of (p - 1_right)^2
  const at::Tensor briers = (p * p).sum(-1) - 2.0 * right_p + 1.0;
  const auto best = best_tokens.accessor<std::int64_t, 2>();
  const auto targets = targets_on_cpu.accessor<std::int64_t, 2>();
  const auto probability = right_p.accessor<double, 2>();
  const auto brier = briers.accessor<double, 2>();
  const auto counts = batch.counts.accessor<double, 2>();
  for (std::int64_t i = 0; i < counts.size(0); ++i) {
    std::vector<std::int64_t> predicted;
    std::vector<std::int64_t> right;
    std::vector<double> example(kMetricCount);
    for (std::int64_t t = 0; t < counts.size(1); ++t) {
      if (counts[i][t] == 0.0) continue;
      predicted.push_back(best[i][t]);
      right.push_back(targets[i][t]);
      example[kTokenAccuracy] += best[i][t] == targets[i][t] ? 1.0 : 0.0;
      example[kProbability] += probability[i][t];
      example[kBrier] += brier[i][t];
    }
    if (right.empty()) continue;
    example[kEditDistance] =
        static_cast<double>(EditDistance(predicted, right));
    for (double& sum : example) sum /= static_cast<double>(right.size());
    example[kExactMatch] = predicted == right ? 1.0 : 0.0;
    all_.Add(example, right.size());
    if (!parts_.empty()) {
      parts_[task_.PartOf(batch.first + i)].Add(example, right.size());
    }
  }
}

Json Metrics::Result() const {
  Json json = all_.Result();
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    json["parts"][std::string(part_names_[i])] = parts_[i].Result();
  }
  return json;
}

}  // namespace

std::unique_ptr<Probe> MakeMetrics(const ProbeSubject& subject) {
  return std::make_unique<Metrics>(subject);
}

}  // namespace isoflop
