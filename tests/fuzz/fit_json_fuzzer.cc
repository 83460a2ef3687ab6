// Whatever the bytes, they are a fit by which a budget can be allocated, or
// refused by an Error.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "analysis/report/decision_report.h"
#include "analysis/report/stored_fit.h"
#include "lib/core/error.h"
#include "tests/fuzz/fuzz_checks.h"

namespace isoflop {
namespace {

void CheckLaw(const Chinchilla& law) {
  Check(std::isfinite(law.E) && law.E >= 0.0, "E that is no loss");
  for (const double value : {law.A, law.B, law.alpha, law.beta}) {
    Check(FiniteAndPositive(value), "a coefficient that is not above 0");
  }
}

void CheckFit(const StoredFit& fit) {
  if (fit.status != FitStatus::kOk) return;
  CheckLaw(fit.law);
  for (const Chinchilla& draw : fit.draws) CheckLaw(draw);
  const AllocationQuestion question{.flops = {1e12, 1e24}};
  const AllocationAnswer answer = Answer(fit.basis(), question);
  Check(answer.allocations.size() == question.flops.size(),
        "a budget without allocation");
  const std::string json = AnswerJson(fit, answer).dump();
  Check(json.find("null") == std::string::npos, "null in JSON");
}

}  // namespace
}  // namespace isoflop

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    isoflop::CheckFit(
        isoflop::ParseFit(isoflop::ParseJson(text, "input"), "input"));
  } catch (const isoflop::Error&) {
    return 0;  // refused, as it may be
  }
  return 0;
}
