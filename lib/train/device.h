// The device that trains, and what of the machine a result has to record.

#pragma once

#include <string>

#include "lib/core/arithmetic.h"
#include "lib/core/json.h"
#include "lib/model/tensor.h"

namespace isoflop {

/// Returns the device called `name`: "cpu", "cuda" (the first one) or "cuda:N".
/// Throws Error, saying which devices there are, when it is not there.
at::Device ResolveDevice(const std::string& name);

/// Returns {"kind": "cpu", "name": "AMD EPYC ...", "threads": 1}, or {"kind":
/// "cuda", "name": "NVIDIA H100 ..."}, without a name where it is not known.
Json DescribeDevice(at::Device device);

/// Returns what decides the last digits on this CPU: "compiler", "libtorch",
/// "onednn" and "blas" with their versions, "processor" (VectorClass) and
/// "cpu_capability", the vectors that LibTorch's own loops use.
Arithmetic DescribeArithmetic();

/// Returns that, and {"libtorch_package": ..., "isoflop": ..., "environment":
/// {...}}: what may change the last digits or the speed. The package is that of
/// the system which LibTorch was linked from, if it is of one: Debian 12's
/// 1.13.1 calls itself 1.13.0.
Json DescribeSoftware();

/// Returns the name of this machine's processor.
std::string CpuName();

/// Returns the instruction set that LibTorch's own loops use ("AVX2").
std::string CpuCapability();

/// Returns the library behind matrix products: "OpenBLAS 0.3.21 Haswell", or
/// "unknown" when it does not tell.
std::string BlasName();

/// Returns the CPU that OpenBLAS takes this one for; empty for another BLAS.
std::string OpenBlasCore();

}  // namespace isoflop
