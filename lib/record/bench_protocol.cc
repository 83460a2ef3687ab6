#include "lib/record/bench_protocol.h"

#include <utility>

#include "lib/core/object_reader.h"
#include "lib/core/quote.h"
#include "lib/sweep/plan_from_json.h"

namespace isoflop {
namespace {

constexpr double kLongestBenchSeconds = 1e6;

MeasuredRate RateFromJson(const Json& json, const std::string& path,
                          Problems* problems) {
  MeasuredRate rate;
  ObjectReader reader(json, path, problems);
  for (const auto& [key, value] :
       {std::pair{"median", &rate.median}, std::pair{"low", &rate.low},
        std::pair{"high", &rate.high}}) {
    if (reader.Need(key)) reader.Read(key, value, {kPositive});
  }
  reader.Finish();
  return rate;
}

void ReadRate(const char* key, ObjectReader* reader, MeasuredRate* rate,
              Problems* problems) {
  const Json* json = reader->Child(key);
  if (!reader->Need(key)) return;
  *rate = RateFromJson(*json, reader->PathOf(key), problems);
}

void ReadObject(const char* key, ObjectReader* reader, Json* object) {
  const Json* json = reader->Child(key);
  if (!reader->Need(key)) return;
  if (!json->is_object()) {
    reader->Refuse(key, "must be an object, got " + Quoted(*json));
  } else {
    *object = *json;
  }
}

BenchReport::Section SectionFromJson(const Json& json, const std::string& path,
                                     Problems* problems) {
  BenchReport::Section section;
  ObjectReader reader(json, path, problems);
  if (reader.Need("section")) reader.Read("section", &section.name);
  if (reader.Need("seconds")) reader.Read("seconds", &section.seconds, {0.0});
  if (reader.Need("share")) reader.Read("share", &section.share, {0.0, 1.0});
  reader.Finish();
  return section;
}

void ReadProfile(ObjectReader* reader,
                 std::vector<BenchReport::Section>* profile,
                 Problems* problems) {
  const Json* json = reader->Child("profile");
  if (json == nullptr) return;
  if (!json->is_array()) {
    reader->Refuse("profile", "must be an array, got " + Quoted(*json));
    return;
  }
  for (const Json& section : *json) {
    profile->push_back(
        SectionFromJson(section, reader->PathOf("profile"), problems));
  }
}

}  // namespace

Json ToJson(const MeasuredRate& rate) {
  return {{"median", rate.median}, {"low", rate.low}, {"high", rate.high}};
}

Json ToJson(const std::vector<BenchReport::Section>& profile) {
  Json json = Json::array();
  for (const BenchReport::Section& section : profile) {
    json.push_back({{"section", section.name},
                    {"seconds", section.seconds},
                    {"share", section.share}});
  }
  return json;
}

Json ToJson(const BenchCommand& command) {
  return {{"command", "bench"},
          {"group", ToJson(command.group)},
          {"device", command.device},
          {"seconds", command.seconds},
          {"profile", command.profile}};
}

BenchCommand ParseBenchCommand(const std::string& line) {
  BenchCommand command;
  std::string verb;
  Problems problems;
  const Json json = ParseJson(line, "command");
  ObjectReader reader(json, "command", &problems);
  if (reader.Need("command") && reader.Read("command", &verb) &&
      verb != "bench") {
    reader.Refuse("command", "must be \"bench\", got \"" + verb + "\"");
  }
  Json group;
  ReadObject("group", &reader, &group);
  if (reader.Need("device")) reader.Read("device", &command.device);
  if (reader.Need("seconds")) {
    reader.Read("seconds", &command.seconds, {kPositive, kLongestBenchSeconds});
  }
  reader.Read("profile", &command.profile);
  reader.Finish();
  problems.ThrowIfAny();
  // Last: it throws by itself, and would hide what else is wrong.
  command.group = RunGroupFromJson(group, "command: group");
  return command;
}

Json ToJson(const BenchReport& report) {
  Json json{{"tokens_per_second", ToJson(report.tokens_per_second)},
            {"matmul_flops_per_second", ToJson(report.matmul_flops_per_second)},
            {"device", report.device},
            {"software", report.software}};
  if (report.peak_memory_bytes) {
    json["peak_memory_bytes"] = *report.peak_memory_bytes;
  }
  if (!report.profile.empty()) json["profile"] = ToJson(report.profile);
  return json;
}

BenchReport BenchReportFromJson(const Json& json, const std::string& source) {
  BenchReport report;
  double bytes = 0.0;
  Problems problems;
  ObjectReader reader(json, source, &problems);
  ReadRate("tokens_per_second", &reader, &report.tokens_per_second, &problems);
  ReadRate("matmul_flops_per_second", &reader, &report.matmul_flops_per_second,
           &problems);
  // These two go into reports as they are.
  ReadObject("device", &reader, &report.device);
  ReadObject("software", &reader, &report.software);
  if (reader.Read("peak_memory_bytes", &bytes, {kPositive})) {
    report.peak_memory_bytes = bytes;
  }
  ReadProfile(&reader, &report.profile, &problems);
  reader.Finish();
  problems.ThrowIfAny();
  return report;
}

}  // namespace isoflop
