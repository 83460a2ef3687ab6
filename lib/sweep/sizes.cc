#include "lib/sweep/sizes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "lib/core/text.h"
#include "lib/sweep/architecture.h"

namespace isoflop {
namespace {

/// Returns the shape, but for width, depth and heads.
ModelShape BaseShape(const Variant& variant) {
  const ModelConfig& model = variant.model;
  ModelShape shape;
  shape.architecture = model.architecture;
  shape.context = model.context;
  const ExampleShape examples = ExamplesOf(variant);
  shape.vocab_size = ModelVocabSize(variant);
  shape.d_in = examples.d_in;
  shape.d_out = examples.d_out;
  shape.ffn = model.ffn;
  shape.norm = model.norm;
  shape.position = model.position;
  shape.rotary_base = model.rotary_base;
  shape.tied_embeddings = model.tied_embeddings;
  shape.attention = model.attention;
  shape.causal = model.causal;
  shape.kv_heads = model.kv_heads.value_or(0);
  shape.qk_norm = model.qk_norm;
  return shape;
}

/// Head count of a width: as the size says, as the model section says, or
/// d_model / head_size; 0 where the architecture has none.
std::int64_t Heads(std::optional<std::int64_t> given, const ModelConfig& model,
                   std::int64_t d_model) {
  if (!HasKey(model.architecture, "heads")) return 0;
  if (given) return *given;
  return model.heads.value_or(d_model / model.head_size);
}

void SetWidth(std::int64_t d_model, const ModelConfig& model,
              const ExampleShape& examples, ModelShape* shape) {
  shape->d_model = d_model;
  // It reads as many of nested inputs as it has weights.
  if (shape->architecture == Architecture::kLinear && examples.nested_inputs) {
    shape->d_in = std::min(d_model, examples.d_in);
  }
  if (!HasKey(model.architecture, "ffn_ratio") || model.ffn == FfnKind::kNone) {
    return;
  }
  shape->d_ff = std::max<std::int64_t>(
      1, std::llround(model.ffn_ratio * static_cast<double>(d_model)));
}

/// The parameter count that a size asks for.
struct Target {
  double params = 0.0;
  ParamsConvention convention = ParamsConvention::kTotal;
};

Target TargetOf(const SizeSpec& size) {
  if (size.params_total) return {*size.params_total, ParamsConvention::kTotal};
  return {size.params_non_embedding.value_or(0.0),
          ParamsConvention::kNonEmbedding};
}

double CountFor(const ModelShape& shape, const Target& target) {
  return static_cast<double>(Count(CountParameters(shape), target.convention));
}

double AspectRatio(const ModelShape& shape) {
  return static_cast<double>(shape.d_model) / static_cast<double>(shape.layers);
}

/// Searches widths that are multiples of a unit, and depths that give them
/// about the wanted aspect ratio, for a parameter count.
class ShapeSearch {
 public:
  ShapeSearch(const SizeSpec& size, const Variant& variant, double aspect_ratio)
      : size_(size),
        model_(variant.model),
        examples_(ExamplesOf(variant)),
        base_(BaseShape(variant)),
        target_(TargetOf(size)),
        aspect_ratio_(aspect_ratio) {}

  ModelShape Nearest() {
    const std::int64_t unit = WidthUnit();
    for (std::int64_t d_model = unit;; d_model += unit) {
      if (!TryWidth(d_model)) return best_;
    }
  }

 private:
  /// The smallest step in d_model that keeps heads whole, and even for rotary.
  std::int64_t WidthUnit() const {
    if (!HasKey(model_.architecture, "heads")) return 1;
    const auto heads = size_.heads ? size_.heads : model_.heads;
    if (!heads) return model_.head_size;
    return *heads * (model_.position == Position::kRotary ? 2 : 1);
  }

  /// Tries every depth of a width; returns whether a larger width can help.
  bool TryWidth(std::int64_t d_model) {
    ModelShape shape = base_;
    SetWidth(d_model, model_, examples_, &shape);
    shape.heads = Heads(size_.heads, model_, d_model);
    if (!HasKey(model_.architecture, "layers")) {
      const double params = CountFor(shape, target_);
      Consider(shape, params);
      return params <= 2.0 * target_.params;
    }
    const double balanced = static_cast<double>(d_model) / aspect_ratio_;
    const auto shallowest = size_.layers.value_or(
        std::max<std::int64_t>(1, std::llround(std::ceil(balanced / 2.0))));
    const auto deepest = size_.layers.value_or(std::max<std::int64_t>(
        shallowest, std::llround(std::floor(balanced * 2.0))));
    bool all_beyond = true;
    for (shape.layers = shallowest; shape.layers <= deepest; ++shape.layers) {
      const double params = CountFor(shape, target_);
      Consider(shape, params);
      // Deeper ones are larger still.
      if (params > 2.0 * target_.params) break;
      all_beyond = false;
    }
    return !all_beyond;
  }

  void Consider(const ModelShape& shape, double params) {
    // Where the depth is no choice, the aspect ratio is none either.
    const double aspect =
        size_.layers || shape.layers == 0 ? aspect_ratio_ : AspectRatio(shape);
    // The count matters most; the aspect ratio decides between close ones.
    const double score = std::abs(std::log(params / target_.params)) +
                         0.1 * std::abs(std::log(aspect / aspect_ratio_));
    if (best_.d_model != 0 && score >= best_score_) return;
    best_ = shape;
    best_score_ = score;
  }

  const SizeSpec& size_;
  const ModelConfig& model_;
  ExampleShape examples_;
  ModelShape base_;
  Target target_;
  double aspect_ratio_;
  ModelShape best_;
  double best_score_ = 0.0;
};

std::string ChoiceNote(const ModelShape& shape, const Target& target) {
  const double params = CountFor(shape, target);
  std::string chosen = fmt::format("d_model {}", shape.d_model);
  std::string aspect;
  if (shape.layers > 0) {
    chosen += fmt::format(", {} layers", shape.layers);
    aspect = fmt::format(", aspect ratio {:.3g}", AspectRatio(shape));
  }
  if (shape.heads > 0) chosen += fmt::format(", {} heads", shape.heads);
  return fmt::format("params_{} {} asked: {} have {} ({:+.1f} %){}",
                     NameOf(target.convention), FormatCount(target.params),
                     chosen, FormatCount(params),
                     100.0 * (params / target.params - 1.0), aspect);
}

/// Adds what a size says of parts that the architecture does not have.
void RefuseParts(const SizeSpec& size, Architecture architecture,
                 const std::string& path, Problems* problems) {
  const auto refuse = [&](const char* key, bool given) {
    if (!given || HasKey(architecture, key)) return;
    problems->Add(fmt::format("{}.{}", path, key),
                  fmt::format("means nothing to the architecture {}",
                              NameOf(architecture)));
  };
  refuse("layers", size.layers.has_value());
  refuse("heads", size.heads.has_value());
}

ResolvedSize ResolveCount(const SizeSpec& size, const Variant& variant,
                          double aspect_ratio, const std::string& path,
                          Problems* problems) {
  const ModelShape shape = ShapeSearch(size, variant, aspect_ratio).Nearest();
  const Target target = TargetOf(size);
  const double params = CountFor(shape, target);
  if (std::abs(std::log(params / target.params)) > std::log(1.5)) {
    problems->Add(
        fmt::format("{}.params_{}", path, NameOf(target.convention)),
        fmt::format("no shape has about {} parameters; the nearest, {}, has {}",
                    FormatCount(target.params), SizeLabel(shape),
                    FormatCount(params)));
  }
  return {shape, ChoiceNote(shape, target)};
}

}  // namespace

ExampleShape ExamplesOf(const Variant& variant) {
  return ShapeOf(variant.data, variant.model.context);
}

std::int64_t ModelVocabSize(const Variant& variant) {
  return variant.model.vocab_size.value_or(ExamplesOf(variant).vocab_size);
}

ResolvedSize ResolveSize(const SizeSpec& size, const Variant& variant,
                         double aspect_ratio, const std::string& path,
                         Problems* problems) {
  ResolvedSize resolved;
  const Architecture architecture = variant.model.architecture;
  RefuseParts(size, architecture, path, problems);
  if (size.d_model) {
    ModelShape& shape = resolved.shape;
    shape = BaseShape(variant);
    SetWidth(*size.d_model, variant.model, ExamplesOf(variant), &shape);
    if (HasKey(architecture, "layers")) {
      shape.layers = size.layers.value_or(variant.model.layers);
    }
    shape.heads = Heads(size.heads, variant.model, *size.d_model);
    if (HasKey(architecture, "heads") && !size.heads && !variant.model.heads &&
        *size.d_model % variant.model.head_size != 0) {
      problems->Add(path + ".d_model",
                    fmt::format("{} is no multiple of head_size {}; give "
                                "heads, or another head_size",
                                *size.d_model, variant.model.head_size));
      return resolved;
    }
  } else {
    resolved = ResolveCount(size, variant, aspect_ratio, path, problems);
  }
  Validate(resolved.shape, path, problems);
  return resolved;
}

std::string SizeLabel(const ModelShape& shape) {
  std::string label = fmt::format("d{}", shape.d_model);
  if (shape.layers > 0) label += fmt::format(" L{}", shape.layers);
  return label;
}

}  // namespace isoflop
