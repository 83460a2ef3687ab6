#include "lib/model/torch_compat.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace isoflop {
namespace {

TEST(IsOutOfMemory, KnowsHowLibrariesSayIt) {
  EXPECT_TRUE(compat::IsOutOfMemory(std::bad_alloc()));
  for (const char* text :
       {"CUDA out of memory. Tried to allocate 2.00 GiB",
        "CUDA error: out of memory",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate`",
        "DefaultCPUAllocator: can't allocate memory: you tried to allocate"}) {
    EXPECT_TRUE(compat::IsOutOfMemory(std::runtime_error(text))) << text;
  }
}

TEST(IsOutOfMemory, IsNotEveryErrorOfADevice) {
  for (const char* text :
       {"CUDA error: an illegal memory access was encountered",
        "CUDA error: CUBLAS_STATUS_EXECUTION_FAILED", "No space left"}) {
    EXPECT_FALSE(compat::IsOutOfMemory(std::runtime_error(text))) << text;
  }
}

}  // namespace
}  // namespace isoflop
