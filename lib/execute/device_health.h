// Which devices are fit for work.

#pragma once

#include <map>
#include <set>
#include <string>

namespace isoflop {

/// Remembers, per device, which groups broke down in a row before anything was
/// trained: a device that breaks whatever it is given must not go through the
/// whole queue and fail it. A group that breaks whatever device it is given
/// counts once, however often it is tried.
class DeviceHealth {
 public:
  static constexpr std::size_t kGroupsToRetire = 3;

  /// Something was trained on the device.
  void Worked(const std::string& device) { devices_[device].broke.clear(); }

  /// A worker broke down before it trained anything of `group` (or could not
  /// even be started: then it is the name of the attempt); returns whether that
  /// retires the device. While other workers are at work on the same device
  /// (the cores of a CPU are one), theirs is the last word.
  bool BrokeAtOnce(const std::string& device, const std::string& group,
                   bool others_at_work) {
    Device& known = devices_[device];
    known.broke.insert(group);
    if (known.retired || others_at_work || !known.unfit()) return false;
    known.retired = true;
    return true;
  }

  /// Whether something broke at once and nothing was trained since.
  bool Doubtful(const std::string& device) const {
    const Device* known = Find(device);
    return known != nullptr && !known->broke.empty();
  }

  /// Whether to give it nothing more until workers at work on it have shown
  /// what they can do.
  bool Unfit(const std::string& device) const {
    const Device* known = Find(device);
    return known != nullptr && known->unfit();
  }

  bool Retired(const std::string& device) const {
    const Device* known = Find(device);
    return known != nullptr && known->retired;
  }

 private:
  struct Device {
    bool unfit() const { return broke.size() >= kGroupsToRetire; }

    std::set<std::string> broke;  // group ids, since it last worked
    bool retired = false;
  };

  const Device* Find(const std::string& name) const {
    const auto found = devices_.find(name);
    return found == devices_.end() ? nullptr : &found->second;
  }

  std::map<std::string, Device> devices_;
};

}  // namespace isoflop
