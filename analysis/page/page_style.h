// How the page looks: on light and dark paper, on a phone, in print.

#pragma once

#include <string>

namespace isoflop {

/// Returns the style sheet, colours included. It names no font and no picture
/// that would have to be fetched.
std::string PageStyle();

}  // namespace isoflop
