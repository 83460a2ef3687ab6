// Whatever the bytes, they are JSON that is written and read back unchanged, or
// refused by an Error; and JSON is a sweep, or refused by an Error.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "lib/core/error.h"
#include "lib/core/json.h"
#include "lib/sweep/sweep_spec.h"
#include "tests/fuzz/fuzz_checks.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const isoflop::Json json = isoflop::ParseJson(text, "input");
    isoflop::Check(
        isoflop::ParseJson(isoflop::ReadableText(json), "written") == json,
        "JSON that changes when written");
    const std::string canonical = isoflop::CanonicalText(json);
    isoflop::Check(isoflop::CanonicalText(
                       isoflop::ParseJson(canonical, "canonical")) == canonical,
                   "canonical text that changes when read");
    isoflop::ParseSweep(json, "input");
  } catch (const isoflop::Error&) {
    return 0;  // refused, as it may be
  }
  return 0;
}
