#include "lib/execute/local_executor.h"

#include "lib/execute/execution.h"

namespace isoflop {

ExecuteSummary Execute(const SweepDir& dir, const Plan& plan,
                       const ExecuteOptions& options, Progress& progress) {
  return Execution(dir, plan, options, progress).Run();
}

}  // namespace isoflop
