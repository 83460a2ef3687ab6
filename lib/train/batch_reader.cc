#include "lib/train/batch_reader.h"

#include <algorithm>
#include <span>
#include <vector>

namespace isoflop {
namespace {

/// Widens or narrows what was read as int32 or bytes into row `example`.
template <typename Number, typename From>
void Put(const std::vector<From>& from, std::int64_t example,
         const at::Tensor& all) {
  std::ranges::transform(from,
                         all.data_ptr<Number>() + example * std::ssize(from),
                         [](From value) { return static_cast<Number>(value); });
}

void PutTokens(const std::vector<std::int32_t>& tokens, std::int64_t example,
               const at::Tensor& all) {
  switch (all.scalar_type()) {
    case at::kLong:
      return Put<std::int64_t>(tokens, example, all);
    case at::kInt:
      return Put<std::int32_t>(tokens, example, all);
    default:
      return Put<std::int16_t>(tokens, example, all);
  }
}

std::span<float> Row(const at::Tensor& vectors, std::int64_t example) {
  const std::int64_t size = vectors.size(1) * vectors.size(2);
  return {vectors.data_ptr<float>() + example * size,
          static_cast<std::size_t>(size)};
}

}  // namespace

ExampleTensors::ExampleTensors(const ExampleShape& shape, std::int64_t examples,
                               at::ScalarType tokens)
    : shape_(shape) {
  const auto room = [&](std::int64_t width) {
    return width > 0 ? at::empty({examples, shape.positions, width}, at::kFloat)
                     : at::empty({examples, shape.positions}, tokens);
  };
  batch_.inputs = room(shape.d_in);
  batch_.targets = room(shape.d_out);
  if (!shape.all_count()) {
    batch_.counts = at::empty({examples, shape.positions}, at::kFloat);
  }
}

void ExampleTensors::Fill(
    const std::function<void(std::int64_t, const ExampleSpans&)>& read) {
  const auto positions = static_cast<std::size_t>(shape_.positions);
  // Vectors are written where they stay; tokens change their type on the way.
  std::vector<std::int32_t> tokens(shape_.d_in == 0 ? positions : 0);
  std::vector<std::int32_t> targets(shape_.d_out == 0 ? positions : 0);
  std::vector<std::uint8_t> counts(batch_.counts.defined() ? positions : 0);
  for (std::int64_t i = 0; i < batch_.inputs.size(0); ++i) {
    ExampleSpans spans{
        .tokens = tokens, .target_tokens = targets, .counts = counts};
    if (shape_.d_in > 0) spans.vectors = Row(batch_.inputs, i);
    if (shape_.d_out > 0) spans.target_vectors = Row(batch_.targets, i);
    read(i, spans);
    if (shape_.d_in == 0) PutTokens(tokens, i, batch_.inputs);
    if (shape_.d_out == 0) PutTokens(targets, i, batch_.targets);
    if (batch_.counts.defined()) Put<float>(counts, i, batch_.counts);
  }
}

ExampleShape ExamplesFor(const Task& task, const ModelShape& model) {
  ExampleShape shape = task.shape();
  if (shape.nested_inputs) shape.d_in = model.d_in;
  return shape;
}

Batch BatchReader::Train(std::int64_t seed, std::int64_t first,
                         std::int64_t examples) {
  return Gather(examples, [&](std::int64_t i, const ExampleSpans& example) {
    task_.ReadTrain(seed, first + i, example);
  });
}

Batch BatchReader::Eval(std::int64_t first, std::int64_t examples) {
  return Gather(examples, [&](std::int64_t i, const ExampleSpans& example) {
    task_.ReadEval(first + i, example);
  });
}

Batch BatchReader::Gather(
    std::int64_t examples,
    const std::function<void(std::int64_t, const ExampleSpans&)>& read) {
  ExampleTensors tensors(shape_, examples);
  tensors.Fill(read);
  if (device_.is_cpu()) return tensors.batch();
  return ForEachTensor(tensors.batch(), [this](const at::Tensor& tensor) {
    return tensor.to(device_);
  });
}

}  // namespace isoflop
