#include "analysis/report/number_text.h"

#include <fmt/format.h>

#include <cassert>
#include <cmath>

namespace isoflop {
namespace {

/// Without the "+" and the zeros of an exponent.
std::string ShortExponent(const std::string& text) {
  const std::size_t e = text.find('e');
  if (e == std::string::npos) return text;  // none, or nan, inf
  return fmt::format("{}e{}", text.substr(0, e), std::stoi(text.substr(e + 1)));
}

std::string Scientific(double value, int decimals) {
  return ShortExponent(fmt::format("{:.{}e}", value, decimals));
}

}  // namespace

std::string FormatNumber(double value) {
  const double size = std::abs(value);
  if (value == 0.0) return "0";
  if (!(size >= 1e-3 && size < 999'950.0)) return Scientific(value, 3);
  if (size < 999.95) return fmt::format("{:#.4g}", value);
  if (size < 9'999.5) return fmt::format("{:.0f}", value);
  const double unit = size < 99'995.0 ? 10.0 : 100.0;
  return fmt::format("{:.0f}", std::round(value / unit) * unit);
}

std::string FormatScientific(double value) { return Scientific(value, 2); }

std::string FormatDeviation(double value, double exact) {
  assert(exact != 0.0);
  return fmt::format("{:+.1f} %", 100.0 * (value / exact - 1.0));
}

std::string FormatInterval(const Interval& interval, NumberFormat format) {
  return fmt::format("[{}, {}]", format(interval.low), format(interval.high));
}

std::string IntervalOrNothing(const Estimate& estimate, NumberFormat format) {
  return estimate.spread ? FormatInterval(estimate.spread->interval95, format)
                         : "";
}

std::string IntervalInWords(const ProfileInterval& interval) {
  if (!interval.low && !interval.high) return "unbounded on both sides";
  const auto side = [](const std::optional<double>& end, const char* words) {
    return end ? ShortExponent(fmt::format("{:.4g}", *end)) : words;
  };
  return fmt::format("[{}, {}]", side(interval.low, "unbounded below"),
                     side(interval.high, "unbounded above"));
}

std::string WithLargestResiduals(std::size_t runs) {
  if (runs == 1) return "run with the largest residual";
  return fmt::format("{} runs with the largest residuals", runs);
}

}  // namespace isoflop
