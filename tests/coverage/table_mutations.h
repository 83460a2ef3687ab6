// What happens to tables on their way to a fit, and whether the fit says so.

#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace isoflop {

/// Cells as a file has them.
struct TableText {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
};

/// A table with a law of its own, before anything happens to it.
struct BaseTable {
  std::string name;
  TableText text;  // params, tokens, loss
};

/// Noisy tables from laws that are known: they are there in any case.
std::vector<BaseTable> SyntheticTables();

/// The published tables below `folder`; those that are there.
std::vector<BaseTable> PublishedTables(const std::filesystem::path& folder);

/// What may be seen of a mutation.
enum class Visibility {
  kHarmless,  // the table says the same: nothing is to be said
  kVisible,   // the table shows that something is wrong
  kHidden     // nothing in the table shows it
};

/// How the fits of tables with one mutation ended.
struct MutationOutcome {
  Visibility visibility = Visibility::kHarmless;
  int tables = 0;
  int refused = 0;         // with an error, or without a law and a reason
  int warned = 0;          // fitted, with a warning that the base has not
  int shifted = 0;         // fitted, a or ln N* off by two half-widths or more
  int shifted_silent = 0;  // of these, without such a warning
};

/// Mutates the tables `count` times in all, fits each and compares with the fit
/// of the table as it was: a, and ln N* at its largest C, against the
/// half-widths of their 95 % intervals. Deterministic.
std::map<std::string, MutationOutcome> MutateTables(
    const std::vector<BaseTable>& tables, int count);

/// Sums the outcomes of one visibility.
MutationOutcome Sum(const std::map<std::string, MutationOutcome>& outcomes,
                    Visibility visibility);

}  // namespace isoflop
