// What the text of one cell of a table means.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace isoflop {

/// Returns whether a cell is one of the words, which are in lower case, in any
/// case.
bool IsOneOf(std::string_view cell, std::span<const std::string_view> words);

/// Returns whether a cell says that there is no value: empty, or one of the
/// words that R, pandas and spreadsheets write for that (NA, N/A, #N/A, <NA>,
/// NaN, null, nil, None), in any case.
bool IsAbsent(std::string_view cell);

/// Returns the number that the whole cell is, with a unit of people's behind it
/// or not: 30M is 3e7. Units are k for thousands, M, B (or G) and T, in either
/// case and perhaps after a space; an M is never a thousandth. Nothing where
/// the cell is no number.
std::optional<double> NumberOf(std::string_view cell);

/// Returns the whole number that the cell is, 3.0 included; nothing where it is
/// none, or too large to be exact.
std::optional<std::int64_t> WholeNumberOf(std::string_view cell);

/// Returns what to do about a cell that only a person would read as a number,
/// " (write numbers without separators ...)", or nothing.
std::string NumberAdvice(std::string_view cell);

/// Returns whether two cells have the same value: as text, as numbers, or
/// because both are absent.
bool SameValue(std::string_view a, std::string_view b);

}  // namespace isoflop
