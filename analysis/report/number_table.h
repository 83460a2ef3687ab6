// Rows of numbers with intervals, as JSON and as a table for people.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/report/number_text.h"
#include "analysis/report/text_page.h"
#include "analysis/solve/estimate.h"
#include "lib/core/json.h"

namespace isoflop {

/// One number of a row, and how it is called and written.
struct NamedNumber {
  const char* symbol;  // for people: "N*"
  const char* key;     // in JSON: "params_opt"
  Estimate estimate;
  NumberFormat format;
};

/// One decision: what it is about, and its numbers.
struct NumberRow {
  std::string label;              // "1.00e13"
  std::optional<double> decades;  // of C beyond the data
  std::vector<NamedNumber> numbers;
};

/// Sets the numbers, "extrapolation_decades" where it is known, and the
/// spreads.
void PutNumbers(Json* json, const NumberRow& row);

/// Writes a table with one column a number, and below each number its interval;
/// below the label the decades beyond the data. A list where the page is too
/// narrow for the table. `subject` heads the labels.
/// REQUIRES: the rows have the same numbers.
void PutTable(TextPage* page, const std::string& subject,
              const std::vector<NumberRow>& rows);

}  // namespace isoflop
