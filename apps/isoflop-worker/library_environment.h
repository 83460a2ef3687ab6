// Settings that libraries read when they are loaded, which is before main.

#pragma once

namespace isoflop {

/// Restarts this program, once, with the settings that training needs, unless
/// its environment has them all: those of worker_environment.h, and OpenBLAS's
/// products for the vectors that this CPU has. (OpenBLAS takes a CPU
/// that is newer than itself for one of 2004, and is ten times slower then.)
/// What the user has set stays. Returns when there is nothing to set.
void SettleLibraryEnvironment(char** argv);

}  // namespace isoflop
