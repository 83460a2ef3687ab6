#include "lib/sweep/plan_from_json.h"

#include <fmt/format.h>

#include "lib/core/quote.h"
#include "lib/sweep/probe_checks.h"

namespace isoflop {
namespace {

/// An object all of whose keys are required, unless they say otherwise.
class RecordReader {
 public:
  RecordReader(const Json& json, const std::string& path, Problems* problems)
      : reader_(json, path, problems), problems_(problems) {}

  template <typename Value>
  void Read(const char* key, Value* value) {
    if (reader_.Need(key)) reader_.Read(key, value);
  }

  template <typename Enum>
  void ReadEnum(const char* key, Enum* value) {
    if (reader_.Need(key)) reader_.ReadEnum(key, value);
  }

  template <typename Value>
  void ReadOptional(const char* key, std::optional<Value>* value,
                    const Range<Value>& range = {}) {
    Value found{};
    if (reader_.Read(key, &found, range)) *value = found;
  }

  template <typename Enum>
  void ReadOptionalEnum(const char* key, std::optional<Enum>* value) {
    Enum found{};
    if (reader_.Child(key) != nullptr && reader_.ReadEnum(key, &found)) {
      *value = found;
    }
  }

  /// Absent in files that are older than the key.
  template <typename Enum>
  void ReadDefaultEnum(const char* key, Enum* value) {
    reader_.ReadEnum(key, value);
  }

  /// An array of numbers, absent where there are none.
  void ReadNumbers(const char* key, std::vector<double>* values) {
    reader_.Read(key, values);
  }

  /// Absent where there are none.
  void ReadProbes(std::vector<ProbeKind>* probes) {
    isoflop::ReadProbes(&reader_, probes);
  }

  /// Text that may be empty or absent, which the strict reader refuses.
  void ReadText(const char* key, std::string* text) {
    const Json* json = reader_.Child(key);
    if (json == nullptr) return;
    if (!json->is_string()) {
      reader_.Refuse(key, "must be a string, got " + Quoted(*json));
    } else {
      *text = json->get<std::string>();
    }
  }

  /// Calls parse(json, path) for the value of a key.
  template <typename Parse>
  void ReadChild(const char* key, Parse parse) {
    const Json* json = reader_.Child(key);
    if (reader_.Need(key)) parse(*json, reader_.PathOf(key));
  }

  /// The same, unless the key is absent.
  template <typename Parse>
  void ReadOptionalChild(const char* key, Parse parse) {
    if (reader_.Child(key) != nullptr) ReadChild(key, parse);
  }

  /// Appends parse(json, path) of every element of an array, maybe empty.
  template <typename Element, typename Parse>
  void ReadArray(const char* key, std::vector<Element>* elements, Parse parse) {
    ReadChild(key, [&](const Json& json, const std::string& path) {
      if (!json.is_array()) {
        problems_->Add(path, "must be an array, got " + Quoted(json));
        return;
      }
      for (std::size_t i = 0; i < json.size(); ++i) {
        elements->push_back(
            parse(json[i], fmt::format("{}[{}]", path, i), problems_));
      }
    });
  }

  void Ignore(const char* key) { reader_.Ignore(key); }
  void Finish() { reader_.Finish(); }

 private:
  ObjectReader reader_;
  Problems* problems_;
};

std::string ParseText(const Json& json, const std::string& path,
                      Problems* problems) {
  if (json.is_string()) return json.get<std::string>();
  problems->Add(path, "must be a string, got " + Quoted(json));
  return {};
}

PlannedRun ParseRun(const Json& json, const std::string& path,
                    Problems* problems) {
  PlannedRun run;
  RecordReader reader(json, path, problems);
  reader.Read("id", &run.id);
  reader.Read("steps", &run.steps);
  reader.Read("branch_step", &run.branch_step);
  reader.Read("tokens", &run.tokens);
  reader.Read("flops", &run.flops);
  reader.Read("flops_exact", &run.flops_exact);
  reader.ReadOptional("budget_flops", &run.budget_flops);
  reader.Read("epochs", &run.epochs);
  reader.Finish();
  return run;
}

ParameterCounts ParseParams(const Json& json, const std::string& path,
                            Problems* problems) {
  ParameterCounts params;
  RecordReader reader(json, path, problems);
  reader.Read("total", &params.total);
  reader.Read("non_embedding", &params.non_embedding);
  reader.Finish();
  return params;
}

ModelShape ParseShape(const Json& json, const std::string& path,
                      Problems* problems) {
  try {
    return ModelShapeFromJson(json, path);
  } catch (const Error& error) {
    // The message has the path already.
    problems->Add("", error.what());
    return {};
  }
}

RunGroup ParseGroup(const Json& json, const std::string& path,
                    Problems* problems) {
  RunGroup group;
  RecordReader reader(json, path, problems);
  reader.Read("id", &group.id);
  reader.ReadChild("model", [&](const Json& child, const std::string& at) {
    group.shape = ParseShape(child, at, problems);
  });
  reader.ReadChild("params", [&](const Json& child, const std::string& at) {
    group.params = ParseParams(child, at, problems);
  });
  reader.ReadChild("training", [&](const Json& child, const std::string& at) {
    group.training = ParseTrainingConfig(child, at, problems);
    if (group.training.precision == Precision::kAuto) {
      problems->Add(at + ".precision",
                    "must be one of fp32, bf16 in a plan, got \"auto\"");
    }
  });
  reader.ReadChild("data", [&](const Json& child, const std::string& at) {
    // The model has been read, so its context is known.
    group.data = ParseDataConfig(child, at, group.shape.context, problems);
  });
  reader.Read("data_fingerprint", &group.data_fingerprint);
  reader.ReadOptional("bytes_per_token", &group.bytes_per_token, {kPositive});
  reader.Read("seed", &group.seed);
  reader.ReadEnum("convention", &group.convention);
  reader.ReadChild("variant", [&](const Json& child, const std::string&) {
    group.variant = child;
  });
  reader.ReadArray("runs", &group.runs, ParseRun);
  reader.ReadProbes(&group.probes);
  reader.ReadText("shape_note", &group.shape_note);
  reader.Finish();
  return group;
}

LeftOutCell ParseLeftOut(const Json& json, const std::string& path,
                         Problems* problems) {
  LeftOutCell cell;
  RecordReader reader(json, path, problems);
  reader.Read("size", &cell.size);
  reader.Read("tokens", &cell.tokens);
  reader.Read("reason", &cell.reason);
  reader.Finish();
  return cell;
}

TaskInfo ParseTaskInfo(const Json& json, const std::string& path,
                       Problems* problems) {
  TaskInfo info;
  RecordReader reader(json, path, problems);
  reader.Read("fingerprint", &info.fingerprint);
  reader.Read("description", &info.description);
  reader.Read("vocab_size", &info.vocab_size);
  reader.ReadOptional("train_tokens", &info.train_tokens);
  reader.ReadOptional("validation_tokens", &info.validation_tokens);
  reader.ReadDefaultEnum("loss_unit", &info.loss_unit);
  if (info.loss_unit == LossUnit::kBitsPerByte) {
    problems->Add(path + ".loss_unit", "must be one of nats, squared_error");
  }
  reader.ReadOptional("bytes_per_token", &info.bytes_per_token, {kPositive});
  reader.ReadOptional("bayes_risk", &info.optimum.expected);
  // As plans called it when all tasks were languages.
  reader.ReadOptional("entropy_rate", &info.optimum.expected);
  reader.ReadOptional("bayes_loss", &info.optimum.on_evaluation_set);
  reader.ReadNumbers("bayes_risk_by_position", &info.optimum.by_position);
  reader.ReadArray("notes", &info.notes, ParseText);
  reader.Finish();
  return info;
}

}  // namespace

RunGroup RunGroupFromJson(const Json& json, const std::string& source) {
  Problems problems;
  RunGroup group = ParseGroup(json, source, &problems);
  problems.ThrowIfAny();
  return group;
}

Plan PlanFromJson(const Json& json, const std::string& source) {
  // First: of another version every other complaint would mislead.
  const Json schema = json.is_object() ? json.value("schema", Json()) : Json();
  Require(schema == kPlanSchema, "{}: schema: must be \"{}\", got {}", source,
          kPlanSchema, Quoted(schema));
  Problems problems;
  Plan plan;
  RecordReader reader(json, source, &problems);
  reader.Ignore("schema");
  reader.Ignore("totals");  // follow from the rest
  reader.Read("name", &plan.name);
  reader.ReadEnum("convention", &plan.convention);
  reader.ReadChild("data", [&](const Json& child, const std::string& at) {
    plan.data = ParseTaskInfo(child, at, &problems);
  });
  reader.ReadArray("groups", &plan.groups, ParseGroup);
  reader.ReadArray("left_out", &plan.left_out, ParseLeftOut);
  reader.ReadArray("notes", &plan.notes, ParseText);
  reader.ReadOptionalEnum("auto_precision", &plan.auto_precision);
  reader.ReadOptionalEnum("bf16_products", &plan.bf16_products);
  reader.ReadOptionalEnum("blas_core", &plan.blas_core);
  reader.ReadOptionalChild(
      "arithmetic", [&](const Json& child, const std::string& at) {
        plan.arithmetic = ArithmeticFromJson(child, at, &problems);
      });
  reader.ReadText("sweep_checksum", &plan.sweep_checksum);
  reader.Finish();
  problems.ThrowIfAny();
  return plan;
}

}  // namespace isoflop
