// The report: one page that stands alone, with what was run, what was found,
// the figures with the warnings that concern them, and how to do it again.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analysis/page/figures.h"

namespace isoflop {

/// The figures that the source has data for, in the order of the page.
std::vector<Figure> FiguresOf(const ReportSource& source);

/// What a page says it was written by, and of what, in its <meta> elements: so
/// that a command knows its own.
inline constexpr std::string_view kReportMark = "isoflop report";
std::string SourceName(const ReportSource& source);

/// Returns the page as HTML that is well-formed XML below its first line: no
/// script, nothing that is fetched. What cannot be shown is said, with how to
/// get it.
std::string ReportPage(const ReportSource& source);

}  // namespace isoflop
