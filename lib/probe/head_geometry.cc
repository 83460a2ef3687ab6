#include <ATen/core/grad_mode.h>
#include <ATen/ops/linalg_svd.h>
#include <ATen/ops/linalg_svdvals.h>
#include <ATen/ops/split_with_sizes.h>

#include <algorithm>
#include <string>
#include <vector>

#include "lib/core/transformed.h"
#include "lib/probe/probe.h"
#include "lib/probe/series.h"

namespace isoflop {
namespace {

/// The subspaces of heads, as orthonormal columns [d_model, rank] of each: head
/// size many, or fewer where directions of a head depend on one another, up to
/// rounding of fp32.
std::vector<at::Tensor> Bases(const at::Tensor& rows, std::int64_t size) {
  constexpr double kRounding = 1e-6;
  std::vector<at::Tensor> bases;
  for (const at::Tensor& head : rows.to(at::kCPU, at::kDouble).split(size)) {
    const auto [u, sizes, v] = at::linalg_svd(head.transpose(0, 1), false);
    const auto rank =
        (sizes > kRounding * sizes.max()).sum().item<std::int64_t>();
    bases.push_back(u.narrow(1, 0, rank));
  }
  return bases;
}

/// Nothing where there are no two subspaces.
Json Geometry(const std::vector<at::Tensor>& bases) {
  Series angles(
      bases.empty()
          ? 0
          : static_cast<std::size_t>(std::ranges::max(Transformed(
                bases, [](const auto& basis) { return basis.size(1); }))));
  Series overlaps(1);
  Series random(1);
  for (std::size_t i = 0; i < bases.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (bases[i].size(1) == 0 || bases[j].size(1) == 0) continue;
      // The largest cosine, and so the smallest angle, comes first.
      const at::Tensor cosines =
          at::linalg_svdvals(bases[i].transpose(0, 1).matmul(bases[j]))
              .clamp(0.0, 1.0);
      overlaps.Add(0, (cosines * cosines).mean().item<double>());
      // E tr(P P' Q Q') = r s / d of subspaces of r and s dimensions, and there
      // are min(r, s) angles.
      random.Add(
          0, static_cast<double>(std::max(bases[i].size(1), bases[j].size(1))) /
                 static_cast<double>(bases[i].size(0)));
      const at::Tensor pair = cosines.acos();
      for (std::int64_t k = 0; k < pair.size(0); ++k) {
        angles.Add(static_cast<std::size_t>(k), pair[k].item<double>());
      }
    }
  }
  if (overlaps.count(0) == 0) return nullptr;
  return {{"overlap", overlaps.mean(0)},
          {"random", random.mean(0)},
          {"angles", angles.Means(angles.Places())}};
}

/// Looks at the weights alone.
class HeadGeometry final : public Probe {
 public:
  explicit HeadGeometry(const ProbeSubject& subject)
      : shape_(subject.group.shape), parameters_(subject.model.parameters()) {}

  void Take(const ProbeBatch& /*batch*/) override {}

  Json Result() const override {
    const at::NoGradGuard no_grad;
    Json layers = Json::array();
    for (std::int64_t i = 0; i < shape_.layers; ++i) {
      layers.push_back(OfLayer(i));
    }
    return {{"layers", std::move(layers)}};
  }

 private:
  Json OfLayer(std::int64_t layer) const {
    const std::int64_t size = shape_.d_model / shape_.heads;
    const std::int64_t kv = KvHeads(shape_) * size;
    at::Tensor reads = parameters_.Find(InLayer(layer, "qkv"));
    const at::Tensor gain =
        parameters_.Find(InLayer(layer, "attention_norm") + ".gain");
    if (gain.defined()) reads = reads * gain;  // of the normalised stream
    const auto qkv = at::split_with_sizes(reads, {shape_.d_model, kv, kv});
    const at::Tensor out = parameters_.Find(InLayer(layer, "out"));
    Json json = Json::object();
    const auto add = [&](const char* name, const at::Tensor& rows) {
      Json geometry = Geometry(Bases(rows, size));
      if (!geometry.is_null()) json[name] = std::move(geometry);
    };
    add("queries", qkv[0]);
    add("keys", qkv[1]);
    add("values", qkv[2]);
    add("writes", out.transpose(0, 1));
    return json;
  }

  const ModelShape& shape_;
  const Parameters& parameters_;
};

}  // namespace

std::unique_ptr<Probe> MakeHeadGeometry(const ProbeSubject& subject) {
  return std::make_unique<HeadGeometry>(subject);
}

}  // namespace isoflop
