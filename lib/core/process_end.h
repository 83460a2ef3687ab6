// Ends of this process that do not depend on what it is doing.

#pragma once

namespace isoflop {

/// Ends this process after so many seconds, whatever hangs in it, with a line
/// on standard error and exit status 1. Meant for when everything should have
/// ended long before. Replaces an earlier call. REQUIRES: nothing else uses
/// SIGALRM; `seconds` is at least 1.
void EndProcessAfter(unsigned seconds);

/// Lets this process outlive its parent, from now on. Who starts a worker has
/// the kernel kill it with itself (lib/machine/worker_process.h), until the
/// worker watches its input instead.
void OutliveParent();

}  // namespace isoflop
