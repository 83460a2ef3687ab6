// Whatever the bytes, reading them as JSON Lines gives observations or an
// Error.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "analysis/observe/observation_reader.h"
#include "lib/core/error.h"
#include "tests/fuzz/fuzz_checks.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    isoflop::CheckObservations(
        isoflop::ParseObservations(text, "input.jsonl").set);
    isoflop::CheckObservations(
        isoflop::ParseObservations(text, "input.jsonl", {.label = "recipe"})
            .set);
  } catch (const isoflop::Error&) {
    return 0;  // refused, as it may be
  }
  return 0;
}
