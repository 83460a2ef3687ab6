// Colours, by what they are for; each has a value on light and one on dark
// paper.
//
// Source of the eight that tell kinds apart: Okabe & Ito 2008, "Color universal
// design", which people who see red and green alike can tell too.

#pragma once

#include <string>

namespace isoflop {

inline constexpr int kKinds = 6;
inline constexpr int kSteps = 8;

/// What a colour is for.
struct Hue {
  enum class Role {
    kInk,    // text and what is central
    kMuted,  // axes, remarks, what is only compared with
    kGrid,
    kPaper,
    kKind,  // one of kKinds that are told apart
    kStep   // one of kSteps in an order, such as of budgets
  };
  Role role = Role::kInk;
  int index = 0;

  static Hue Ink() { return {Role::kInk, 0}; }
  static Hue Muted() { return {Role::kMuted, 0}; }
  static Hue Grid() { return {Role::kGrid, 0}; }
  static Hue Paper() { return {Role::kPaper, 0}; }
  /// The i-th kind, from 0; more than kKinds begin again.
  static Hue Kind(int i) { return {Role::kKind, i % kKinds}; }
  /// The i-th of `count` things in an order, from 0.
  static Hue Step(int i, int count);

  bool operator==(const Hue&) const = default;
};

/// How colours are written: for a page, whose style sheet knows them, or for a
/// file that stands alone, as values on light paper.
enum class ColourStyle { kPage, kAlone };

/// Returns "var(--k0)", or "#0072b2".
std::string ColourOf(const Hue& hue, ColourStyle style);

/// Returns the style sheet that ColourStyle::kPage needs: the variables on
/// light paper, on dark paper, and on light paper again in print.
std::string ColourSheet();

}  // namespace isoflop
