#include "apps/isoflop/joined_inputs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstddef>
#include <system_error>
#include <utility>

#include "analysis/observe/joined_table.h"
#include "apps/isoflop/output_file.h"
#include "apps/isoflop/sweep_fit.h"
#include "lib/core/error.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

/// Throws Error for inputs that are the same file or directory.
void RefuseTwice(const std::vector<std::string>& inputs) {
  Problems problems;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (!IsSameSource(inputs[j], inputs[i])) continue;
      problems.Add(
          inputs[i],
          inputs[i] == inputs[j]
              ? "is given twice"
              : fmt::format("is the same as {}; give it once", inputs[j]));
    }
  }
  problems.ThrowIfAny();
}

/// The columns that options name, whose values are not those of the sweep's own
/// settings alone.
std::vector<std::string> OpenAxes(const TableOptions& options) {
  std::vector<std::string> axes = options.best_of;
  for (const RowCondition& condition : options.choice.where) {
    axes.push_back(condition.column);
  }
  if (!options.label.empty()) axes.push_back(options.label);
  return axes;
}

RecordTable ReadInput(const std::string& input, const TableOptions& options,
                      std::vector<std::string>* notes) {
  std::error_code code;
  if (!fs::is_directory(input, code)) return ReadRecords(input);
  const SweepDir dir(input);
  const Plan plan = LoadPlan(dir);
  return SweepTable(input, plan, LoadResultsAndWarn(dir, plan),
                    ReadSweepFile(dir, plan), OpenAxes(options), notes);
}

}  // namespace

std::string SourceOf(const std::vector<std::string>& inputs) {
  return fmt::format("{}", fmt::join(inputs, ", "));
}

std::vector<fs::path> InputsOf(const std::vector<std::string>& inputs) {
  std::vector<fs::path> paths;
  for (const std::string& input : inputs) {
    for (fs::path& path : InputsOf(fs::path(input))) {
      paths.push_back(std::move(path));
    }
  }
  return paths;
}

LabelledObservations ReadJoined(const std::vector<std::string>& inputs,
                                const TableOptions& options) {
  RefuseTwice(inputs);
  Require(options.choice.drop.empty(),
          "--drop: of several inputs, a line is of which? leave rows out with "
          "--where");
  std::vector<std::string> notes;
  std::vector<RecordTable> tables;
  std::string errors;
  for (const std::string& input : inputs) {
    try {
      tables.push_back(ReadInput(input, options, &notes));
    } catch (const Error& error) {
      errors += (errors.empty() ? "" : "\n") + std::string(error.what());
    }
  }
  if (!errors.empty()) throw Error(errors);
  LabelledObservations read =
      JoinedObservations(JoinedTable(tables, options.columns), options);
  read.set.notes.insert(read.set.notes.end(), notes.begin(), notes.end());
  return read;
}

}  // namespace isoflop
