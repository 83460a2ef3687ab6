#include "analysis/report/environment.h"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <algorithm>
#include <string>

#include "lib/core/compiler.h"

namespace isoflop {
namespace {

std::string OperatingSystem() {
  struct utsname name {};
  if (::uname(&name) != 0) return "unknown";
  return fmt::format("{} {} {}", name.sysname, name.release, name.machine);
}

/// Each value of `member` once, in the order of the runs.
Json Distinct(const std::vector<RunResult>& runs,
              SharedJson RunResult::*member) {
  Json values = Json::array();
  for (const RunResult& run : runs) {
    const Json& value = *(run.*member);
    const bool known = std::ranges::find(values, value) != values.end();
    if (!value.is_null() && !known) values.push_back(value);
  }
  return values;
}

}  // namespace

Json EnvironmentJson(const std::vector<RunResult>& runs) {
  return {{"isoflop", ISOFLOP_VERSION},
          {"compiler", CompilerName()},
          {"os", OperatingSystem()},
          {"devices", Distinct(runs, &RunResult::device)},
          {"software", Distinct(runs, &RunResult::software)}};
}

}  // namespace isoflop
