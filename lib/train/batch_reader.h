// Batches of examples as tensors on the device that trains.

#pragma once

#include <cstdint>
#include <functional>

#include "lib/data/task.h"
#include "lib/model/batch.h"
#include "lib/sweep/model_shape.h"

namespace isoflop {

/// Where examples are written: tensors on the CPU of the types that a Batch
/// has.
class ExampleTensors {
 public:
  /// Makes room for `examples` examples. Tokens have the type `tokens`: kLong,
  /// kInt, or kShort, which holds uint16 bit by bit.
  ExampleTensors(const ExampleShape& shape, std::int64_t examples,
                 at::ScalarType tokens = at::kLong);

  /// Calls read(example number, spans) for every example.
  void Fill(const std::function<void(std::int64_t, const ExampleSpans&)>& read);

  /// The tensors, [examples, T] or [examples, T, width] each.
  const Batch& batch() const { return batch_; }

 private:
  ExampleShape shape_;
  Batch batch_;
};

/// Returns the layout in which a model reads the examples of a task: of nested
/// inputs it takes no more than it has a use for.
ExampleShape ExamplesFor(const Task& task, const ModelShape& model);

/// Reads batches of a task. A batch is a pure function of its arguments.
class BatchReader {
 public:
  /// REQUIRES: `task` outlives the reader.
  BatchReader(const Task& task, const ModelShape& model, at::Device device)
      : task_(task), shape_(ExamplesFor(task, model)), device_(device) {}

  /// Returns training examples first, first + 1, ... in the order of `seed`.
  Batch Train(std::int64_t seed, std::int64_t first, std::int64_t examples);

  /// Returns examples first, first + 1, ... of the evaluation set.
  Batch Eval(std::int64_t first, std::int64_t examples);

 private:
  Batch Gather(
      std::int64_t examples,
      const std::function<void(std::int64_t, const ExampleSpans&)>& read);

  const Task& task_;
  ExampleShape shape_;
  at::Device device_;
};

}  // namespace isoflop
