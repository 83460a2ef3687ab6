// A sweep file, parsed and checked, but not yet expanded into runs.

#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "lib/data/data_config.h"
#include "lib/sweep/claim.h"
#include "lib/sweep/model_shape.h"
#include "lib/sweep/probe_kind.h"
#include "lib/sweep/training_config.h"

namespace isoflop {

inline constexpr std::string_view kSweepSchema = "isoflop.sweep/1";

/// Which parameters N counts, in C = 6ND and D/N.
enum class ParamsConvention { kTotal, kNonEmbedding };
constexpr std::array<NamedValue<ParamsConvention>, 2> EnumNames(
    ParamsConvention) {
  return {{{ParamsConvention::kTotal, "total"},
           {ParamsConvention::kNonEmbedding, "non_embedding"}}};
}

/// Returns the count that `convention` means.
std::int64_t Count(const ParameterCounts& params, ParamsConvention convention);

/// The "model" section: everything but the sizes, which the grid gives.
struct ModelConfig {
  Architecture architecture = Architecture::kTransformer;
  std::int64_t context = 64;
  std::optional<std::int64_t> vocab_size;  // absent: the data's
  std::int64_t layers = 2;                 // of sizes that do not say
  std::optional<std::int64_t> heads;       // absent: d_model / head_size
  std::int64_t head_size = 16;
  double ffn_ratio = 4.0;  // d_ff / d_model
  FfnKind ffn = FfnKind::kReluSquared;
  NormKind norm = NormKind::kRms;
  Position position = Position::kRotary;
  double rotary_base = 100.0;
  bool tied_embeddings = true;
  AttentionKind attention = AttentionKind::kSoftmax;
  bool causal = true;
  std::optional<std::int64_t> kv_heads;  // absent: as many as heads
  bool qk_norm = false;
};

/// One entry of "grid.sizes": a width, or a parameter count to come near to.
struct SizeSpec {
  std::optional<std::int64_t> d_model;
  std::optional<std::int64_t> layers;
  std::optional<std::int64_t> heads;
  std::optional<double> params_total;
  std::optional<double> params_non_embedding;
  std::vector<std::int64_t> tokens;  // D of this size, in place of the grid's
};

struct GridConfig {
  std::vector<SizeSpec> sizes;
  // Exactly one of the next three is not empty; none where all sizes have
  // tokens of their own.
  std::vector<double> budgets_flops;     // C: D = C / (6N)
  std::vector<std::int64_t> tokens;      // D, for every size
  std::vector<double> tokens_per_param;  // D / N
  // Cells outside these are left out; the plan lists them.
  std::optional<std::array<double, 2>> tokens_range;
  std::optional<std::array<double, 2>> tokens_per_param_range;
  ParamsConvention params = ParamsConvention::kTotal;
  double aspect_ratio = 64.0;  // d_model / layers, for parameter counts
};

/// One combination of the values under "vary".
struct Variant {
  Json settings = Json::object();  // {"model.position": "none"}; empty where
                                   // nothing varies
  ModelConfig model;
  TrainingConfig training;
  DataConfig data;
};

struct SweepSpec {
  std::string source;  // what messages call the file
  std::string name;
  GridConfig grid;
  std::vector<std::int64_t> seeds{0};
  std::vector<ProbeKind> probes;          // each of them once
  std::vector<AnalysisRequest> analyses;  // curves to be made of its results
  SweepClaim claim;                       // what it is made to show
  std::vector<Variant> variants;          // at least one
  Json given;  // the file's content, overrides applied
};

/// What the command line may say over the file.
struct SweepOverrides {
  // Replaces data.paths, together with data.extensions, which said what counts
  // in the folders that are replaced; or data.train_paths.
  std::vector<std::string> data_paths;
  // Factor of every D and C of the grid.
  double scale = 1.0;
};

/// Whether a setting asks for this precision.
bool UsesPrecision(const SweepSpec& spec, Precision precision);

/// Returns the analyses of a sweep that has been read before, from what is
/// stored of it. Throws Error, naming `source`.
std::vector<AnalysisRequest> AnalysesOf(const Json& sweep_file,
                                        const std::string& source);

/// Parses a sweep. `source` names it in messages. Throws Error with everything
/// that is wrong, each with its key path, value and what is allowed.
SweepSpec ParseSweep(const Json& json, const std::string& source,
                     const SweepOverrides& overrides = {});

/// Reads and parses a sweep file. Its data paths are relative to it, those of
/// the command line to the working directory (lib/sweep/data_paths.h); both are
/// absolute in what is returned. Throws Error.
SweepSpec LoadSweep(const std::filesystem::path& path,
                    const SweepOverrides& overrides = {});

}  // namespace isoflop
