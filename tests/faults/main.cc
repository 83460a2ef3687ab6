// Prints the tables of docs/faults.md:
//
//   isoflop_faults [--kills 500] [--seed 14] [--every 1] [--only FILE]
//                  [--part kills|damage|troubles] [--folder DIR]
//
// The folder is emptied first; directories that show a finding stay in it.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/faults/damage.h"
#include "tests/faults/kills.h"
#include "tests/faults/troubles.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

struct FaultArgs {
  int kills = 500;
  std::uint64_t seed = 14;
  DamageOptions damage;
  std::string part;
  std::string folder = "faults";
};

void Say(const std::string& note) { fmt::print(stderr, "{}\n", note); }

/// Returns how many there are.
std::size_t PrintFindings(const std::vector<std::string>& findings) {
  for (const std::string& finding : findings) {
    fmt::print("* finding: {}\n", finding);
  }
  std::fflush(stdout);
  return findings.size();
}

fs::path Folder(const FaultArgs& args, const char* part) {
  const fs::path folder = fs::absolute(args.folder) / part;
  fs::remove_all(folder);
  fs::create_directories(folder);
  return folder;
}

std::size_t TryKills(const FaultArgs& args) {
  const KillStudy study =
      KillManyTimes(Folder(args, "kills"), args.kills, args.seed, Say);
  fmt::print(
      "{}\n{} kills in {} sweeps of {:.1f} s; of {} runs {} identical; {} "
      "commands ended with a cause and were given again.\n\n",
      study.Table(), study.kills, study.sweeps, study.seconds, study.runs,
      study.identical, study.named);
  return PrintFindings(study.findings);
}

std::size_t TryTroubles(const FaultArgs& args) {
  const TroubleCourse course(Folder(args, "troubles"));
  std::vector<Trouble> troubles;
  std::vector<std::string> findings;
  for (const std::string& name : TroubleNames()) {
    troubles.push_back(course.Try(name));
    for (const std::string& finding : troubles.back().findings) {
      findings.push_back(name + ": " + finding);
    }
    Say(fmt::format("{}: status {}, {} findings", name, troubles.back().status,
                    troubles.back().findings.size()));
  }
  fmt::print("{}\n", Table(troubles));
  return PrintFindings(findings);
}

std::size_t TryDamage(const FaultArgs& args) {
  const DamageStudy study = FlipBits(Folder(args, "damage"), args.damage, Say);
  fmt::print("{}\n", study.Table());
  return PrintFindings(study.findings);
}

int Run(const FaultArgs& args) {
  std::size_t findings = 0;
  const auto wanted = [&](const char* part) {
    return args.part.empty() || args.part == part;
  };
  if (wanted("kills")) findings += TryKills(args);
  if (wanted("troubles")) findings += TryTroubles(args);
  if (wanted("damage")) findings += TryDamage(args);
  return findings == 0 ? 0 : 1;
}

}  // namespace
}  // namespace isoflop

int main(int argc, char** argv) {
  isoflop::FaultArgs args;
  CLI::App app("What accidents do to sweeps.");
  app.add_option("--kills", args.kills)->check(CLI::Range(1, 1000000));
  app.add_option("--seed", args.seed);
  app.add_option("--every", args.damage.every_percent, "Percent of a file")
      ->check(CLI::Range(0.1, 100.0));
  app.add_option("--only", args.damage.only, "Damage only such files");
  app.add_option("--part", args.part)
      ->check(CLI::IsMember({"kills", "damage", "troubles"}));
  app.add_option("--folder", args.folder, "Where the sweeps lie");
  CLI11_PARSE(app, argc, argv);
  try {
    return isoflop::Run(args);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 2;
  }
}
