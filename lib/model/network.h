// An architecture as compositions of tensor operations, for any device and
// floating dtype. A new one is a file that defines a Network, and a line in
// network.cc; what it costs is in lib/sweep/architecture.h.

#pragma once

#include <memory>
#include <vector>

#include "lib/model/parameters.h"
#include "lib/model/tensor.h"
#include "lib/sweep/model_shape.h"

namespace isoflop {

/// The parameters that a network computes with.
struct NetworkWeights {
  const Parameters& masters;   // of lookups, norms and whatever is added
  const Parameters& products;  // of matrix products: the masters, or a copy of
                               // another dtype
};

/// What happens within a layer, position by position.
enum class LayerPart {
  kAttention,   // how it weights positions s for position t: [B, heads, T, T],
                // rows over s; of softmax attention
  kActivation,  // what the last matrix of a feed-forward layer is multiplied
                // with: [B, T, d_ff]
  kStream,      // what stands after it: [B, T, d_model]
};

/// What stands between the inputs and the head.
class Network {
 public:
  virtual ~Network() = default;

  /// Returns what the first layer takes: [B, T, d_model], or the inputs
  /// themselves of an architecture that has no input layer. `inputs` are those
  /// of a Batch; T may be shorter than the context.
  virtual at::Tensor Embed(const at::Tensor& inputs) const = 0;

  /// Returns what the head is multiplied with: [B, T, d_model], in the dtype of
  /// products, from what Embed gives.
  virtual at::Tensor HiddenOf(const at::Tensor& embedded) const = 0;

  at::Tensor Hidden(const at::Tensor& inputs) const {
    return HiddenOf(Embed(inputs));
  }

  /// Returns a part of every layer; nothing where the layers have no such part.
  virtual std::vector<at::Tensor> PartOf(const at::Tensor& /*embedded*/,
                                         LayerPart /*part*/) const {
    return {};
  }
};

/// Turns inputs into what the first layer takes: [B, T, d_model], by lookup or
/// by product, with learned positions where there are some.
class InputLayer {
 public:
  explicit InputLayer(const Parameters& masters)
      : embedding_(masters.Find("embedding")),
        input_(masters.Find("input")),
        positions_(masters.Find("positions")) {}

  at::Tensor operator()(const at::Tensor& inputs) const;

 private:
  at::Tensor embedding_, input_, positions_;
};

std::unique_ptr<Network> MakeTransformer(const ModelShape& shape,
                                         const NetworkWeights& weights);
std::unique_ptr<Network> MakeLstm(const ModelShape& shape,
                                  const NetworkWeights& weights);
std::unique_ptr<Network> MakeGru(const ModelShape& shape,
                                 const NetworkWeights& weights);
std::unique_ptr<Network> MakeMlp(const ModelShape& shape,
                                 const NetworkWeights& weights);
std::unique_ptr<Network> MakeLinear(const ModelShape& shape,
                                    const NetworkWeights& weights);

/// Returns the network of shape.architecture. REQUIRES: `weights` outlives it.
std::unique_ptr<Network> MakeNetwork(const ModelShape& shape,
                                     const NetworkWeights& weights);

}  // namespace isoflop
