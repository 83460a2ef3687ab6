#include "lib/record/lease.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

#include "lib/core/clock.h"
#include "lib/core/error.h"
#include "lib/core/files.h"
#include "lib/core/object_reader.h"
#include "lib/core/seal.h"
#include "lib/record/process_identity.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

/// What a claim's file says.
struct Claim {
  std::string text;
  LeaseHolder holder;
  bool released = false;
};

fs::path ClaimPath(const fs::path& path, std::int64_t number) {
  return path.string() + "." + std::to_string(number);
}

fs::path GuardPath(const fs::path& path, std::int64_t number) {
  return ClaimPath(path, number).string() + ".guard";
}

std::string ClaimText(const LeaseHolder& holder) {
  return SealedText({{"host", holder.host},
                     {"pid", holder.pid},
                     {"process_start", holder.process_start},
                     {"since", holder.since},
                     {"beats", holder.beats}});
}

Claim ParseClaim(std::string text, const std::string& source) {
  Claim claim;
  claim.released = text.empty();
  if (claim.released) return claim;
  Problems problems;
  const Json json = ParseSealed(text, source);
  ObjectReader reader(json, source, &problems);
  reader.Read("host", &claim.holder.host);
  reader.Read("pid", &claim.holder.pid);
  reader.Read("process_start", &claim.holder.process_start);
  reader.Read("since", &claim.holder.since);
  reader.Read("beats", &claim.holder.beats);
  problems.ThrowIfAny();
  claim.text = std::move(text);
  return claim;
}

Claim ByUnknown(const fs::path& file, std::string text) {
  Claim unknown;
  unknown.text = std::move(text);
  unknown.holder.host = "(unreadable " + file.string() + ")";
  return unknown;
}

/// Of a file that was read.
Claim ClaimIn(const fs::path& file, const std::string& text) {
  try {
    return ParseClaim(text, file.string());
  } catch (const Error&) {
    return ByUnknown(file, text);
  }
}

/// Returns the claim, or what its guard says while there is none. One that is
/// damaged is by an unknown holder, whom only time can judge. Throws Error for
/// one that cannot be read.
Claim ReadClaim(const fs::path& path, std::int64_t number) {
  const fs::path file = ClaimPath(path, number);
  if (const auto text = ReadFileIfAny(file)) return ClaimIn(file, *text);
  const fs::path guard = GuardPath(path, number);
  const auto text = ReadFileIfAny(guard);
  if (!text) return ClaimIn(file, ReadFile(file));  // which says what is wrong
  // Only a claim is released; a guard is empty while it is being made.
  return text->empty() ? ByUnknown(guard, {}) : ClaimIn(guard, *text);
}

/// Returns the numbers of all claims on `path` and of guards, in no order; what
/// there is of them when the directory cannot be listed, and why not.
std::vector<std::int64_t> ClaimNumbers(const fs::path& path,
                                       std::error_code* failed) {
  const std::string prefix = path.filename().string() + ".";
  const fs::path parent = path.has_parent_path() ? path.parent_path() : ".";
  std::vector<std::int64_t> numbers;
  for (fs::directory_iterator it(parent, *failed), end; !*failed && it != end;
       it.increment(*failed)) {
    const std::string name = it->path().filename().string();
    if (!name.starts_with(prefix)) continue;
    std::int64_t number = 0;
    const char* end_of_name = name.data() + name.size();
    const auto parsed =
        std::from_chars(name.data() + prefix.size(), end_of_name, number);
    const std::string_view rest(parsed.ptr, end_of_name);
    if (number > 0 && (rest.empty() || rest == ".guard")) {
      numbers.push_back(number);
    }
  }
  return numbers;
}

/// Returns the highest number, 0 when there is no claim, and nothing when the
/// directory cannot be listed just now: that says nothing about claims.
std::optional<std::int64_t> FindHighestClaim(const fs::path& path,
                                             std::error_code* failed) {
  const auto numbers = ClaimNumbers(path, failed);
  if (*failed) return std::nullopt;
  return numbers.empty() ? 0 : std::ranges::max(numbers);
}

/// Returns the same. Throws Error in place of nothing.
std::int64_t HighestClaim(const fs::path& path) {
  std::error_code failed;
  const auto highest = FindHighestClaim(path, &failed);
  Require(highest.has_value(), "{}: cannot list the claims on it: {}",
          path.string(), failed.message());
  return *highest;
}

enum class Standing { kVacant, kHeld, kChanged };

/// Judges a claim by whether it changes, for want of a better way.
Standing WatchClaim(const fs::path& path, std::int64_t number,
                    const Claim& claim, const LeaseWatch& watch) {
  if (watch.on_begin) watch.on_begin(claim.holder);
  const double start = MonotonicSeconds();
  while (MonotonicSeconds() - start < watch.stale_seconds) {
    if (watch.stop && watch.stop()) return Standing::kHeld;
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    const Claim now = ReadClaim(path, number);
    std::error_code failed;
    if (now.released ||
        FindHighestClaim(path, &failed).value_or(number) != number) {
      return Standing::kChanged;
    }
    if (now.text != claim.text) return Standing::kHeld;
  }
  return Standing::kVacant;
}

Standing Judge(const fs::path& path, std::int64_t number, const Claim& claim,
               const LeaseWatch& watch) {
  if (claim.released) return Standing::kVacant;
  switch (LivenessOf(claim.holder)) {
    case Liveness::kAlive:
      return Standing::kHeld;
    case Liveness::kDead:
      return Standing::kVacant;
    case Liveness::kUnknown:
      break;
  }
  return WatchClaim(path, number, claim, watch);
}

/// Returns whether the number was free and is ours now.
bool MakeClaim(const fs::path& path, std::int64_t number,
               const std::string& text, const LinkFunction& link) {
  const fs::path file = ClaimPath(path, number);
  const Creation creation = CreateFileByLink(file, text, link);
  if (creation != Creation::kNoLinks) return creation == Creation::kCreated;
  const fs::path guard = GuardPath(path, number);
  if (!CreateFileInPlace(guard, text)) return false;
  try {
    WriteFileAtomically(file, text);
  } catch (const Error&) {
    // Or it would say that we hold what we do not.
    std::error_code ignored;
    fs::remove(guard, ignored);
    throw;
  }
  return true;
}

/// Unlike any other mark, this one can be left on a full disk.
void Release(const fs::path& path, std::int64_t number) {
  [[maybe_unused]] const int ignored =
      ::truncate(ClaimPath(path, number).c_str(), 0);
}

}  // namespace

Lease::Lease(fs::path path, std::int64_t number, LeaseHolder self)
    : path_(std::move(path)),
      number_(number),
      self_(std::move(self)),
      last_beat_(MonotonicSeconds()) {}

Lease::Lease(Lease&& other) noexcept
    : path_(std::move(other.path_)),
      number_(other.number_),
      self_(std::move(other.self_)),
      last_beat_(other.last_beat_),
      loss_(other.loss_) {
  other.path_.clear();
}

std::optional<Lease> Lease::Acquire(const fs::path& path, LeaseHolder* holder,
                                    const LeaseWatch& watch) {
  const LeaseHolder self = ThisProcess();
  const std::string text = ClaimText(self);
  while (true) {
    const std::int64_t highest = HighestClaim(path);
    if (highest > 0) {
      const Claim claim = ReadClaim(path, highest);
      const Standing standing = Judge(path, highest, claim, watch);
      if (standing == Standing::kChanged) continue;
      if (standing == Standing::kHeld) {
        *holder = claim.holder;
        return std::nullopt;
      }
    }
    // Nobody had this number before, so nobody has a higher one.
    if (MakeClaim(path, highest + 1, text, watch.link)) {
      return Lease(path, highest + 1, self);
    }
  }
}

bool Lease::Beat() {
  const double now = MonotonicSeconds();
  const bool ours = loss_ == LeaseLoss::kNone;
  if (!ours || now - last_beat_ < kBeatSeconds) return ours;
  last_beat_ = now;
  std::error_code failed;
  const auto highest = FindHighestClaim(path_, &failed);
  if (!highest) return true;  // no news; the next beat asks again
  if (*highest > number_) loss_ = LeaseLoss::kTakenOver;
  if (*highest < number_) loss_ = LeaseLoss::kGone;
  if (loss_ != LeaseLoss::kNone) return false;
  ++self_.beats;
  try {
    WriteFileAtomically(ClaimPath(path_, number_), ClaimText(self_));
  } catch (const Error&) {
    // A full disk must not stop the work; whether we are alive is still seen on
    // this host, and if another host takes over, the next beat notices.
  }
  return true;
}

Lease::~Lease() {
  const bool forked = ::getpid() != self_.pid;
  if (!path_.empty() && !forked) Release(path_, number_);
}

std::optional<LeaseHolder> CurrentHolder(const fs::path& path) {
  std::error_code failed;
  const std::int64_t highest = FindHighestClaim(path, &failed).value_or(0);
  if (highest == 0) return std::nullopt;
  try {
    const Claim claim = ReadClaim(path, highest);
    if (claim.released) return std::nullopt;
    if (LivenessOf(claim.holder) == Liveness::kDead) return std::nullopt;
    return claim.holder;
  } catch (const Error&) {
    LeaseHolder unknown;
    unknown.host = "(unreadable " + ClaimPath(path, highest).string() + ")";
    return unknown;
  }
}

bool SeemsStale(const fs::path& path) {
  const auto holder = CurrentHolder(path);
  if (!holder || LivenessOf(*holder) == Liveness::kAlive) return false;
  std::error_code failed;
  const std::int64_t highest = FindHighestClaim(path, &failed).value_or(0);
  const auto beaten = fs::last_write_time(ClaimPath(path, highest), failed);
  if (failed) return false;
  const std::chrono::duration<double> age =
      fs::file_time_type::clock::now() - beaten;
  return age.count() > LeaseWatch().stale_seconds;
}

std::string Describe(const LeaseHolder& holder) {
  return fmt::format("host {}, pid {}, since {}", holder.host, holder.pid,
                     holder.since);
}

}  // namespace isoflop
