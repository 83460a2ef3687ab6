#include "lib/sweep/sweep_spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "lib/core/quote.h"
#include "lib/sweep/data_paths.h"
#include "lib/sweep/model_config.h"
#include "lib/sweep/probe_checks.h"
#include "lib/sweep/sizes.h"
#include "lib/sweep/sweep_grid.h"
#include "lib/sweep/vary.h"

namespace isoflop {
namespace {

void CheckSchema(const Json& json, const std::string& source) {
  Require(json.is_object(), "{}: must be an object, got {}", source,
          Quoted(json));
  const auto found = json.find("schema");
  Require(found != json.end(),
          "{}: schema: is missing; this program reads "
          "\"{}\"",
          source, kSweepSchema);
  Require(*found == kSweepSchema,
          "{}: schema: is {}, and this program reads \"{}\"", source,
          Quoted(*found), kSweepSchema);
}

/// Replaces the paths of the data section by those of the command line.
void ApplyOverrides(const SweepOverrides& overrides, const std::string& source,
                    Problems* problems, Json* json) {
  if (overrides.data_paths.empty() || !json->contains("data")) return;
  Json& data = (*json)["data"];
  if (!data.is_object()) return;  // the data section's parser says so
  Problems said_later;            // likewise
  const auto task = ParseDataConfig(data, source, 1, &said_later).task;
  // A kind that there is not leaves the default.
  if (data.value("kind", Json(task->kind())) != Json(task->kind())) return;
  const std::string key(task->paths_key());
  if (key.empty()) {
    problems->Add(source + ": data.kind",
                  fmt::format("{} reads no files, so there is nothing that "
                              "other data paths could replace",
                              task->kind()));
    return;
  }
  if (json->value("vary", Json::object()).contains("data." + key)) {
    problems->Add(fmt::format("{}: vary.\"data.{}\"", source, key),
                  "cannot vary while other data paths are given");
  }
  data[key] = overrides.data_paths;
  // They were chosen for the other files.
  data.erase("extensions");
}

/// Returns a number times `factor`, whole if it was; what is no number, or not
/// one that can be, is left for the parser to refuse.
Json Scaled(const Json& value, double factor) {
  constexpr double kMostExact = 9007199254740992.0;  // 2^53
  if (!value.is_number()) return value;
  const double number = value.get<double>();
  const double scaled = factor * number;
  const bool whole = number == std::floor(number);
  if (!whole || std::abs(scaled) > kMostExact) return scaled;
  return std::llround(scaled);
}

/// Of every element of an array, if there is one.
void ScaleArray(double factor, const char* key, Json* section) {
  if (!section->is_object() || !section->contains(key)) return;
  Json& array = (*section)[key];
  if (!array.is_array()) return;
  for (Json& number : array) number = Scaled(number, factor);
}

/// Those of the runs that an expectation or an analysis is about.
void ScaleTokensOf(double factor, Json* entry) {
  if (!entry->is_object()) return;
  const Json over = entry->value("over", Json());
  if (over == "tokens" || over == "flops") {
    if (entry->contains("up_to")) {
      (*entry)["up_to"] = Scaled((*entry)["up_to"], factor);
    }
    for (const char* place : {"scale", "critical"}) {
      if (!entry->contains("fixed") || !(*entry)["fixed"].is_object()) continue;
      Json& fixed = (*entry)["fixed"];
      if (fixed.contains(place)) fixed[place] = Scaled(fixed[place], factor);
    }
  }
  for (const char* runs : {"of", "against"}) {
    if (!entry->contains(runs)) continue;
    Json& of = (*entry)[runs];
    if (!of.is_object() || !of.contains("tokens")) continue;
    of["tokens"] = Scaled(of["tokens"], factor);
  }
}

/// Everything that speaks of D or C. It is stored with the sweep, as if it had
/// been written so.
void ApplyScale(double factor, Json* json) {
  if (factor == 1.0) return;
  if (json->contains("grid")) {
    Json& grid = (*json)["grid"];
    for (const char* key : {"tokens", "tokens_per_param", "budgets_flops",
                            "tokens_range", "tokens_per_param_range"}) {
      ScaleArray(factor, key, &grid);
    }
    if (grid.is_object() && grid.contains("sizes") &&
        grid["sizes"].is_array()) {
      for (Json& size : grid["sizes"]) ScaleArray(factor, "tokens", &size);
    }
  }
  for (const char* list : {"expect", "analyses"}) {
    if (!json->contains(list) || !(*json)[list].is_array()) continue;
    for (Json& entry : (*json)[list]) ScaleTokensOf(factor, &entry);
  }
}

/// The name becomes a directory: letters, digits and ._- only.
void ReadName(ObjectReader* reader, std::string* name) {
  if (!reader->Need("name") || !reader->Read("name", name)) return;
  const auto plain = [](char c) {
    return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') ||
           ('0' <= c && c <= '9') || c == '.' || c == '_' || c == '-';
  };
  if (name->size() <= 64 && name->front() != '.' && name->front() != '-' &&
      std::ranges::all_of(*name, plain)) {
    return;
  }
  reader->Refuse("name",
                 fmt::format("\"{}\" is no good name for a directory; use up "
                             "to 64 letters, digits, '.', '_' or '-', the "
                             "first a letter, a digit or '_'",
                             *name));
}

void ReadSeeds(ObjectReader* reader, std::vector<std::int64_t>* seeds) {
  // Other readers of JSON hold numbers as doubles, which are exact up to here.
  reader->Read("seeds", seeds, {0, std::int64_t{1} << 53});
  for (std::size_t i = 1; i < seeds->size(); ++i) {
    const auto end = seeds->begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(seeds->begin(), end, (*seeds)[i]) != end) {
      reader->Refuse(fmt::format("seeds[{}]", i),
                     fmt::format("{} is there already", (*seeds)[i]));
    }
  }
}

/// Checks what batches and windows have to do with one another.
void CheckBatch(const Variant& variant, const std::string& source,
                Problems* problems) {
  const std::int64_t context = variant.model.context;
  const TrainingConfig& training = variant.training;
  const auto whole_windows = [&](const char* key, std::int64_t tokens) {
    if (tokens % context == 0) return;
    problems->Add(
        fmt::format("{}: training.{}", source, key),
        fmt::format("{} is no multiple of model.context {}", tokens, context));
  };
  whole_windows("batch_tokens", training.batch_tokens);
  if (training.micro_batch_tokens) {
    whole_windows("micro_batch_tokens", *training.micro_batch_tokens);
  }
}

void CheckVocabulary(const Variant& variant, const std::string& source,
                     Problems* problems) {
  const std::int64_t needed = ExamplesOf(variant).vocab_size;
  if (needed == 0 && variant.model.vocab_size) {
    problems->Add(source + ": model.vocab_size",
                  fmt::format("is for tokens, and {} has none: leave it out",
                              variant.data.task->kind()));
  }
  if (ModelVocabSize(variant) >= needed) return;
  problems->Add(source + ": model.vocab_size",
                fmt::format("{} is smaller than the data's vocabulary of {}",
                            ModelVocabSize(variant), needed));
}

/// A model that sees what it has to predict learns to copy.
void CheckMask(const Variant& variant, const std::string& source,
               Problems* problems) {
  if (variant.model.causal || !ExamplesOf(variant).targets_follow ||
      variant.model.architecture != Architecture::kTransformer) {
    return;
  }
  problems->Add(source + ": model.causal",
                fmt::format("must be true for {}, whose targets are inputs of "
                            "later positions, got false",
                            variant.data.task->kind()));
}

void CheckSizes(const GridConfig& grid, const Variant& variant,
                const std::string& source, Problems* problems) {
  std::vector<ModelShape> shapes;
  for (std::size_t i = 0; i < grid.sizes.size(); ++i) {
    const auto path = fmt::format("{}: grid.sizes[{}]", source, i);
    const auto resolved =
        ResolveSize(grid.sizes[i], variant, grid.aspect_ratio, path, problems);
    const auto same = std::ranges::find(shapes, resolved.shape);
    if (same != shapes.end()) {
      problems->Add(
          path, fmt::format("is the same shape, {}, as sizes[{}]",
                            SizeLabel(resolved.shape), same - shapes.begin()));
    }
    shapes.push_back(resolved.shape);
  }
}

/// Parses one combination. The sizes are looked at only once all that they
/// depend on is right.
Variant ParseVariant(const Combination& combination, const GridConfig* grid,
                     const SweepSpec& spec, Problems* problems) {
  const std::string& source = spec.source;
  const Json& sections = combination.sections;
  Variant variant;
  variant.settings = combination.Settings();
  variant.model =
      ParseModelConfig(sections["model"], source + ": model", problems);
  variant.training = ParseTrainingConfig(sections["training"],
                                         source + ": training", problems);
  variant.data = ParseDataConfig(sections["data"], source + ": data",
                                 variant.model.context, problems);
  CheckBatch(variant, source, problems);
  if (!problems->empty()) return variant;
  CheckVocabulary(variant, source, problems);
  CheckMask(variant, source, problems);
  CheckProbes(spec.probes, variant, source, problems);
  if (grid != nullptr) CheckSizes(*grid, variant, source, problems);
  return variant;
}

GridConfig ReadGrid(ObjectReader* reader, Problems* problems) {
  const Json* json = reader->Child("grid");
  if (!reader->Need("grid")) return {};
  return ParseGrid(*json, reader->PathOf("grid"), problems);
}

/// The key paths under "vary", which are checked elsewhere.
std::vector<std::string> AxesOf(const Json& given) {
  std::vector<std::string> axes;
  const Json vary = given.value("vary", Json::object());
  if (!vary.is_object()) return axes;
  for (const auto& item : vary.items()) axes.push_back(item.key());
  return axes;
}

/// Parses what stands outside the sections that can vary.
void ReadTop(ObjectReader* reader, SweepSpec* spec, Problems* problems) {
  ReadName(reader, &spec->name);
  ReadSeeds(reader, &spec->seeds);
  ReadProbes(reader, &spec->probes);
  ResultContext context{.axes = AxesOf(spec->given), .probes = spec->probes};
  spec->analyses = ReadAnalyses(reader, context, problems);
  context.analyses = spec->analyses;
  spec->claim = ReadSweepClaim(reader, context, problems);
  reader->Need("data");
  for (const char* key : {"schema", "data", "model", "training", "vary"}) {
    reader->Ignore(key);
  }
  reader->Finish();
}

}  // namespace

std::vector<AnalysisRequest> AnalysesOf(const Json& sweep_file,
                                        const std::string& source) {
  Problems problems;
  ObjectReader reader(sweep_file, source, &problems);
  ResultContext context{.axes = AxesOf(sweep_file), .probes = {}};
  ReadProbes(&reader, &context.probes);
  auto analyses = ReadAnalyses(&reader, context, &problems);
  problems.ThrowIfAny();
  return analyses;
}

std::int64_t Count(const ParameterCounts& params, ParamsConvention convention) {
  return convention == ParamsConvention::kTotal ? params.total
                                                : params.non_embedding;
}

bool UsesPrecision(const SweepSpec& spec, Precision precision) {
  return std::ranges::any_of(spec.variants, [=](const Variant& variant) {
    return variant.training.precision == precision;
  });
}

SweepSpec ParseSweep(const Json& json, const std::string& source,
                     const SweepOverrides& overrides) {
  CheckSchema(json, source);
  Problems problems;
  SweepSpec spec;
  spec.source = source;
  spec.given = json;
  ApplyOverrides(overrides, source, &problems, &spec.given);
  ApplyScale(overrides.scale, &spec.given);

  ObjectReader reader(spec.given, source, &problems);
  // Apart, so that sizes are looked at only in a grid that is right.
  Problems of_grid;
  spec.grid = ReadGrid(&reader, &of_grid);
  ReadTop(&reader, &spec, &problems);
  for (const auto& message : of_grid.messages()) problems.Add("", message);

  const auto combinations = Combinations(spec.given, source, &problems);
  std::vector<Problems> found(combinations.size());
  for (std::size_t i = 0; i < combinations.size(); ++i) {
    spec.variants.push_back(ParseVariant(combinations[i],
                                         of_grid.empty() ? &spec.grid : nullptr,
                                         spec, &found[i]));
  }
  AddFound(combinations, found, source, &problems);
  problems.ThrowIfAny();
  return spec;
}

SweepSpec LoadSweep(const std::filesystem::path& path,
                    const SweepOverrides& overrides) {
  Json json = ReadJsonFile(path);
  MakeDataPathsAbsolute(path.parent_path(), &json);
  SweepOverrides absolute = overrides;
  for (std::string& name : absolute.data_paths) {
    name = AbsoluteDataPath(name, ".");
  }
  return ParseSweep(json, path.string(), absolute);
}

}  // namespace isoflop
