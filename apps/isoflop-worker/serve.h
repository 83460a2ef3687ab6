// `isoflop-worker serve`: trains groups as it is told to.

#pragma once

namespace isoflop {

/// Obeys the commands on standard input until it ends or a signal comes, then
/// stops every group at a checkpoint; returns the exit status. Does not return
/// when it cannot go on: then the process ends, with all that is in work.
int Serve();

}  // namespace isoflop
