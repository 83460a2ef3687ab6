// Where the time of a training step goes.

#pragma once

#include <array>
#include <cstddef>
#include <numeric>
#include <utility>

#include "lib/core/clock.h"
#include "lib/core/names.h"

namespace isoflop {

/// The parts of a step. Each moment belongs to one of them.
enum class StepSection {
  kData,       // reading a batch and bringing it to the device
  kProducts,   // with the weights, on the CPU by hand
  kAttention,  // between queries, keys and values, likewise
  kPass,       // what else forward and backward are: norms, activations, loss
  kUpdate,     // clipping, optimizer, copies of the weights
  kOther,      // what is none of these
};
constexpr std::array<NamedValue<StepSection>, 6> EnumNames(StepSection) {
  return {{{StepSection::kData, "data"},
           {StepSection::kProducts, "products"},
           {StepSection::kAttention, "attention"},
           {StepSection::kPass, "pass"},
           {StepSection::kUpdate, "update"},
           {StepSection::kOther, "other"}}};
}

/// Seconds by section. On a GPU, where steps are only queued, these are the
/// seconds of the processor that queues them.
class StepProfile {
 public:
  /// Counts from now on, for kOther.
  void Resume() {
    section_ = StepSection::kOther;
    since_ = MonotonicSeconds();
  }

  /// Stops counting. REQUIRES: Resume was called.
  void Pause() { Enter(StepSection::kOther); }

  /// Counts for `section` from now on; returns the section that was left, so
  /// that sections within sections can go back to it.
  StepSection Enter(StepSection section) {
    const double now = MonotonicSeconds();
    seconds_[static_cast<std::size_t>(section_)] += now - since_;
    since_ = now;
    return std::exchange(section_, section);
  }

  double seconds(StepSection section) const {
    return seconds_[static_cast<std::size_t>(section)];
  }

  double total() const {
    return std::accumulate(seconds_.begin(), seconds_.end(), 0.0);
  }

 private:
  std::array<double, EnumNames(StepSection{}).size()> seconds_{};
  StepSection section_ = StepSection::kOther;
  double since_ = 0.0;  // monotonic seconds
};

/// Counts for the sections that it is told, as long as it lives, and then again
/// for the one that it was made in. Does nothing for a null profile.
class ProfiledSections {
 public:
  /// Begins with `section`.
  explicit ProfiledSections(StepProfile* profile,
                            StepSection section = StepSection::kOther)
      : profile_(profile) {
    if (profile_ != nullptr) outer_ = profile_->Enter(section);
  }
  ~ProfiledSections() { Enter(outer_); }
  ProfiledSections(const ProfiledSections&) = delete;
  ProfiledSections& operator=(const ProfiledSections&) = delete;

  void Enter(StepSection section) {
    if (profile_ != nullptr) profile_->Enter(section);
  }

 private:
  StepProfile* profile_;
  StepSection outer_ = StepSection::kOther;
};

}  // namespace isoflop
