// Many independent pieces of work on a few threads.

#pragma once

#include <functional>

namespace isoflop {

/// Calls `make_worker` once on each of `threads` threads (0: one per core), and
/// what it returns for every i below `count`, each once, in no order. A system
/// that refuses to start more threads leaves the work to those there are.
/// Throws what a worker throws; no further piece is begun then.
void ShareWork(int count, int threads,
               const std::function<std::function<void(int)>()>& make_worker);

}  // namespace isoflop
