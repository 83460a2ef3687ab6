// What the front end and a worker say to each other about speed: one command on
// the worker's input, one report on its output.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/core/json.h"
#include "lib/sweep/plan.h"

namespace isoflop {

/// Front end -> worker: train this for a while, and say how fast it went.
struct BenchCommand {
  RunGroup group;
  std::string device = "cpu";
  double seconds = 2.0;  // of measuring, all blocks together
  bool profile = false;
};

/// Per second, of several blocks of measuring.
struct MeasuredRate {
  double median = 0.0;
  double low = 0.0;
  double high = 0.0;
};

/// Worker -> front end. Updates and matrix products took turns, so that both
/// were measured in the same minutes.
struct BenchReport {
  MeasuredRate tokens_per_second;
  MeasuredRate matmul_flops_per_second;     // in the precision of the group
  std::optional<double> peak_memory_bytes;  // of the process; on a GPU, what
                                            // LibTorch took of it
  Json device = Json::object();             // as results have them
  Json software = Json::object();
  struct Section {
    std::string name;
    double seconds = 0.0;
    double share = 0.0;  // of the time of all sections
  };
  std::vector<Section> profile;  // empty where nobody asked for it
};

Json ToJson(const BenchCommand& command);
Json ToJson(const BenchReport& report);

/// Throw Error for what is not as ToJson writes it.
BenchCommand ParseBenchCommand(const std::string& line);
BenchReport BenchReportFromJson(const Json& json, const std::string& source);

/// Writes a rate, and the sections of a profile.
Json ToJson(const MeasuredRate& rate);
Json ToJson(const std::vector<BenchReport::Section>& profile);

}  // namespace isoflop
