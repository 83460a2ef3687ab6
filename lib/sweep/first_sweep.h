// A sweep for somebody who has data and a budget, and no grid yet: IsoFLOP
// budgets and sizes as the methods need them, and a check of the learning rate.

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "lib/core/json.h"

namespace isoflop {

struct FirstSweepRequest {
  std::string name = "first";
  std::string source;          // what messages call the budget: "--flops"
  Json data = Json::object();  // the "data" section
  double flops = 0.0;          // 6ND of all runs together, shared trunks once
  std::optional<std::int64_t> train_tokens;  // that there are; absent: endless
};

/// Two sweep files, with comments that say why they are as they are.
struct FirstSweep {
  std::string sweep;
  std::string lr_check;  // three of its sizes at three rates
  int seeds = 1;
  double flops = 0.0;           // of both
  double lr_check_flops = 0.0;  // of these, the check's
  bool data_end_first = false;  // they last for less than the budget
};

/// Returns the sweep whose largest budget C is as large as `flops` allows:
///
///   budgets  five, a factor of 10^(1/3) apart, so 1.3 decades
///   sizes    N a factor of 1.6 apart, from a quarter of N* at the smallest to
///            four times N* at the largest budget, where N* = (C / 6r)^(1/2)
///            with r = 30 tokens per parameter, what models of this size came
///            to in the sweeps that are shipped
///   D        500 steps at least, D/N from 2 to 450, no token twice
///   seeds    one; two from ten times, three from a hundred times the least
///            that is sound
///
/// It is sound where every budget has four sizes or more.
/// Throws Error where `flops`, or the data, are too few for that, with the
/// least that would do; and for a data section that is none.
FirstSweep DesignFirstSweep(const FirstSweepRequest& request);

}  // namespace isoflop
