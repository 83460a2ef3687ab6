// A probe: what is measured on a trained model beside its loss. Probes see the
// evaluation set batch by batch. A new one is a file that defines it and a line
// in probe.cc, beside its word in lib/sweep/probe_kind.h.

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "lib/core/json.h"
#include "lib/data/task.h"
#include "lib/model/batch.h"
#include "lib/model/model.h"
#include "lib/sweep/plan.h"

namespace isoflop {

/// What is measured. REQUIRES: all of it outlives the probe.
struct ProbeSubject {
  const RunGroup& group;
  const Task& task;
  const Model& model;
};

/// A batch of the evaluation set, and what the model makes of it.
struct ProbeBatch {
  std::int64_t first = 0;  // example of the evaluation set, counted from 0
  Batch batch = {};
  at::Tensor outputs = {};  // [B, T, V] or [B, T, d_out], fp32, on the CPU
  at::Tensor losses = {};   // [B, T], double, on the CPU; 0 where none counts
  at::Tensor counts = {};   // [B, T], double, on the CPU: 1 where it counts
};

/// Adds up what it sees.
class Probe {
 public:
  virtual ~Probe() = default;

  /// Takes a batch. Called once for each, in order.
  virtual void Take(const ProbeBatch& batch) = 0;

  /// Returns what was measured on all of them. Curves over positions have as
  /// many numbers as "positions" names, counted from 0: those at which the loss
  /// of some example counts. Means are over examples; "std_error" is theirs.
  virtual Json Result() const = 0;
};

/// The mean loss at every position: {positions, loss, std_error}.
std::unique_ptr<Probe> MakeLossByPosition(const ProbeSubject& subject);

/// The same of the model and of the task's baselines, and how far the model is
/// from each: squared distance of the predicted vectors, or of tokens
/// sum q ln(q / p), q the baseline's probabilities and p the model's.
/// {positions, loss, std_error, baselines: {name: {loss, distance,
/// distance_std_error}}, nearest: [name at every position]}
std::unique_ptr<Probe> MakeInContextCurve(const ProbeSubject& subject);

/// How good predictions of tokens are, each with the next token given:
/// {examples, positions: how many were predicted, resolution: 1 / examples,
/// exact_match: {mean, std_error} that every prediction of an example is right,
/// token_accuracy, probability: of the right token, brier: sum (p - 1_right)^2,
/// edit_distance: insertions, deletions and replacements that make the most
/// probable tokens of an example the right ones, per token; and, where the
/// evaluation set has parts, the same of each: parts: {name: {...}}}
/// Sources: Brier 1950; Levenshtein 1966.
std::unique_ptr<Probe> MakeMetrics(const ProbeSubject& subject);

/// How the last loss that counts depends on the input k positions before: the
/// norm of its gradient by the embedded input there, averaged over examples.
/// {distance: [k], gradient_norm: [...], std_error: [...]}
std::unique_ptr<Probe> MakeGradientReach(const ProbeSubject& subject);

/// What heads look at, averaged over the positions that count, of the first
/// examples, until 2^28 weights were seen:
/// {layers: [{heads: [{entropy: -sum a ln a in nats,
///   previous: weight of the position before,
///   same: of earlier positions with the same token,
///   induction: of the positions after those}]}]}
/// `same` and `induction` are means over the positions that have such earlier
/// ones, and absent where inputs are no tokens. In `recall` induction is the
/// weight of the value that is asked for. Source: Olsson et al. 2022
/// (arXiv:2209.11895).
std::unique_ptr<Probe> MakeAttention(const ProbeSubject& subject);

std::unique_ptr<Probe> MakeProbe(ProbeKind kind, const ProbeSubject& subject);

}  // namespace isoflop
