// How long training takes, estimated: to start the longest group first and to
// say what time is left. Estimates never change a result.

#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/execute/slots.h"
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

  /// Takes in a rate that a worker has measured. REQUIRES: it is positive.
  void Observe(const RunGroup& group, const std::string& device,
               double tokens_per_second);

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

  struct Device {
    Rates rates;
    std::map<ShapeKey, double> ratios;  // measured / predicted time
    double mean_ratio = 1.0;            // geometric
  };

  static double Predict(const Rates& rates, const RunGroup& group,
                        double tokens);

  std::map<std::string, Device> devices_;
};

/// Returns the estimated seconds from the start of the first group to the end
/// of the last, longest first, evaluations included, on these slots; absent
/// while nothing is measured about one of their devices. REQUIRES: slots is not
/// empty.
std::optional<double> EstimateWallSeconds(const std::vector<RunGroup>& groups,
                                          const std::vector<Slot>& slots,
                                          const CostModel& cost);

}  // namespace isoflop
