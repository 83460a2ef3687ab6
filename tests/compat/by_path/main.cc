#include <ATen/Version.h>

#include <cstdio>

int main() {
#ifdef ISOFLOP_WITH_CUDA
  std::puts("with CUDA");
#endif
  return at::show_config().empty() ? 1 : 0;
}
