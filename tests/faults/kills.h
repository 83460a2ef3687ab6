// SIGKILL at random instants: of a worker, the front end, both, or the probe.

#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "lib/core/names.h"

namespace isoflop {

/// Who is killed.
enum class Victim { kWorker, kFrontEnd, kBoth, kProbe };
constexpr std::array<NamedValue<Victim>, 4> EnumNames(Victim) {
  return {{{Victim::kWorker, "a worker"},
           {Victim::kFrontEnd, "the front end"},
           {Victim::kBoth, "front end and workers"},
           {Victim::kProbe, "the probe"}}};
}

/// What has become of many kills.
struct KillStudy {
  int kills = 0;
  int sweeps = 0;
  int runs = 0;        // of these sweeps
  int identical = 0;   // of the runs: in loss and curve, ended once
  int named = 0;       // commands that ended with a cause, and were given again
  double seconds = 0;  // of a sweep without a fault
  std::map<Victim, std::map<std::string, int>> counts;  // kills by instant
  std::vector<std::string> findings;                    // what must not be

  /// Returns the counts as a table in Markdown, a row for each instant.
  std::string Table() const;
};

/// Trains a small sweep in `folder` over and over and kills what `seed` draws,
/// when it draws, until there were so many kills: up to twelve in one sweep,
/// then it is trained to its end and compared with one that nothing happened
/// to. `note` hears how it goes. Throws Error.
KillStudy KillManyTimes(const std::filesystem::path& folder, int kills,
                        std::uint64_t seed,
                        const std::function<void(const std::string&)>& note);

}  // namespace isoflop
