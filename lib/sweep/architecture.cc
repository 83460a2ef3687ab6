#include "lib/sweep/architecture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace isoflop {

const ArchitectureTraits& TraitsOf(Architecture architecture) {
  static const std::vector<ArchitectureTraits> all = {
      TransformerTraits(),
      RecurrentTraits(Architecture::kLstm),
      RecurrentTraits(Architecture::kGru),
      MlpTraits(),
      LinearTraits(),
  };
  const auto found =
      std::ranges::find(all, architecture, &ArchitectureTraits::architecture);
  assert(found != all.end());
  return *found;
}

bool HasKey(Architecture architecture, std::string_view key) {
  const auto& keys = TraitsOf(architecture).keys;
  return std::ranges::find(keys, key) != keys.end();
}

std::vector<ParameterSpec> ParameterSpecs(const ModelShape& shape) {
  return TraitsOf(shape.architecture).parameters(shape);
}

void Validate(const ModelShape& shape, const std::string& path,
              Problems* problems) {
  TraitsOf(shape.architecture).validate(shape, path, problems);
}

ParameterCounts CountParameters(const ModelShape& shape) {
  return TraitsOf(shape.architecture).count(shape);
}

double TrainingFlopsPerToken(const ModelShape& shape) {
  return TraitsOf(shape.architecture).training_flops(shape);
}

void AddOuterParameters(const ModelShape& shape,
                        std::vector<ParameterSpec>* specs) {
  const std::int64_t d = shape.d_model;
  if (shape.d_in > 0) {
    specs->push_back(OuterMatrix("input", d, shape.d_in, d));
  } else {
    specs->push_back(OuterMatrix("embedding", shape.vocab_size, d, d));
  }
  if (shape.position == Position::kLearned) {
    specs->push_back(OuterMatrix("positions", shape.context, d, d));
  }
  if (!HasTiedHead(shape)) {
    specs->push_back(OuterMatrix("head", HeadOutputs(shape), d, d));
  }
}

ParameterCounts CountOuterParameters(const ModelShape& shape) {
  const std::int64_t d = shape.d_model;
  std::int64_t tables = shape.d_in > 0 ? 0 : shape.vocab_size * d;
  std::int64_t maps = shape.d_in * d + shape.d_out * d;
  if (shape.position == Position::kLearned) tables += shape.context * d;
  if (shape.d_out == 0 && !HasTiedHead(shape)) tables += shape.vocab_size * d;
  return {.total = tables + maps, .non_embedding = maps};
}

std::int64_t OuterProducts(const ModelShape& shape) {
  return (shape.d_in + HeadOutputs(shape)) * shape.d_model;
}

void AddNorm(const ModelShape& shape, const std::string& name,
             std::vector<ParameterSpec>* specs) {
  if (shape.norm == NormKind::kNone) return;
  specs->push_back(
      {.name = name + ".gain", .sizes = {shape.d_model}, .init_mean = 1.0});
  if (shape.norm == NormKind::kLayer) {
    specs->push_back({.name = name + ".bias", .sizes = {shape.d_model}});
  }
}

std::int64_t NormParameters(const ModelShape& shape) {
  switch (shape.norm) {
    case NormKind::kRms:
      return shape.d_model;
    case NormKind::kLayer:
      return 2 * shape.d_model;
    case NormKind::kNone:
      break;
  }
  return 0;
}

bool ShapeCheck::InRange(const char* field, std::int64_t value,
                         std::int64_t lowest, std::int64_t highest) {
  if (lowest <= value && value <= highest) return true;
  Refuse(field,
         fmt::format("must be from {} to {}, got {}", lowest, highest, value));
  return false;
}

// Far beyond any model, and small enough that counts fit 64 bits.
bool ShapeCheck::Width(const char* field, std::int64_t value) {
  return InRange(field, value, 1, std::int64_t{1} << 20);
}

bool ShapeCheck::Depth(const char* field, std::int64_t value) {
  return InRange(field, value, 1, 10'000);
}

bool ShapeCheck::Length(const char* field, std::int64_t value) {
  return InRange(field, value, 1, std::int64_t{1} << 24);
}

void ShapeCheck::Outside(const ModelShape& shape) {
  Length("context", shape.context);
  if (shape.d_in == 0 || shape.d_out == 0) {
    InRange("vocab_size", shape.vocab_size, 2, std::int64_t{1} << 31);
  }
  if (shape.d_in != 0) Width("d_in", shape.d_in);
  if (shape.d_out != 0) Width("d_out", shape.d_out);
}

}  // namespace isoflop
