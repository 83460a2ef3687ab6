// AdamW as LibTorch does it: in one kernel where its version has that, else by
// tensor operations.

#pragma once

#include "lib/model/tensor.h"
#include "lib/model/torch_version.h"

namespace isoflop::compat {

/// What an update reads and writes: flat fp32 buffers of one length.
struct AdamWBuffers {
  at::Tensor values;
  at::Tensor gradients;  // what is left of them is undefined
  at::Tensor first_moment;
  at::Tensor second_moment;
};

struct AdamWSettings {
  double beta1 = 0.0;
  double beta2 = 0.0;
  double epsilon = 0.0;
  double weight_decay = 0.0;
};

/// Makes update t (counted from 1) with the gradients divided by `divisor`, as
/// lib/train/adamw.h has it. t, lr, divisor: fp32 scalars on the same device;
/// nothing waits for them.
inline void AdamWUpdate(const AdamWBuffers& buffers, const at::Tensor& t,
                        const at::Tensor& lr, const at::Tensor& divisor,
                        const AdamWSettings& s) {
  const auto& [p, g, m, v] = buffers;
#if ISOFLOP_TORCH_AT_LEAST(2, 4)
  at::_fused_adamw_({p}, {g}, {m}, {v}, /*max_exp_avg_sqs=*/{}, {t}, lr,
                    s.beta1, s.beta2, s.weight_decay, s.epsilon,
                    /*amsgrad=*/false, /*maximize=*/false, divisor,
                    /*found_inf=*/{});
#else
  g.div_(divisor);
  m.mul_(s.beta1).add_(g, 1.0 - s.beta1);
  v.mul_(s.beta2).addcmul_(g, g, 1.0 - s.beta2);
  const at::Tensor v_scale = at::rsqrt(1.0 - at::pow(s.beta2, t));
  const at::Tensor denominator = v.sqrt().mul_(v_scale).add_(s.epsilon);
  p.mul_(1.0 - lr * s.weight_decay);
  p.sub_(m / denominator * (lr / (1.0 - at::pow(s.beta1, t))));
#endif
}

}  // namespace isoflop::compat
