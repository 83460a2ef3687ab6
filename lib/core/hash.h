// SHA-256: the identity of runs and data, and the checksum of checkpoints.

#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace isoflop {

/// Incremental SHA-256.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void Update(std::span<const std::byte> bytes);
  void Update(std::string_view text);

  /// Returns the digest as 64 lower-case hex digits. Call it once, last.
  std::string Hex();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

/// Returns the SHA-256 of `text` as 64 lower-case hex digits.
std::string Sha256Hex(std::string_view text);

}  // namespace isoflop
