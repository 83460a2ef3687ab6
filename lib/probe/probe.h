// A probe: what is measured on a trained model beside its loss. Probes see the
// evaluation set batch by batch. A new one is a file that defines it and a line
// in probe.cc, beside its word in lib/sweep/probe_kind.h.

#pragma once

#include <cstdint>
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

/// The subspaces of heads, [head size] dimensions of the stream each, or fewer
/// where directions of a head depend on one another: of queries, keys and
/// values what they read of the normalised stream, of "writes" what they add.
/// Of two with orthonormal bases P, Q the singular values of P' Q are the
/// cosines of their principal angles. Averaged over the pairs of a layer:
/// {layers: [{queries, keys, values, writes:
///   {overlap: mean squared cosine, random: the same of random subspaces,
///    angles: [in radians, the smallest first]}}]}
/// A layer of one head has no pairs, and none of these.
/// Source: Bjorck & Golub 1973.
std::unique_ptr<Probe> MakeHeadGeometry(const ProbeSubject& subject);

/// Feed-forward layers as memories: a row of fc is a key, the column of proj
/// its value. Of every layer
/// {keys: that are ever activated, never_active: the others,
///  agreement: {mean, std_error} over the keys of whether the token that the
///  value makes most probable is the next one, where the key is activated most;
///  chance: the same wherever a token stands by its frequency; strongest:
///  [{key, activation, prefix: [tokens], next, top: of the value}]}
/// Source: Geva et al. 2021 (arXiv:2012.14913).
std::unique_ptr<Probe> MakeFfnMemory(const ProbeSubject& subject);

/// What of the strings that a task is made of was memorised, in bits: how much
/// shorter they are by the model than by a uniform guess,
///
///   K m (ln choices - loss) / ln 2
///
/// of K equally frequent strings of m tokens. {bits, std_error,
/// bits_per_parameter: of all N, available: in the strings}
/// Source: Morris et al. 2025 (arXiv:2505.24832).
std::unique_ptr<Probe> MakeCapacity(const ProbeSubject& subject);

/// How many directions of parameter space the gradients of examples fill:
/// (tr S)^2 / tr S^2 of S = E g g', by pairs of different examples, so that the
/// number of examples is no bound. {examples, participation,
/// per_parameter: of all N, spectrum: the largest eigenvalues of S over their
/// sum, as the examples have them}
std::unique_ptr<Probe> MakeEffectiveDimension(const ProbeSubject& subject);

/// How well a direction of the stream carries a factor of an example (see
/// TaskConfig::Factors), after every layer, at the last position that counts.
/// Factors of more than 256 values are left out.
/// A linear probe is fitted on one half of the examples and judged on the
/// other: {examples, factors: {name: {values, layers: [{
///   linear: accuracy of least squares on the whole stream,
///   direction: accuracy of telling one value from the others by the direction
///     between their means alone, averaged over values (a guess has .5),
///   overlap: mean squared cosine of the directions of two values}]}}}
/// Source: Alain & Bengio 2016 (arXiv:1610.01644).
std::unique_ptr<Probe> MakeDisentanglement(const ProbeSubject& subject);

/// What a token costs in windows of other lengths, one window at a time, on the
/// device that trained: the shortest of several, in seconds.
/// {lengths, forward, training: with the gradient}
/// Times are no function of the sweep: they differ from run to run.
std::unique_ptr<Probe> MakeSecondsPerToken(const ProbeSubject& subject);

std::unique_ptr<Probe> MakeProbe(ProbeKind kind, const ProbeSubject& subject);

}  // namespace isoflop
