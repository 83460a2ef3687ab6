#include "lib/model/network.h"

namespace isoflop {

at::Tensor InputLayer::operator()(const at::Tensor& inputs) const {
  const at::Tensor x = input_.defined()
                           ? at::linear(inputs.to(input_.scalar_type()), input_)
                           : at::embedding(embedding_, inputs);
  if (!positions_.defined()) return x;
  return x + positions_.narrow(0, 0, inputs.size(1));
}

std::unique_ptr<Network> MakeNetwork(const ModelShape& shape,
                                     const NetworkWeights& weights) {
  switch (shape.architecture) {
    case Architecture::kTransformer:
      return MakeTransformer(shape, weights);
    case Architecture::kLstm:
      return MakeLstm(shape, weights);
    case Architecture::kGru:
      return MakeGru(shape, weights);
    case Architecture::kMlp:
      return MakeMlp(shape, weights);
    case Architecture::kLinear:
      return MakeLinear(shape, weights);
  }
  return nullptr;
}

}  // namespace isoflop
