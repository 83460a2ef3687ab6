// Options of the commands that read tables: what its columns are and which
// rows count.

#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

#include "analysis/observe/observation_reader.h"
#include "analysis/observe/sweep_observations.h"

namespace isoflop {

struct TableArgs {
  std::vector<std::string> columns = {};
  std::vector<std::string> where = {};
  std::vector<std::string> drop = {};
  std::vector<std::string> best_of = {};
  std::string loss_unit = {};
  double bytes_per_token = 0.0;  // 0: not given
  bool bits_per_byte = false;
};

void AddTableOptions(CLI::App* command, TableArgs* args);

/// Throws Error for what cannot be meant.
TableOptions ResolveTableOptions(const TableArgs& args);

/// Returns an option of columns that was given, for a message that it has no
/// meaning here; empty: none was.
std::string GivenColumnOption(const TableArgs& args);

/// Returns which variants of the sweep directory `source` are wanted. Throws
/// Error for options that only tables have.
VariantChoice ResolveVariantChoice(const TableArgs& args,
                                   const std::string& source);

}  // namespace isoflop
