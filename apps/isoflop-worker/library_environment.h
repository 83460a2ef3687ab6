// Settings that libraries read when they are loaded, which is before main.

#pragma once

#include <string>
#include <vector>

namespace isoflop {

/// Restarts this program, once, with `also` and the settings of
/// worker_environment.h, unless its environment has them all: what the user has
/// set stays. Returns when there is nothing to set.
void SettleLibraryEnvironment(char** argv,
                              const std::vector<std::string>& also = {});

}  // namespace isoflop
