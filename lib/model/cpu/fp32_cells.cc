#include "lib/model/cpu/fp32_cells.h"

#include "lib/core/vectorise.h"
#include "lib/model/cpu/fast_math.h"

namespace isoflop::cpu {
namespace {

/// Of a row that there may be none of: 0 then.
ISOFLOP_INLINE float At(const float* row, std::int64_t i) {
  return row == nullptr ? 0.0F : row[i];
}

ISOFLOP_INLINE const float* RowOf(const float* rows, std::int64_t elements) {
  return rows == nullptr ? nullptr : rows + elements;
}

ISOFLOP_VECTORISE
void LstmForward(const CellForward& p) {
  const std::int64_t d = p.d;
  for (std::int64_t w = 0; w < p.windows; ++w) {
    const std::int64_t row = w * p.stride * d;
    float* gates = p.gates + 4 * row;
    const float* state = RowOf(p.from_state, w * 4 * d);
    const float* before = RowOf(p.memory_before, row);
    float* c = p.memory + row;
    float* h = p.h + w * d;
    for (std::int64_t i = 0; i < 4 * d; ++i) {
      gates[i] += p.bias[i] + At(state, i);
    }
    for (std::int64_t i = 0; i < d; ++i) {
      const float in = FastSigmoid(gates[i]);
      const float forget = FastSigmoid(gates[d + i] + 1.0F);
      const float news = FastTanh(gates[2 * d + i]);
      const float out = FastSigmoid(gates[3 * d + i]);
      c[i] = in * news + forget * At(before, i);
      h[i] = out * FastTanh(c[i]);
      gates[i] = in;
      gates[d + i] = forget;
      gates[2 * d + i] = news;
      gates[3 * d + i] = out;
    }
  }
}

ISOFLOP_VECTORISE
void LstmBackward(const CellBackward& b) {
  const CellForward& p = b.forward;
  const std::int64_t d = p.d;
  for (std::int64_t w = 0; w < p.windows; ++w) {
    const std::int64_t row = w * p.stride * d;
    const float* gates = p.gates + 4 * row;
    const float* before = RowOf(p.memory_before, row);
    const float* c = p.memory + row;
    float* dh = b.dh + w * d;
    float* dc = b.dc + w * d;
    float* da = b.dinput + 4 * row;
    for (std::int64_t i = 0; i < d; ++i) {
      const float in = gates[i];
      const float forget = gates[d + i];
      const float news = gates[2 * d + i];
      const float out = gates[3 * d + i];
      const float shown = FastTanh(c[i]);
      const float slope = dc[i] + dh[i] * out * (1.0F - shown * shown);
      da[i] = slope * news * in * (1.0F - in);
      da[d + i] = slope * At(before, i) * forget * (1.0F - forget);
      da[2 * d + i] = slope * in * (1.0F - news * news);
      da[3 * d + i] = dh[i] * shown * out * (1.0F - out);
      dc[i] = slope * forget;
      dh[i] = 0.0F;  // h is read by hh only
    }
  }
}

ISOFLOP_VECTORISE
void GruForward(const CellForward& p) {
  const std::int64_t d = p.d;
  for (std::int64_t w = 0; w < p.windows; ++w) {
    const std::int64_t row = w * p.stride * d;
    float* gates = p.gates + 3 * row;
    const float* state = RowOf(p.from_state, w * 3 * d);
    const float* before = p.previous + row;
    float* q = p.memory + row;
    float* h = p.h + w * d;
    for (std::int64_t i = 0; i < d; ++i) {
      const float r = FastSigmoid(gates[i] + p.bias[i] + At(state, i));
      const float z =
          FastSigmoid(gates[d + i] + p.bias[d + i] + At(state, d + i));
      q[i] = At(state, 2 * d + i) + p.hidden_bias[i];
      const float n = FastTanh(gates[2 * d + i] + p.bias[2 * d + i] + r * q[i]);
      h[i] = n + z * (before[i] - n);
      gates[i] = r;
      gates[d + i] = z;
      gates[2 * d + i] = n;
    }
  }
}

ISOFLOP_VECTORISE
void GruBackward(const CellBackward& b) {
  const CellForward& p = b.forward;
  const std::int64_t d = p.d;
  for (std::int64_t w = 0; w < p.windows; ++w) {
    const std::int64_t row = w * p.stride * d;
    const float* gates = p.gates + 3 * row;
    const float* before = p.previous + row;
    const float* q = p.memory + row;
    float* dh = b.dh + w * d;
    float* da = b.dinput + 3 * row;
    float* db = b.dstate + 3 * row;
    for (std::int64_t i = 0; i < d; ++i) {
      const float r = gates[i];
      const float z = gates[d + i];
      const float n = gates[2 * d + i];
      const float dn = dh[i] * (1.0F - z) * (1.0F - n * n);
      da[i] = dn * q[i] * r * (1.0F - r);
      da[d + i] = dh[i] * (before[i] - n) * z * (1.0F - z);
      da[2 * d + i] = dn;
      db[i] = da[i];
      db[d + i] = da[d + i];
      db[2 * d + i] = dn * r;
      dh[i] *= z;
    }
  }
}

}  // namespace

const CellKernel kLstmKernel = {
    .gates = 4, .forward = LstmForward, .backward = LstmBackward};
const CellKernel kGruKernel = {.gates = 3,
                               .adds_state = false,
                               .forward = GruForward,
                               .backward = GruBackward};

}  // namespace isoflop::cpu
