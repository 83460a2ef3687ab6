#include "lib/model/network.h"

namespace isoflop {

std::unique_ptr<Network> MakeNetwork(const ModelShape& shape,
                                     const NetworkWeights& weights) {
  switch (shape.architecture) {
    case Architecture::kTransformer:
      return MakeTransformer(shape, weights);
    case Architecture::kLinear:
      return MakeLinear(shape, weights);
  }
  return nullptr;
}

}  // namespace isoflop
