// What `isoflop allocate` prints: allocations, and the answers to questions
// that go beyond them.

#pragma once

#include <cstddef>
#include <string>

#include "analysis/decide/allocation_question.h"
#include "analysis/report/stored_fit.h"
#include "lib/core/json.h"

namespace isoflop {

inline constexpr std::string_view kAllocationSchema = "isoflop.allocation/1";

/// Returns what `isoflop allocate --json` prints. Sections that were not asked
/// for are absent.
Json AnswerJson(const StoredFit& fit, const AllocationAnswer& answer);

/// Returns the same for people: a table for each section, with what it means
/// and how many laws of the bootstrap cannot do what is asked.
std::string AnswerText(const StoredFit& fit, const AllocationAnswer& answer,
                       std::size_t width = 80);

}  // namespace isoflop
