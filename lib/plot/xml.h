// Text and numbers as SVG and HTML hold them.

#pragma once

#include <string>
#include <string_view>

namespace isoflop {

/// Returns `text` for a place between tags or in a quoted attribute, of SVG as
/// of HTML: &, <, >, " and ' escaped, and on one line what XML forbids or a
/// reader would obey (control characters, marks of direction, bytes that are
/// no UTF-8) written out as PrintableLine has it.
std::string XmlText(std::string_view text);

/// Returns a coordinate in pixels, to a hundredth of one: "12.5". REQUIRES:
/// finite.
std::string PixelText(double pixels);

/// Returns the shortest text that reads back as the same number.
std::string ExactText(double value);

}  // namespace isoflop
