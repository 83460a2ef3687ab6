// The environment that workers are started in. OpenMP, OpenBLAS and ATen read
// theirs when they are loaded, so it has to be there before exec.

#pragma once

#include <string>
#include <vector>

namespace isoflop {

/// Returns `own` ("NAME=value" strings) with what is missing of `also` and of
///
///   OMP_NUM_THREADS=1, OPENBLAS_NUM_THREADS=1, MKL_NUM_THREADS=1
///       one thread per worker: two busy workers on two cores beat one with two
///       threads, and spinning threads collapse when a core is shared
///   OMP_WAIT_POLICY=passive
///   ATEN_CPU_CAPABILITY=avx512
///       on processors that have what ATen means by it: ATen itself stops at
///       AVX2
///
/// Whatever the user has set stays.
std::vector<std::string> WorkerEnvironment(
    std::vector<std::string> own, const std::vector<std::string>& also = {});

/// Returns the environment of this process.
std::vector<std::string> OwnEnvironment();

}  // namespace isoflop
