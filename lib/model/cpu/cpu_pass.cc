#include "lib/model/cpu/cpu_pass.h"

#include "lib/model/cpu/bf16_pass.h"
#include "lib/model/cpu/fp32_pass.h"

namespace isoflop {

std::unique_ptr<CpuPass> MakeCpuPass(const ModelShape& shape,
                                     Precision precision,
                                     const Parameters& parameters,
                                     const RotaryTables& rotary) {
  if (precision == Precision::kFp32) {
    return std::make_unique<Fp32Pass>(shape, parameters, rotary);
  }
  if (!bf16::Pass::Supports(shape)) return nullptr;
  return std::make_unique<bf16::Pass>(shape, parameters, rotary);
}

}  // namespace isoflop
