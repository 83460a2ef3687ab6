// A model of a tiny sweep as it begins, for probes to look at.

#pragma once

#include <ATen/core/grad_mode.h>

#include <string>
#include <vector>

#include "lib/probe/probe.h"
#include "lib/train/batch_reader.h"
#include "tests/train/tiny_sweep.h"

namespace isoflop {

inline Json SweepOf(const std::string& data, const std::string& model) {
  Json json = TinySweepJson();
  json["data"] = ParseJson(data, "data");
  json["data"]["eval_tokens"] = 256;
  json["model"] = ParseJson(model, "model");
  return json;
}

/// A model of a tiny sweep as it begins, and its evaluation set as a batch.
class Subject {
 public:
  explicit Subject(const Json& json, at::ScalarType dtype = at::kFloat)
      : sweep_(json),
        model_(sweep_.group().shape,
               {.precision = Precision::kFp32, .dtype = dtype}),
        reader_(sweep_.task(), sweep_.group().shape, at::kCPU) {
    model_.parameters().Initialize(0);
    model_.WeightsChanged();
  }

  Model& model() { return model_; }
  const Task& task() const { return sweep_.task(); }
  ProbeSubject subject() {
    return {.group = sweep_.group(), .task = sweep_.task(), .model = model_};
  }

  ProbeBatch BatchOf(std::int64_t first, std::int64_t examples) {
    const at::NoGradGuard no_grad;
    ProbeBatch batch{.first = first, .batch = reader_.Eval(first, examples)};
    batch.outputs = model_.Outputs(batch.batch.inputs).to(at::kFloat);
    batch.losses =
        model_.LossesOf(model_.Outputs(batch.batch.inputs), batch.batch)
            .to(at::kDouble);
    batch.counts = batch.batch.counts.defined()
                       ? batch.batch.counts.to(at::kDouble)
                       : at::ones_like(batch.losses);
    return batch;
  }

  /// What a probe makes of the first six examples, in two batches.
  Json Measure(ProbeKind kind) {
    const auto probe = MakeProbe(kind, subject());
    probe->Take(BatchOf(0, 4));
    probe->Take(BatchOf(4, 2));
    return probe->Result();
  }

  void Clear(const std::string& parameter) {
    const at::NoGradGuard no_grad;
    model_.parameters().Find(parameter).zero_();
    model_.WeightsChanged();
  }

 private:
  TinySweep sweep_;
  Model model_;
  BatchReader reader_;
};

inline constexpr const char* kTwoHeads =
    R"({"context": 16, "layers": 2, "heads": 2})";
inline constexpr const char* kUntied =
    R"({"context": 16, "layers": 1, "heads": 2, "tied_embeddings": false})";
inline constexpr const char* kMarkov = R"({"kind": "markov", "symbols": 4})";
inline constexpr const char* kRegression =
    R"({"kind": "regression", "dimension": 3, "noise": 0.5})";

inline std::vector<double> Numbers(const Json& json) {
  return json.get<std::vector<double>>();
}

}  // namespace isoflop
