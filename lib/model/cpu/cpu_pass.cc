#include "lib/model/cpu/cpu_pass.h"

#include "lib/model/cpu/bf16_pass.h"
#include "lib/model/cpu/linear_pass.h"
#include "lib/model/cpu/mlp_pass.h"
#include "lib/model/cpu/recurrent_pass.h"
#include "lib/model/cpu/transformer_pass.h"
#include "lib/sweep/group_memory.h"

namespace isoflop {

double CountedRows(const float* counts, std::int64_t rows) {
  if (counts == nullptr) return static_cast<double>(rows);
  double counted = 0.0;
  for (std::int64_t i = 0; i < rows; ++i) {
    counted += static_cast<double>(counts[i]);
  }
  return counted;
}

std::unique_ptr<CpuPass> MakeCpuPass(const ModelShape& shape,
                                     Precision precision,
                                     const Parameters& parameters) {
  if (!HasCpuPass(shape, precision)) return nullptr;
  switch (shape.architecture) {
    case Architecture::kTransformer:
      if (precision == Precision::kBf16) {
        return std::make_unique<bf16::Pass>(shape, parameters);
      }
      return std::make_unique<TransformerPass>(shape, parameters);
    case Architecture::kLstm:
      return std::make_unique<RecurrentPass>(shape, parameters,
                                             cpu::kLstmKernel);
    case Architecture::kGru:
      return std::make_unique<RecurrentPass>(shape, parameters,
                                             cpu::kGruKernel);
    case Architecture::kMlp:
      return std::make_unique<MlpPass>(shape, parameters);
    case Architecture::kLinear:
      return std::make_unique<LinearPass>(shape, parameters);
  }
  return nullptr;
}

}  // namespace isoflop
