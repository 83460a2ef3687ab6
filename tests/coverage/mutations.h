// Single things that happen to a table.

#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lib/core/random.h"
#include "tests/coverage/table_mutations.h"

namespace isoflop {

/// A mutation makes the text of a file from a table.
struct Mutation {
  const char* name;
  Visibility visibility;
  std::function<std::string(TableText, RandomStream*)> apply;
};

/// All of them, in the order of the documentation's table.
const std::vector<Mutation>& AllMutations();

/// Returns the table as CSV.
std::string CsvText(const TableText& table);

}  // namespace isoflop
