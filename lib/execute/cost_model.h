// How long training takes, estimated: to start the longest group first and to
// say what time is left. Estimates never change a result.

#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/machine/slots.h"
#include "lib/record/worker_protocol.h"
#include "lib/sweep/plan.h"

namespace isoflop {

/// Predicts the seconds of an optimizer step as
///
///   step = operations * operation_seconds + flops / flops_per_second
///
/// with operations = a + b layers, and corrects that by the rates measured
/// while training: a shape that has been seen is predicted by its own rate, any
/// other by the model times the mean ratio of measured to predicted time.
///
/// Groups that share a device slow each other down, so rates are kept twice: as
/// they are beside whatever a sweep trains with them, to say how long it takes,
/// and as they are alone, to say how much of the device a group leaves to
/// others.
class CostModel {
 public:
  /// Rates of an ordinary core: good for comparing groups, not for seconds.
  CostModel() = default;

  /// Rates as the probe measured them.
  explicit CostModel(const ProbeReport& probe);

  /// Whether seconds on this device rest on something measured there.
  bool Measured(const std::string& device) const;

  /// Returns the estimated seconds to train `group` on `tokens` tokens.
  double Seconds(const RunGroup& group, const std::string& device,
                 std::int64_t tokens) const;

  /// Returns the seconds of this that arithmetic alone takes.
  double ArithmeticSeconds(const RunGroup& group, const std::string& device,
                           std::int64_t tokens) const;

  /// Returns the share of its time that a group which has the device to itself
  /// keeps that busy, at most 1:
  ///
  ///   share = (flops / flops_per_second) / step
  ///
  /// with the flops_per_second that products reach within a step (of a step
  /// that is nothing but large products the share is 1), and the time of a step
  /// alone, as it was measured or else predicted. What remains is launches,
  /// waiting and small operations, in which others can train.
  double BusyShare(const RunGroup& group, const std::string& device) const;

  /// Whether a rate was measured on the device while training.
  bool Observed(const std::string& device) const;

  /// Takes in a rate that a worker has measured, `alone` on its device or with
  /// others beside it. REQUIRES: it is positive.
  ///
  /// Beside others a group is slower than alone. Were that taken for its own
  /// speed, every group that joins would make the others look less busy, and so
  /// let in the next. But alone it would be no slower: so such a rate can raise
  /// the busy share and never lower it. That also mends a rate alone which is
  /// too low because it was measured while the group was warming up.
  void Observe(const RunGroup& group, const std::string& device,
               double tokens_per_second, bool alone = true);

 private:
  struct Rates {
    double operation_seconds = 2e-6;
    double fp32_flops_per_second = 1e11;
    double bf16_flops_per_second = 1e11;
    bool measured = false;
  };

  // What the time of a token depends on.
  using ShapeKey = std::array<std::int64_t, 8>;
  static ShapeKey KeyOf(const RunGroup& group);

  /// Measured over predicted time.
  class Ratios {
   public:
    bool empty() const { return of_shapes_.empty(); }
    void Set(const ShapeKey& shape, double ratio);

    /// Of a shape that was not measured, the geometric mean of all.
    double Of(const ShapeKey& shape) const;

   private:
    std::map<ShapeKey, double> of_shapes_;
    double mean_ = 1.0;
  };

  struct Device {
    Rates rates = {};
    Ratios measured = {};  // beside whatever else trains
    Ratios alone = {};
  };

  const Device& Known(const std::string& device) const;
  static double Arithmetic(const Rates& rates, const RunGroup& group,
                           double tokens);
  static double Predict(const Rates& rates, const RunGroup& group,
                        double tokens);

  std::map<std::string, Device> devices_;
};

/// Returns the estimated seconds from the start of the first group to the end
/// of the last, longest first, evaluations included, on these slots; absent
/// while nothing is measured about one of their devices. Slots that share a
/// device are not so many devices: a group takes its share of one (see
/// ShareOfWorker).
/// REQUIRES: slots is not empty.
std::optional<double> EstimateWallSeconds(const std::vector<RunGroup>& groups,
                                          const std::vector<Slot>& slots,
                                          const CostModel& cost);

}  // namespace isoflop
