// Whatever the bytes of a loss curve, opening it to go on leaves whole lines
// whose steps rise, none beyond the step that is kept, and a second opening
// changes nothing more.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/core/files.h"
#include "lib/record/metrics.h"
#include "tests/fuzz/fuzz_checks.h"
#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

void CheckCurve(const std::filesystem::path& file, std::int64_t keep_until) {
  std::int64_t last = -1;
  for (const MetricsLine& line : ReadMetrics(file)) {
    Check(line.step > last, "steps that do not rise");
    Check(line.step <= keep_until, "a step beyond what is kept");
    last = line.step;
  }
  const std::string once = ReadFile(file);
  const MetricsLog again(file, keep_until);
  Check(again.damage().empty(), "a damaged line that was kept");
  Check(ReadFile(file) == once, "a curve that changes when it is opened again");
}

}  // namespace
}  // namespace isoflop

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static const isoflop::TempDir dir;
  if (size == 0) return 0;
  const std::int64_t keep_until = data[0];
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto file = dir.Write("metrics.jsonl", text.substr(1));
  { const isoflop::MetricsLog log(file, keep_until); }
  isoflop::CheckCurve(file, keep_until);
  return 0;
}
