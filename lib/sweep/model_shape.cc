#include "lib/sweep/model_shape.h"

#include <fmt/format.h>

namespace isoflop {
namespace {

// Far beyond any model, and small enough that counts fit 64 bits.
constexpr Range<std::int64_t> kWidths{1, std::int64_t{1} << 20};
constexpr Range<std::int64_t> kDepths{1, 10'000};
constexpr Range<std::int64_t> kLengths{1, std::int64_t{1} << 24};
constexpr Range<std::int64_t> kVocabularies{2, std::int64_t{1} << 31};

class ShapeCheck {
 public:
  ShapeCheck(const std::string& path, Problems* problems)
      : path_(path), problems_(problems) {}

  /// Returns whether `value` is in range.
  bool InRange(const char* field, std::int64_t value,
               Range<std::int64_t> allowed) {
    if (allowed.lowest <= value && value <= allowed.highest) return true;
    Refuse(field, fmt::format("must be from {} to {}, got {}", allowed.lowest,
                              allowed.highest, value));
    return false;
  }

  void Refuse(const char* field, const std::string& what) {
    problems_->Add(path_ + "." + field, what);
  }

 private:
  const std::string& path_;
  Problems* problems_;
};

/// Checks how the width splits into heads. REQUIRES: both are positive.
void CheckHeads(const ModelShape& shape, ShapeCheck* check) {
  if (shape.d_model % shape.heads != 0) {
    check->Refuse("heads", fmt::format("{} does not divide d_model {}",
                                       shape.heads, shape.d_model));
  } else if (shape.position == Position::kRotary &&
             shape.d_model / shape.heads % 2 != 0) {
    check->Refuse(
        "heads",
        fmt::format("{} heads of d_model {} have the odd size {}, and rotary "
                    "positions turn pairs of components",
                    shape.heads, shape.d_model, shape.d_model / shape.heads));
  }
}

void ReadFields(ObjectReader* reader, ModelShape* shape) {
  reader->ReadEnum("architecture", &shape->architecture);
  reader->Read("d_model", &shape->d_model);
  reader->Read("layers", &shape->layers);
  reader->Read("heads", &shape->heads);
  reader->Read("context", &shape->context);
  reader->Read("vocab_size", &shape->vocab_size);
  reader->Read("d_ff", &shape->d_ff);
  reader->ReadEnum("ffn", &shape->ffn);
  reader->ReadEnum("norm", &shape->norm);
  reader->ReadEnum("position", &shape->position);
  reader->Read("rotary_base", &shape->rotary_base, {kPositive});
  reader->Read("tied_embeddings", &shape->tied_embeddings);
}

/// Weights of one layer that are factors of matrix products: 4 d^2 of the
/// attention (queries, keys, values, output), and fc and proj.
std::int64_t MatrixParametersPerLayer(const ModelShape& shape) {
  const std::int64_t d = shape.d_model;
  return 4 * d * d + d * (FcOutputs(shape) + shape.d_ff);
}

}  // namespace

void Validate(const ModelShape& shape, const std::string& path,
              Problems* problems) {
  ShapeCheck check(path, problems);
  const bool width = check.InRange("d_model", shape.d_model, kWidths);
  const bool heads = check.InRange("heads", shape.heads, kWidths);
  check.InRange("layers", shape.layers, kDepths);
  check.InRange("context", shape.context, kLengths);
  check.InRange("vocab_size", shape.vocab_size, kVocabularies);
  check.InRange("d_ff", shape.d_ff, kLengths);
  if (width && heads) CheckHeads(shape, &check);
}

ParameterCounts CountParameters(const ModelShape& shape) {
  const std::int64_t d = shape.d_model;
  const std::int64_t norm = shape.norm == NormKind::kLayer ? 2 * d : d;
  const std::int64_t token_table = shape.vocab_size * d;

  ParameterCounts counts;
  counts.non_embedding =
      shape.layers * (MatrixParametersPerLayer(shape) + 2 * norm) + norm;
  counts.total =
      counts.non_embedding + token_table * (shape.tied_embeddings ? 1 : 2);
  if (shape.position == Position::kLearned) counts.total += shape.context * d;
  return counts;
}

double TrainingFlopsPerToken(const ModelShape& shape) {
  const std::int64_t head = shape.vocab_size * shape.d_model;
  const auto matrices = static_cast<double>(
      shape.layers * MatrixParametersPerLayer(shape) + head);
  const auto attention =
      static_cast<double>(shape.layers * shape.d_model * shape.context);
  return 6.0 * matrices + 12.0 * attention;
}

Json ToJson(const ModelShape& shape) {
  return {{"architecture", NameOf(shape.architecture)},
          {"d_model", shape.d_model},
          {"layers", shape.layers},
          {"heads", shape.heads},
          {"context", shape.context},
          {"vocab_size", shape.vocab_size},
          {"d_ff", shape.d_ff},
          {"ffn", NameOf(shape.ffn)},
          {"norm", NameOf(shape.norm)},
          {"position", NameOf(shape.position)},
          {"rotary_base", shape.rotary_base},
          {"tied_embeddings", shape.tied_embeddings}};
}

ModelShape ModelShapeFromJson(const Json& json, const std::string& path) {
  Problems problems;
  ModelShape shape;
  ObjectReader reader(json, path, &problems);
  const Json complete = ToJson(shape);
  for (const auto& field : complete.items()) reader.Need(field.key());
  ReadFields(&reader, &shape);
  reader.Finish();
  if (problems.empty()) Validate(shape, path, &problems);
  problems.ThrowIfAny();
  return shape;
}

}  // namespace isoflop
