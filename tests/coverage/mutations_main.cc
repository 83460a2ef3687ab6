// Prints the table of docs/coverage.md:
//
//   isoflop_table_mutations COUNT [FOLDER]
//
// FOLDER holds published tables; without it, synthetic ones are mutated.

#include <fmt/format.h>

#include <cstdlib>

#include "tests/coverage/mutations.h"
#include "tests/coverage/table_mutations.h"

namespace isoflop {
namespace {

void PrintRow(const std::string& name, const MutationOutcome& outcome) {
  fmt::print("| {} | {} | {} | {} | {} | {} |\n", name, outcome.tables,
             outcome.refused, outcome.warned, outcome.shifted,
             outcome.shifted_silent);
}

void PrintTable(const std::vector<BaseTable>& tables, int count) {
  const auto outcomes = MutateTables(tables, count);
  fmt::print(
      "| what happened | tables | refused | warned | shifted | shifted, "
      "silent |\n|---|---|---|---|---|---|\n");
  for (const auto& [visibility, name] :
       {std::pair(Visibility::kHarmless, "nothing that matters"),
        std::pair(Visibility::kVisible, "what can be seen"),
        std::pair(Visibility::kHidden, "what cannot be seen")}) {
    PrintRow(std::string("**") + name + "**", Sum(outcomes, visibility));
    for (const Mutation& mutation : AllMutations()) {
      if (mutation.visibility != visibility) continue;
      PrintRow(mutation.name, outcomes.at(mutation.name));
    }
  }
}

}  // namespace
}  // namespace isoflop

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::atoi(argv[1]) : 0;
  if (count < static_cast<int>(isoflop::AllMutations().size()) || argc > 3) {
    fmt::print(stderr, "usage: isoflop_table_mutations COUNT [FOLDER]\n");
    return 2;
  }
  isoflop::PrintTable(argc == 3 ? isoflop::PublishedTables(argv[2])
                                : isoflop::SyntheticTables(),
                      count);
  return 0;
}
