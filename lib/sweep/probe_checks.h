// What a probe needs, and its words in files.

#pragma once

#include <string>
#include <vector>

#include "lib/core/json.h"
#include "lib/core/object_reader.h"
#include "lib/sweep/sweep_spec.h"

namespace isoflop {

/// Returns why a variant's models cannot be measured so: "needs ..."; nothing
/// where they can.
std::string WhyNot(ProbeKind probe, const Variant& variant);

/// Reads "probes", a list of words, each of them once.
void ReadProbes(ObjectReader* reader, std::vector<ProbeKind>* probes);

/// Returns the words.
Json ToJson(const std::vector<ProbeKind>& probes);

/// Adds to `problems` the probes that a variant's models cannot be measured
/// with. `source` is the sweep file.
void CheckProbes(const std::vector<ProbeKind>& probes, const Variant& variant,
                 const std::string& source, Problems* problems);

}  // namespace isoflop
