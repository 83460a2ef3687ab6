#include "lib/plot/ticks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace isoflop {
namespace {

/// A true minus sign.
std::string WithMinus(const std::string& text) {
  return text.starts_with('-') ? "\u2212" + text.substr(1) : text;
}

TickLabel PowerLabel(double value) {
  if (value <= 0.0) return {WithMinus(fmt::format("{:.4g}", value))};
  int exponent = static_cast<int>(std::floor(std::log10(value) + 1e-9));
  const double factor = value / std::pow(10.0, exponent);
  const std::string digits = fmt::format("{:.3g}", factor);
  const std::string power = WithMinus(fmt::format("{}", exponent));
  if (digits == "1") return {"10", power};
  return {digits + "\u00d710", power};
}

std::string PlainText(double value) {
  const double size = std::abs(value);
  if (size != 0.0 && (size >= 1e6 || size < 1e-4)) return {};
  return WithMinus(fmt::format("{:.6g}", value));
}

TickLabel PlainLabel(double value) {
  std::string text = PlainText(value);
  if (!text.empty()) return {text};
  TickLabel label = PowerLabel(std::abs(value));
  if (value < 0.0) label.text = "\u2212" + label.text;
  return label;
}

TickLabel CountLabel(double value) {
  constexpr std::array<const char*, 5> kUnits = {"", "k", "M", "G", "T"};
  const double size = std::abs(value);
  if (size != 0.0 && (size >= 1e15 || size < 1e-3)) return PlainLabel(value);
  double scaled = value;
  std::size_t unit = 0;
  while (std::abs(scaled) >= 1000.0 * (1.0 - 1e-9) &&
         unit + 1 < kUnits.size()) {
    scaled /= 1000.0;
    ++unit;
  }
  return {WithMinus(fmt::format("{:.6g}{}", scaled, kUnits[unit]))};
}

/// The smallest of 1, 2, 2.5, 5 times a power of ten that is at least `step`.
double RoundStep(double step) {
  const double power = std::pow(10.0, std::floor(std::log10(step)));
  for (const double factor : {1.0, 2.0, 2.5, 5.0}) {
    if (factor * power >= step * (1.0 - 1e-9)) return factor * power;
  }
  return 10.0 * power;
}

std::vector<Tick> LinearTicks(TickStyle style, const AxisRange& range,
                              int most) {
  double step = RoundStep((range.high - range.low) / most);
  std::vector<Tick> ticks;
  // A step too many may fit where both ends are ticks.
  for (int attempt = 0; attempt < 3; ++attempt) {
    ticks.clear();
    const double slack = 1e-9 * step;
    for (double i = std::ceil((range.low - slack) / step);
         i * step <= range.high + slack; i += 1.0) {
      const double value = i == 0.0 ? 0.0 : i * step;
      ticks.push_back({value, LabelOf(style, value)});
      if (static_cast<int>(ticks.size()) > most) break;
    }
    if (static_cast<int>(ticks.size()) <= most) break;
    step = RoundStep(1.5 * step);
  }
  return ticks;
}

/// Ticks at `factors` times every power of ten.
std::vector<double> Multiples(const AxisRange& range,
                              std::initializer_list<int> factors) {
  std::vector<double> values;
  const int first = static_cast<int>(std::floor(std::log10(range.low)));
  const int last = static_cast<int>(std::floor(std::log10(range.high)));
  for (int power = first; power <= last; ++power) {
    for (const int factor : factors) {
      const double value = factor * std::pow(10.0, power);
      const bool inside = value >= range.low * (1.0 - 1e-9) &&
                          value <= range.high * (1.0 + 1e-9);
      if (inside) values.push_back(value);
    }
  }
  return values;
}

std::vector<Tick> Labelled(const std::vector<double>& values, TickStyle style) {
  std::vector<Tick> ticks;
  ticks.reserve(values.size());
  for (const double value : values) {
    ticks.push_back({value, LabelOf(style, value)});
  }
  return ticks;
}

/// Adds the values without a label that are no ticks yet.
void AddMinor(const std::vector<double>& values, std::vector<Tick>* ticks) {
  for (const double value : values) {
    const bool there = std::ranges::any_of(*ticks, [value](const Tick& tick) {
      return std::abs(tick.value - value) <= 1e-6 * value;
    });
    if (!there) ticks->push_back({value});
  }
  std::ranges::sort(*ticks, {}, &Tick::value);
}

/// Every so manieth power of ten, those whose exponent it divides.
std::vector<double> SparsePowers(const std::vector<double>& powers, int most) {
  const int every =
      (static_cast<int>(powers.size()) + most - 1) / std::max(1, most);
  std::vector<double> kept;
  for (const double power : powers) {
    const int exponent = static_cast<int>(std::lround(std::log10(power)));
    if (exponent % every == 0) kept.push_back(power);
  }
  return kept;
}

std::vector<Tick> LogTicks(TickStyle style, const AxisRange& range, int most) {
  const auto fits = [most](const std::vector<double>& values) {
    return static_cast<int>(values.size()) <= most;
  };
  const std::vector<double> powers = Multiples(range, {1});
  const std::vector<double> all = Multiples(range, {1, 2, 3, 4, 5, 6, 7, 8, 9});
  std::vector<double> chosen = Multiples(range, {1, 2, 5});
  if (!fits(chosen)) chosen = Multiples(range, {1, 3});
  if (!fits(chosen)) chosen = powers;
  if (!fits(chosen)) return Labelled(SparsePowers(powers, most), style);
  // Less than a factor of three or so: no round numbers of a log axis.
  if (chosen.size() < 3 && range.high < 6.0 * range.low) {
    return LinearTicks(style, range, most);
  }
  std::vector<Tick> ticks = Labelled(chosen, style);
  if (powers.size() <= 6) AddMinor(all, &ticks);
  return ticks;
}

}  // namespace

TickLabel LabelOf(TickStyle style, double value) {
  switch (style) {
    case TickStyle::kPowers:
      return PowerLabel(value);
    case TickStyle::kCounts:
      return CountLabel(value);
    case TickStyle::kPlain:
      break;
  }
  return PlainLabel(value);
}

std::vector<Tick> TicksOf(ScaleKind scale, TickStyle style,
                          const AxisRange& range, int most) {
  return scale == ScaleKind::kLog ? LogTicks(style, range, most)
                                  : LinearTicks(style, range, most);
}

}  // namespace isoflop
