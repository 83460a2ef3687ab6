#include "lib/model/set_up.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <dlfcn.h>

#include "lib/model/torch_compat.h"

namespace isoflop {

void SetUpComputing() {
  at::set_num_threads(1);
  at::globalContext().setFlushDenormal(true);
  compat::AvoidCudnnAttention();
  // Parts of a bf16 product add up in fp32, on a GPU as well.
  compat::SumBf16InFp32();
  // OpenBLAS has threads of its own, which LibTorch knows nothing of.
  void* symbol = ::dlsym(RTLD_DEFAULT, "openblas_set_num_threads");
  if (symbol != nullptr) reinterpret_cast<void (*)(int)>(symbol)(1);
}

}  // namespace isoflop
