// The one place that writes to standard output and standard error. Whatever is
// printed for people is Printable (lib/core/printable.h). Nothing here throws:
// a closed terminal, a full disk or a pipe that nobody reads is no reason to
// stop a sweep, and is said once, at the end.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace isoflop {

/// Opens what is closed of the descriptors 0 to 2, lest the next file that is
/// opened becomes standard output: input then is at its end, output refuses
/// what it gets, and standard error loses it. To be called first in main.
void OpenStandardStreams();

/// Prints text for people on standard output.
void Print(std::string_view text);

/// Prints a document for programs, such as JSON or CSV, as a file would hold
/// it; to a terminal as Print does.
void PrintDocument(std::string_view text);

/// Says a line to people on standard error, below what has been printed so far;
/// on a terminal broken between words. What cannot be said is lost.
void Say(std::string_view text);

/// Hands on what has been printed.
void FlushOutput();

/// Returns why not all that was printed has gone where it should; empty: all
/// has.
std::string OutputProblem();

/// Writes to a terminal what moves its cursor, and other text that is Printable
/// already, in one piece. A terminal that is gone is ignored.
void WriteToTerminal(int descriptor, std::string_view text);

/// Returns the columns of a descriptor that is a terminal; 0 where it is none.
std::size_t TerminalWidth(int descriptor);

}  // namespace isoflop
