#include "apps/isoflop-worker/library_environment.h"

#include <unistd.h>

#include "lib/core/worker_environment.h"

namespace isoflop {

void SettleLibraryEnvironment(char** argv,
                              const std::vector<std::string>& also) {
  const std::vector<std::string> own = OwnEnvironment();
  std::vector<std::string> wanted = WorkerEnvironment(own, also);
  if (wanted.size() == own.size()) return;
  std::vector<char*> pointers;
  for (std::string& variable : wanted) pointers.push_back(variable.data());
  pointers.push_back(nullptr);
  // Where it cannot be restarted, training is slower and no less right.
  ::execve("/proc/self/exe", argv, pointers.data());
}

}  // namespace isoflop
