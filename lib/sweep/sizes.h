// Turns a size of the grid into a shape: a width as given, a parameter count
// into the nearest sensible shape.

#pragma once

#include <string>

#include "lib/sweep/sweep_spec.h"

namespace isoflop {

struct ResolvedSize {
  ModelShape shape;
  std::string note;  // what was chosen for a parameter count, else empty
};

/// Returns the layout of the examples that the model learns from.
ExampleShape ExamplesOf(const Variant& variant);

/// Returns the vocabulary of the model: its own setting, or that of its
/// examples; 0 where these hold no tokens.
std::int64_t ModelVocabSize(const Variant& variant);

/// Returns the shape that `size` means under `variant`.
///
/// For a parameter count, d_model is a multiple of the head size (of the
/// number of heads, where that is given) and d_model / layers is within a
/// factor of 2 of `aspect_ratio`, unless the size says how many layers; among
/// these the shape wins that minimises
///
///   |ln(N / N asked)| + 0.1 |ln(d_model / layers / aspect_ratio)|
///
/// Adds to `problems`, at `path`, what makes the shape impossible, and a count
/// that no shape comes within a factor of 1.5 of.
ResolvedSize ResolveSize(const SizeSpec& size, const Variant& variant,
                         double aspect_ratio, const std::string& path,
                         Problems* problems);

/// Returns "d96 L2", for people.
std::string SizeLabel(const ModelShape& shape);

}  // namespace isoflop
