// Whatever the bytes, they are a record of a sweep that is written and read
// back unchanged, or refused by an Error. Every reader of records is asked, as
// each has its own schema.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lib/core/error.h"
#include "lib/core/json.h"
#include "lib/record/bench_protocol.h"
#include "lib/record/run_result.h"
#include "lib/record/worker_protocol.h"
#include "lib/sweep/plan_from_json.h"
#include "tests/fuzz/fuzz_checks.h"

namespace isoflop {
namespace {

/// Calls `read`; what it lets through has to be the same when written and read,
/// in memory and as text.
template <typename Read>
void CheckRecord(const Json& json, Read read) {
  std::optional<Json> written;
  try {
    written = ToJson(read(json));
  } catch (const Error&) {
    return;  // refused, as it may be
  }
  Check(ToJson(read(*written)) == *written, "a record that changes");
  Check(ParseJson(ReadableText(*written), "written") == *written,
        "a record that changes in a file");
}

void CheckRecords(const Json& json) {
  CheckRecord(json, [](const Json& j) { return PlanFromJson(j, "input"); });
  CheckRecord(json, [](const Json& j) { return RunGroupFromJson(j, "input"); });
  CheckRecord(json,
              [](const Json& j) { return RunResultFromJson(j, "input"); });
  CheckRecord(json,
              [](const Json& j) { return ProbeReportFromJson(j, "input"); });
  CheckRecord(json, [](const Json& j) { return ParseTrainCommand(j.dump()); });
  CheckRecord(json, [](const Json& j) { return ParseWorkerEvent(j.dump()); });
}

}  // namespace
}  // namespace isoflop

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    isoflop::CheckRecords(isoflop::ParseJson(text, "input"));
  } catch (const isoflop::Error&) {
    return 0;  // no JSON
  }
  return 0;
}
