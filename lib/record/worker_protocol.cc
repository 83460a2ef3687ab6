#include "lib/record/worker_protocol.h"

#include <cmath>

#include "lib/core/error.h"
#include "lib/core/object_reader.h"
#include "lib/core/quote.h"

namespace isoflop {
namespace {

constexpr const char* kProbeSchema = "isoflop.probe/1";

void ReadOptional(ObjectReader& reader, std::string_view key,
                  std::optional<double>* value, Range<double> allowed = {}) {
  double number = 0.0;
  if (reader.Read(key, &number, allowed)) *value = number;
}

Json ToJson(const ProbeReport::Device& device) {
  Json json = {{"name", device.name}};
  if (device.model && !device.model->empty()) json["model"] = *device.model;
  if (device.memory_bytes) json["memory_bytes"] = *device.memory_bytes;
  if (device.fp32_flops_per_second) {
    json["fp32_flops_per_second"] = *device.fp32_flops_per_second;
  }
  if (device.bf16_flops_per_second) {
    json["bf16_flops_per_second"] = *device.bf16_flops_per_second;
  }
  if (device.bf16_speedup) json["bf16_speedup"] = *device.bf16_speedup;
  if (!device.bf16_right) json["bf16_right"] = false;
  return json;
}

ProbeReport::Device DeviceFromJson(const Json& json, const std::string& path,
                                   Problems* problems) {
  ProbeReport::Device device;
  ObjectReader reader(json, path, problems);
  if (reader.Need("name")) reader.Read("name", &device.name);
  std::string model;
  if (reader.Read("model", &model)) device.model = model;
  ReadOptional(reader, "memory_bytes", &device.memory_bytes, {kPositive});
  ReadOptional(reader, "fp32_flops_per_second", &device.fp32_flops_per_second,
               {kPositive});
  ReadOptional(reader, "bf16_flops_per_second", &device.bf16_flops_per_second,
               {kPositive});
  ReadOptional(reader, "bf16_speedup", &device.bf16_speedup, {kPositive});
  reader.Read("bf16_right", &device.bf16_right);
  reader.Finish();
  return device;
}

void ReadDevices(ObjectReader& reader, std::vector<ProbeReport::Device>* cuda,
                 Problems* problems) {
  const Json* devices = reader.Child("cuda");
  if (devices == nullptr) return;
  if (!devices->is_array()) {
    reader.Refuse("cuda", "must be an array, got " + Quoted(*devices));
    return;
  }
  for (const Json& device : *devices) {
    cuda->push_back(DeviceFromJson(device, reader.PathOf("cuda"), problems));
  }
}

}  // namespace

Json ToJson(const TrainCommand& command) {
  Json json = {{"command", "train"},
               {"sweep_dir", command.sweep_dir},
               {"group", command.group},
               {"device", command.device}};
  if (command.micro_batch_tokens) {
    json["micro_batch_tokens"] = *command.micro_batch_tokens;
  }
  return json;
}

TrainCommand ParseTrainCommand(const std::string& line) {
  TrainCommand command;
  std::string verb;
  Problems problems;
  const Json json = ParseJson(line, "command");
  ObjectReader reader(json, "command", &problems);
  if (reader.Need("command") && reader.Read("command", &verb) &&
      verb != "train") {
    reader.Refuse("command", "must be \"train\", got \"" + verb + "\"");
  }
  if (reader.Need("sweep_dir")) reader.Read("sweep_dir", &command.sweep_dir);
  if (reader.Need("group")) reader.Read("group", &command.group);
  if (reader.Need("device")) reader.Read("device", &command.device);
  std::int64_t micro_batch_tokens = 0;
  if (reader.Read("micro_batch_tokens", &micro_batch_tokens, {1})) {
    command.micro_batch_tokens = micro_batch_tokens;
  }
  reader.Finish();
  problems.ThrowIfAny();
  return command;
}

Json ToJson(const WorkerEvent& event) {
  // What is empty, zero or absent is left out: there are many lines.
  Json json = {{"event", NameOf(event.kind)}};
  if (!event.group.empty()) json["group"] = event.group;
  if (!event.run.empty()) json["run"] = event.run;
  if (!event.status.empty()) json["status"] = event.status;
  if (event.tokens_done != 0) json["tokens_done"] = event.tokens_done;
  // JSON has no NaN. That a run has diverged, its status says.
  if (event.loss && std::isfinite(*event.loss)) json["loss"] = *event.loss;
  if (event.tokens_per_second > 0.0 && std::isfinite(event.tokens_per_second)) {
    json["tokens_per_second"] = event.tokens_per_second;
  }
  if (!event.reason.empty()) json["reason"] = event.reason;
  if (event.out_of_memory) json["out_of_memory"] = true;
  return json;
}

WorkerEvent ParseWorkerEvent(const std::string& line) {
  WorkerEvent event;
  Problems problems;
  const Json json = ParseJson(line, "event");
  ObjectReader reader(json, "event", &problems);
  // Keys that are not known are refused: what is no event of this protocol,
  // such as the JSON of a library, must not pass for one.
  if (reader.Need("event")) reader.ReadEnum("event", &event.kind);
  reader.Read("group", &event.group);
  reader.Read("run", &event.run);
  reader.Read("status", &event.status);
  reader.Read("tokens_done", &event.tokens_done, {0});
  ReadOptional(reader, "loss", &event.loss);
  reader.Read("tokens_per_second", &event.tokens_per_second, {0.0});
  reader.Read("reason", &event.reason);
  reader.Read("out_of_memory", &event.out_of_memory);
  reader.Finish();
  problems.ThrowIfAny();
  return event;
}

Json ToJson(const ProbeReport& report) {
  Json cuda = Json::array();
  for (const ProbeReport::Device& device : report.cuda) {
    cuda.push_back(ToJson(device));
  }
  Json json{{"schema", kProbeSchema},
            {"libtorch", report.libtorch},
            {"cpu", report.cpu},
            {"arithmetic", report.arithmetic},
            {"cpu_threads", report.cpu_threads},
            {"fp32_flops_per_second", report.fp32_flops_per_second},
            {"products_right", report.products_right},
            {"bf16_flops_per_second", report.bf16_flops_per_second},
            {"bf16_right", report.bf16_right},
            {"operation_seconds", report.operation_seconds},
            {"cuda", std::move(cuda)},
            {"warnings", report.warnings}};
  if (!report.blas_core.empty()) json["blas_core"] = report.blas_core;
  if (report.bf16_speedup) json["bf16_speedup"] = *report.bf16_speedup;
  if (report.process_private_bytes) {
    json["process_private_bytes"] = *report.process_private_bytes;
  }
  if (report.process_shared_bytes) {
    json["process_shared_bytes"] = *report.process_shared_bytes;
  }
  return json;
}

ProbeReport ProbeReportFromJson(const Json& json, const std::string& source) {
  ProbeReport report;
  std::string schema;
  Problems problems;
  ObjectReader reader(json, source, &problems);
  if (reader.Need("schema") && reader.Read("schema", &schema) &&
      schema != kProbeSchema) {
    reader.Refuse("schema", std::string("must be \"") + kProbeSchema +
                                "\", got \"" + schema + "\"");
  }
  if (reader.Need("libtorch")) reader.Read("libtorch", &report.libtorch);
  if (reader.Need("cpu")) reader.Read("cpu", &report.cpu);
  reader.Read("blas_core", &report.blas_core);
  reader.Read("cpu_threads", &report.cpu_threads, {1});
  reader.Read("fp32_flops_per_second", &report.fp32_flops_per_second, {0.0});
  reader.Read("products_right", &report.products_right);
  reader.Read("bf16_flops_per_second", &report.bf16_flops_per_second, {0.0});
  reader.Read("bf16_right", &report.bf16_right);
  if (const Json* arithmetic = reader.Child("arithmetic")) {
    report.arithmetic =
        ArithmeticFromJson(*arithmetic, reader.PathOf("arithmetic"), &problems);
  }
  reader.Read("operation_seconds", &report.operation_seconds, {0.0});
  ReadOptional(reader, "bf16_speedup", &report.bf16_speedup, {kPositive});
  ReadOptional(reader, "process_private_bytes", &report.process_private_bytes,
               {0.0});
  ReadOptional(reader, "process_shared_bytes", &report.process_shared_bytes,
               {0.0});
  ReadDevices(reader, &report.cuda, &problems);
  // The reader takes no empty array, since none means anything in a sweep.
  if (const Json* warnings = reader.Child("warnings");
      warnings != nullptr && !warnings->empty()) {
    reader.Read("warnings", &report.warnings);
  }
  reader.Finish();
  problems.ThrowIfAny();
  return report;
}

}  // namespace isoflop
