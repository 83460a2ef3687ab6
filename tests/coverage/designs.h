// Experiments whose law is known, to see how often intervals cover it.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/laws/chinchilla.h"
#include "analysis/observe/observation.h"

namespace isoflop {

/// What disturbs ln L.
enum class Noise {
  kTrunks,    // normal: 0.003 shared by the runs of a trunk, 0.002 of each run
  kNormal,    // normal, 0.004, of each run
  kStudentT,  // Student's t of scale 0.0039 with 2.58 degrees of freedom
};

struct Design {
  std::string name;
  Chinchilla law;
  std::vector<Observation> runs;  // exactly on the law
  Noise noise = Noise::kNormal;
};

/// Ten trunks of a small synthetic language with up to six budgets each: 32
/// runs, as in the sweep of the README.
Design TrunkDesign();

/// So many independent runs of 5.7e7 to 1.6e10 parameters with about 20 tokens
/// each and up to 2e22 FLOPs, on a law like Chinchilla's.
Design RunDesign(std::string name, int count, Noise noise);

/// The three designs of docs/coverage.md.
std::vector<Design> AllDesigns();

/// Returns the runs of a design with noise that is a function of `set` alone.
std::vector<Observation> NoisyRuns(const Design& design, std::uint64_t set);

/// IsoFLOP profiles whose minima lie on N* = 0.12 C^0.5, half a decade of C
/// apart from 1e18 FLOPs on, but for a scatter of their own.
struct IsoflopDesign {
  std::string name;
  int budgets = 0;
  int runs = 0;                    // of each budget
  double half_width = 0.0;         // sizes from N* over this to N* times this
  std::vector<double> noise = {};  // of ln L; budgets take them in turn
  double scatter = 0.0;            // standard deviation of ln N*
};

inline constexpr double kIsoflopExponent = 0.5;

/// The IsoFLOP designs of docs/coverage.md, each with every scatter.
std::vector<IsoflopDesign> AllIsoflopDesigns();

/// Returns the runs of a design with noise and scatter that are functions of
/// `set` alone.
std::vector<Observation> NoisyProfiles(const IsoflopDesign& design,
                                       std::uint64_t set);

/// Returns how wide the 95 % interval of the exponent is that knows the
/// variance of every minimum: of weighted least squares, 3.92 / sqrt(sum w
/// x^2).
double IdealWidth(const IsoflopDesign& design);

}  // namespace isoflop
