// Which devices are fit for work.

#pragma once

#include <map>
#include <string>

namespace isoflop {

/// Counts, per device, the breakdowns in a row that came before anything was
/// trained: a device that breaks whatever it is given must not go through the
/// whole queue and fail it.
class DeviceHealth {
 public:
  static constexpr int kBreakdownsToRetire = 3;

  /// Something was trained on the device.
  void Worked(const std::string& device) { breakdowns_[device] = 0; }

  /// A worker broke down before it trained anything; returns whether that
  /// retires the device.
  bool BrokeAtOnce(const std::string& device) {
    return ++breakdowns_[device] == kBreakdownsToRetire;
  }

  bool Retired(const std::string& device) const {
    const auto found = breakdowns_.find(device);
    return found != breakdowns_.end() && found->second >= kBreakdownsToRetire;
  }

 private:
  std::map<std::string, int> breakdowns_;
};

}  // namespace isoflop
