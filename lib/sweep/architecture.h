// What an architecture is and costs, without LibTorch. A new one is a file that
// defines its ArchitectureTraits here, a line in architecture.cc, and what it
// computes: see lib/model/network.h.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/core/error.h"
#include "lib/sweep/model_shape.h"
#include "lib/sweep/parameter_spec.h"

namespace isoflop {

/// Everything there is to know of an architecture before one is built.
struct ArchitectureTraits {
  Architecture architecture = Architecture::kTransformer;

  // The keys of a "model" section that mean something to it, beside
  // "architecture", "context" and "vocab_size". Those of fields of a ModelShape
  // are part of a run's identity.
  std::vector<std::string_view> keys;

  /// Adds to `problems`, at `path`, what makes a shape impossible to build.
  void (*validate)(const ModelShape& shape, const std::string& path,
                   Problems* problems) = nullptr;

  /// Returns every parameter, hidden matrices first.
  std::vector<ParameterSpec> (*parameters)(const ModelShape& shape) = nullptr;

  /// Returns N in closed form.
  ParameterCounts (*count)(const ModelShape& shape) = nullptr;

  /// Returns the training FLOPs per position in closed form.
  double (*training_flops)(const ModelShape& shape) = nullptr;
};

ArchitectureTraits TransformerTraits();
ArchitectureTraits RecurrentTraits(Architecture architecture);
ArchitectureTraits MlpTraits();
ArchitectureTraits LinearTraits();

const ArchitectureTraits& TraitsOf(Architecture architecture);

/// Returns whether `key` of a "model" section means anything to it.
bool HasKey(Architecture architecture, std::string_view key);

/// Returns every parameter of a shape, hidden matrices first: the optimizer
/// treats them alike.
std::vector<ParameterSpec> ParameterSpecs(const ModelShape& shape);

/// Adds the parameters that hold what comes in and goes out:
///
///   embedding [V, d]        of tokens       input [d, d_in]   of vectors
///   positions [T, d]        if learned
///   head [V, d], unless tied, or [d_out, d]
void AddOuterParameters(const ModelShape& shape,
                        std::vector<ParameterSpec>* specs);

/// Returns how many parameters AddOuterParameters adds; those of tokens and
/// positions are no part of `non_embedding`.
ParameterCounts CountOuterParameters(const ModelShape& shape);

/// Returns the factors of products among them, per position: the head, and the
/// input matrix of vectors. A lookup multiplies nothing.
std::int64_t OuterProducts(const ModelShape& shape);

/// Adds the gain of a norm, and its bias if it has one.
void AddNorm(const ModelShape& shape, const std::string& name,
             std::vector<ParameterSpec>* specs);

/// Returns how many parameters that is.
std::int64_t NormParameters(const ModelShape& shape);

/// Checks fields of a shape, for `validate`.
class ShapeCheck {
 public:
  ShapeCheck(const std::string& path, Problems* problems)
      : path_(path), problems_(problems) {}

  /// Each returns whether the value is in range.
  bool Width(const char* field, std::int64_t value);
  bool Depth(const char* field, std::int64_t value);
  bool Length(const char* field, std::int64_t value);

  /// Checks context, and what comes in and goes out.
  void Outside(const ModelShape& shape);

  void Refuse(const char* field, const std::string& what) {
    problems_->Add(path_ + "." + field, what);
  }

 private:
  bool InRange(const char* field, std::int64_t value, std::int64_t lowest,
               std::int64_t highest);

  const std::string& path_;
  Problems* problems_;
};

}  // namespace isoflop
