// Elements of SVG, with their colours written in one of two styles.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/plot/palette.h"
#include "lib/plot/text_box.h"
#include "lib/plot/ticks.h"

namespace isoflop {

inline constexpr double kFontSize = 12.0;

enum class Anchor { kStart, kMiddle, kEnd };

/// A line of text; `y` is its baseline.
struct TextItem {
  double x = 0.0;
  double y = 0.0;
  TickLabel text = {};
  Anchor anchor = Anchor::kStart;
  Hue hue = Hue::Ink();
  bool strong = false;
  bool on_paper = false;  // a sheet of it behind, where lines run below
};

/// Returns where the text is, by estimate.
Box BoxOf(const TextItem& item);

/// Writes elements, and keeps account of where text is.
class Ink {
 public:
  explicit Ink(ColourStyle style) : style_(style) {}

  /// Returns attributes, with a space before: fill and stroke, "none" where
  /// there is none.
  std::string Paint(const std::optional<Hue>& fill,
                    const std::optional<Hue>& stroke) const;

  void Add(const std::string& element) { elements_ += element + "\n"; }

  /// Adds text in any case.
  void Text(const TextItem& item);

  /// Adds text if it does not overlap other text; returns whether it did.
  bool TextIfFree(const TextItem& item);

  const std::vector<Box>& texts() const { return texts_; }
  const std::string& elements() const { return elements_; }

 private:
  ColourStyle style_;
  std::string elements_;
  std::vector<Box> texts_;
};

}  // namespace isoflop
