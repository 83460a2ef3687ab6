// Several tables and sweep directories as the input of one command.

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "analysis/observe/observation_reader.h"

namespace isoflop {

/// Returns the inputs as one text, as a file says what it was made from.
std::string SourceOf(const std::vector<std::string>& inputs);

/// Returns the inputs of all of them, as InputsOf has them.
std::vector<std::filesystem::path> InputsOf(
    const std::vector<std::string>& inputs);

/// Reads all of them, with rows of one fit: a column "source" names the input
/// of each. Of a sweep that varies something only runs of its own settings are
/// there, unless options name the axis (--where, --best-of, the label). Throws
/// Error, all problems at once, for one that is missing, no table or sweep
/// directory, or there twice, and where runs do not fit together.
LabelledObservations ReadJoined(const std::vector<std::string>& inputs,
                                const TableOptions& options);

}  // namespace isoflop
