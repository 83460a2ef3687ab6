#include "lib/plot/palette.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace isoflop {
namespace {

struct Colour {
  const char* light;
  const char* dark;
};

constexpr Colour kInk = {"#1d2430", "#e6e9ef"};
constexpr Colour kMuted = {"#5b6472", "#a0a8b5"};
constexpr Colour kGrid = {"#e3e6eb", "#2c333d"};
constexpr Colour kPaper = {"#ffffff", "#14181e"};
constexpr std::array<Colour, kKinds> kKindColours = {{{"#0072b2", "#4fb0ee"},
                                                      {"#d55e00", "#ff8c4a"},
                                                      {"#00835f", "#35c79c"},
                                                      {"#b3558c", "#e79ac6"},
                                                      {"#a87400", "#eab43e"},
                                                      {"#4d5bb8", "#9aa6f5"}}};
// Plasma of matplotlib, without what would be too pale or too dark.
constexpr std::array<Colour, kSteps> kStepColours = {{{"#0d0887", "#8f7dff"},
                                                      {"#4903a0", "#ad72f5"},
                                                      {"#7a02a8", "#c967e0"},
                                                      {"#a11b9b", "#e063bd"},
                                                      {"#bf3984", "#f06a97"},
                                                      {"#d3525f", "#f98070"},
                                                      {"#d96a2e", "#fba252"},
                                                      {"#b57f00", "#f4d04e"}}};

const Colour& Of(const Hue& hue) {
  const auto index = static_cast<std::size_t>(hue.index);
  switch (hue.role) {
    case Hue::Role::kMuted:
      return kMuted;
    case Hue::Role::kGrid:
      return kGrid;
    case Hue::Role::kPaper:
      return kPaper;
    case Hue::Role::kKind:
      return kKindColours[index];
    case Hue::Role::kStep:
      return kStepColours[index];
    case Hue::Role::kInk:
      break;
  }
  return kInk;
}

std::string Variable(const Hue& hue) {
  switch (hue.role) {
    case Hue::Role::kMuted:
      return "--muted";
    case Hue::Role::kGrid:
      return "--grid";
    case Hue::Role::kPaper:
      return "--paper";
    case Hue::Role::kKind:
      return fmt::format("--k{}", hue.index);
    case Hue::Role::kStep:
      return fmt::format("--s{}", hue.index);
    case Hue::Role::kInk:
      break;
  }
  return "--ink";
}

std::string Variables(const char* Colour::*paper) {
  std::string text;
  const auto add = [&](const Hue& hue) {
    text += fmt::format("{}:{};", Variable(hue), Of(hue).*paper);
  };
  for (const Hue& hue : {Hue::Ink(), Hue::Muted(), Hue::Grid(), Hue::Paper()}) {
    add(hue);
  }
  for (int i = 0; i < kKinds; ++i) add(Hue::Kind(i));
  for (int i = 0; i < kSteps; ++i) add({Hue::Role::kStep, i});
  return text;
}

}  // namespace

Hue Hue::Step(int i, int count) {
  if (count < 2) return {Role::kStep, kSteps / 2};
  const double part = static_cast<double>(i) / (count - 1);
  const long index = std::lround(part * (kSteps - 1));
  return {Role::kStep,
          static_cast<int>(std::clamp(index, 0L, long{kSteps} - 1))};
}

std::string ColourOf(const Hue& hue, ColourStyle style) {
  if (style == ColourStyle::kAlone) return Of(hue).light;
  return fmt::format("var({})", Variable(hue));
}

std::string ColourSheet() {
  return fmt::format(
      ":root{{{}color-scheme:light dark}}\n"
      "@media (prefers-color-scheme:dark){{:root{{{}}}}}\n"
      "@media print{{:root{{{}color-scheme:light}}}}\n",
      Variables(&Colour::light), Variables(&Colour::dark),
      Variables(&Colour::light));
}

}  // namespace isoflop
