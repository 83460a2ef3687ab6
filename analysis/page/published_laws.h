// Published answers to how a budget is best spent, to be drawn beside what was
// measured. They are of English text and of models from 1e6 to 1e10 parameters;
// elsewhere they are continued as straight lines.

#pragma once

#include <string>
#include <vector>

#include "analysis/laws/chinchilla.h"

namespace isoflop {

/// The law of Approach 3 as Hoffmann et al. 2022 print it (arXiv:2203.15556,
/// section D.3): N counts all parameters.
inline constexpr Chinchilla kHoffmann2022{
    .E = 1.69, .A = 406.4, .B = 410.7, .alpha = 0.34, .beta = 0.28};

/// The same data fitted again, as Besiroglu et al. 2024 print it
/// (arXiv:2404.10102, table 1).
inline constexpr Chinchilla kBesiroglu2024{
    .E = 1.8172, .A = 482.01, .B = 2085.43, .alpha = 0.3478, .beta = 0.3658};

/// N* and D* as powers of C, in FLOPs.
struct PublishedOptima {
  std::string name;
  double params_coefficient = 0.0;
  double params_exponent = 0.0;
  double tokens_coefficient = 0.0;
  double tokens_exponent = 0.0;
};

/// Returns both laws above and Kaplan et al. 2020 (arXiv:2001.08361, table 6):
/// N* = 1.3e9 C^0.73 without embeddings and D* = 2e10 C^0.27, C in
/// PF-days of 8.64e19 FLOPs.
std::vector<PublishedOptima> PublishedOptimaList();

}  // namespace isoflop
