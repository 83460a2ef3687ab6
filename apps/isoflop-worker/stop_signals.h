// Signals that ask a worker to stop at a checkpoint.

#pragma once

namespace isoflop {

/// From now on SIGINT, SIGTERM, SIGHUP unless it is ignored (nohup), and
/// SIGUSR2 (sent by Slurm ahead of a time limit) are noted; a second one of the
/// same kind kills, but for SIGHUP. A closed pipe is no signal any more but an
/// error of the write.
void CatchStopSignals();

/// Returns the first of these signals that has come, 0 if none has.
int StopSignal();

}  // namespace isoflop
