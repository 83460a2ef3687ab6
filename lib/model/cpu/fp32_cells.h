// The cells of lstm.cc and gru.cc on the CPU in fp32, one position of all
// windows at a time, forward and backward.

#pragma once

#include <cstdint>

namespace isoflop::cpu {

/// One position of a layer of G gates, d numbers each. A row belongs to one
/// window, and the next to the one after it: `stride` rows lie between them, as
/// the positions of a window follow one another; but none in `from_state` and
/// `h`, which hold one position only.
struct CellForward {
  std::int64_t windows = 0;
  std::int64_t d = 0;
  std::int64_t stride = 0;
  float* gates = nullptr;              // [G d]: ih x, and then the gates
  const float* bias = nullptr;         // [G d]
  const float* hidden_bias = nullptr;  // [d], of a GRU
  const float* from_state = nullptr;   // [windows, G d]: hh h, of the position
                                       // before; null at the first
  const float* previous = nullptr;     // [d]: h of the position before, or 0
  const float* memory_before = nullptr;  // [d]: c of an LSTM there; null at the
                                         // first position
  float* memory = nullptr;  // [d]: c of an LSTM; b_n + hidden_bias of a GRU
  float* h = nullptr;       // [windows, d]: what the cell gives
};

/// The way back through a position. dh and dc come in as the gradients of what
/// it gave, and leave as those of what it was given; but for what goes through
/// hh, which is in `dstate`.
struct CellBackward {
  CellForward forward;      // h and from_state are not read
  float* dh = nullptr;      // [windows, d]
  float* dc = nullptr;      // [windows, d], of an LSTM
  float* dinput = nullptr;  // [G d], of ih x + bias
  float* dstate = nullptr;  // [G d], of hh h; an LSTM's is dinput
};

/// One kind of cell.
struct CellKernel {
  std::int64_t gates = 0;  // G
  bool adds_state = true;  // hh h is only added to ih x + bias, so that their
                           // gradients are the same
  void (*forward)(const CellForward& position) = nullptr;
  void (*backward)(const CellBackward& position) = nullptr;
};

extern const CellKernel kLstmKernel;
extern const CellKernel kGruKernel;

}  // namespace isoflop::cpu
