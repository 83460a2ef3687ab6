// What a thread has to settle before it computes anything.

#pragma once

namespace isoflop {

/// Prepares this thread for training: no others help it (one worker per core
/// makes the best use of a CPU), and numbers too small for fp32's full
/// precision become zero, since moments that decay would otherwise slow a step
/// tenfold.
void SetUpComputing();

}  // namespace isoflop
