#include "lib/machine/bench_result.h"

#include <fmt/format.h>

#include <utility>

#include "lib/sweep/sizes.h"

namespace isoflop {
namespace {

Json ToJson(const BenchResult& result) {
  const RunGroup& group = result.group;
  const BenchReport& report = result.report;
  Json json{{"case", CaseLabel(group)},
            {"model", ToJson(group.shape)},
            {"precision", NameOf(group.training.precision)},
            {"batch_tokens", group.training.batch_tokens},
            {"micro_batch_tokens", group.training.micro_batch_tokens.value_or(
                                       group.training.batch_tokens)},
            {"params",
             {{"total", group.params.total},
              {"non_embedding", group.params.non_embedding}}},
            {"convention", NameOf(group.convention)},
            {"tokens_per_second", ToJson(report.tokens_per_second)},
            {"flops_per_second_6n", FlopsPerSecond6N(result)},
            {"flops_per_second_exact", ExactFlopsPerSecond(result)},
            {"matmul_flops_per_second", ToJson(report.matmul_flops_per_second)},
            {"share_of_matmul", ShareOfMatmul(result)}};
  if (report.peak_memory_bytes) {
    json["peak_memory_bytes"] = *report.peak_memory_bytes;
  }
  json["estimated_memory_bytes"] = result.estimated_memory_bytes;
  if (!report.profile.empty()) json["profile"] = ToJson(report.profile);
  json["device"] = report.device;
  json["software"] = report.software;
  return json;
}

Json ToJson(const SweepPrediction& sweep) {
  Json json{{"name", sweep.name},
            {"runs", sweep.totals.runs},
            {"groups", sweep.groups},
            {"tokens", sweep.totals.tokens},
            {"machine", sweep.slots}};
  if (sweep.wall_seconds) json["wall_seconds"] = *sweep.wall_seconds;
  return json;
}

}  // namespace

double FlopsPerSecond6N(const BenchResult& result) {
  const RunGroup& group = result.group;
  return 6.0 * static_cast<double>(Count(group.params, group.convention)) *
         result.report.tokens_per_second.median;
}

double ExactFlopsPerSecond(const BenchResult& result) {
  return TrainingFlopsPerToken(result.group.shape) *
         result.report.tokens_per_second.median;
}

double ShareOfMatmul(const BenchResult& result) {
  return ExactFlopsPerSecond(result) /
         result.report.matmul_flops_per_second.median;
}

std::string CaseLabel(const RunGroup& group) {
  return fmt::format("{} T{}", SizeLabel(group.shape), group.shape.context);
}

Json BenchJson(const std::vector<BenchResult>& results,
               const std::optional<SweepPrediction>& sweep) {
  Json cases = Json::array();
  for (const BenchResult& result : results) cases.push_back(ToJson(result));
  Json json{{"schema", kBenchSchema}, {"cases", std::move(cases)}};
  if (sweep) json["sweep"] = ToJson(*sweep);
  return json;
}

}  // namespace isoflop
