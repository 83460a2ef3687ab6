// An installed program that makes a PNG of an SVG.

#pragma once

#include <filesystem>

namespace isoflop {

/// Writes `png`, at about 200 dots per inch, by the first of rsvg-convert,
/// inkscape and chromium that is in PATH. Throws Error, with what to install,
/// where there is none, and where it fails.
void Rasterise(const std::filesystem::path& svg,
               const std::filesystem::path& png);

/// Throws Error, with what to install, where there is no such program.
void RequireRasteriser();

}  // namespace isoflop
