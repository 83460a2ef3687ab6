#include "lib/model/cpu/bf16_pass.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <string>

#include "lib/model/cpu/divider.h"
#include "lib/sweep/group_memory.h"
#include "lib/sweep/plan.h"

namespace isoflop::bf16 {
namespace {

/// Rows that are worked on at once: whole blocks of products.
constexpr std::int64_t kChunkRows = 16 * kLeftBlock;

/// What says which positions count, from position `first` on; null: all do.
const float* CountsFrom(const CpuBatch& batch, std::int64_t first) {
  return batch.counts == nullptr ? nullptr : batch.counts + first;
}

}  // namespace

Pass::Pass(const ModelShape& shape, const Parameters& parameters)
    : shape_(shape),
      parameters_(parameters),
      rotary_(RotaryTablesOf(shape, at::kFloat)),
      attention_(shape.context, shape.heads, shape.d_model / shape.heads) {
  const auto values = [&](const std::string& name) -> const float* {
    const at::Tensor tensor = parameters.Find(name);
    return tensor.defined() ? tensor.data_ptr<float>() : nullptr;
  };
  const auto gradient = [&](const std::string& name) -> float* {
    const at::Tensor tensor = parameters.Find(name);
    return tensor.defined() ? tensor.grad().data_ptr<float>() : nullptr;
  };
  const auto norm = [&](const std::string& name) {
    return Norm{
        .weights = {values(name + ".gain"), values(name + ".bias")},
        .gradients = {gradient(name + ".gain"), gradient(name + ".bias")}};
  };
  const auto linear = [&](const std::string& name) {
    const at::Tensor tensor = parameters.Find(name);
    return Linear(tensor.size(0), tensor.size(1), values(name), gradient(name));
  };
  for (std::int64_t i = 0; i < shape.layers; ++i) {
    layers_.push_back({.attention_norm = norm(InLayer(i, "attention_norm")),
                       .ffn_norm = norm(InLayer(i, "ffn_norm")),
                       .qkv = linear(InLayer(i, "qkv")),
                       .out = linear(InLayer(i, "out")),
                       .fc = linear(InLayer(i, "fc")),
                       .proj = linear(InLayer(i, "proj"))});
  }
  final_norm_ = norm("final_norm");
  // Lookups read the fp32 masters, the product its own packed copy.
  head_.emplace(linear(HasTiedHead(shape) ? "embedding" : "head"));
  embedding_ = values("embedding");
  positions_ = values("positions");
  embedding_gradient_ = gradient("embedding");
  positions_gradient_ = gradient("positions");
}

void Pass::ForEachLinear(const std::function<void(Linear&)>& work) {
  for (Layer& layer : layers_) {
    for (Linear* matrix : {&layer.qkv, &layer.out, &layer.fc, &layer.proj}) {
      work(*matrix);
    }
  }
  work(*head_);
}

void Pass::WeightsChanged() {
  ForEachLinear([this](Linear& matrix) { matrix.Pack(&packing_); });
}

void Pass::set_profile(StepProfile* profile) {
  CpuPass::set_profile(profile);
  ForEachLinear([=](Linear& matrix) { matrix.set_profile(profile); });
}

void Pass::ForEachChunk(std::int64_t rows,
                        const std::function<void(const Chunk&)>& work) {
  for (std::int64_t first = 0; first < rows; first += kChunkRows) {
    work({first, std::min(kChunkRows, rows - first)});
  }
}

void Pass::ForEachPart(std::int64_t windows, Room room,
                       const std::function<void(std::int64_t)>& work) {
  const std::int64_t most = Bf16PassTokens(shape_) / shape_.context;
  for (std::int64_t first = 0; first < windows; first += most) {
    Reserve(std::min(most, windows - first), room);
    work(first * shape_.context);
  }
}

void Pass::Reserve(std::int64_t windows, Room room) {
  if (windows == shape_of_part_.windows && room == room_) return;
  room_ = room;
  shape_of_part_ = {.windows = windows,
                    .context = shape_.context,
                    .heads = shape_.heads,
                    .head_size = shape_.d_model / shape_.heads};
  const std::int64_t bytes = Divide(nullptr, room);
  // A smaller part, such as the last of a batch, makes do with what is there.
  if (!memory_.defined() || memory_.numel() < bytes) {
    memory_.reset();  // before there is another
    memory_ = at::empty({bytes}, at::kByte);
  }
  Divide(static_cast<char*>(memory_.data_ptr()), room);
}

std::int64_t Pass::Divide(char* memory, Room room) {
  Divider divider(memory);
  const std::int64_t fc = FcOutputs(shape_);
  const auto take = [&](std::int64_t columns) {
    return divider.Take<Number>(rows() * StrideOf(columns));
  };
  const auto take_norm = [&] {
    return NormState{.x = divider.Take<float>(rows() * d()),
                     .y = take(d()),
                     .statistics = {.mean = divider.Take<float>(rows()),
                                    .inverse = divider.Take<float>(rows())}};
  };
  const bool both_ways = room == Room::kBothWays;
  states_.clear();
  for (std::int64_t i = 0; i < (both_ways ? shape_.layers : 1); ++i) {
    states_.push_back({.attention_norm = take_norm(),
                       .ffn_norm = take_norm(),
                       .qkv = take(3 * d()),
                       .weights = divider.Take<Number>(shape_of_part_.windows *
                                                       attention_.weights()),
                       .attended = take(d()),
                       .hidden = take(fc),
                       .activated = take(shape_.d_ff)});
  }
  states_.resize(static_cast<std::size_t>(shape_.layers), states_.back());
  final_state_ = take_norm();
  window_ = divider.Take<float>(shape_.context * 3 * d());
  const std::int64_t widest = std::max({3 * d(), fc, shape_.vocab_size});
  narrow_ = divider.Take<float>(kChunkRows * d());
  wide_ = divider.Take<float>(kChunkRows * widest);
  activated_ = divider.Take<float>(kChunkRows * shape_.d_ff);
  if (!both_ways) return divider.taken();
  dactivated_ = divider.Take<float>(kChunkRows * fc);
  dlogits_ = take(shape_.vocab_size);
  dwide_ = take(std::max(3 * d(), fc));
  dnarrow_ = take(d());
  dattended_ = take(d());
  dx_ = divider.Take<float>(rows() * d());
  return divider.taken();
}

double Pass::AddGradient(const CpuBatch& batch, double weight) {
  const double counted =
      CountedRows(batch.counts, batch.windows * shape_.context);
  double sum = 0.0;
  // Parts add to the same gradients: together they give what the whole batch
  // would, but for the order of sums.
  ForEachPart(batch.windows, Room::kBothWays, [&](std::int64_t first) {
    Forward(batch.tokens + first);
    ForEachChunk(rows(), [&](const Chunk& chunk) {
      float losses[kChunkRows];
      CrossEntropy(chunk, batch.target_tokens + first, CountsFrom(batch, first),
                   weight / counted, losses);
      for (std::int64_t i = 0; i < chunk.rows; ++i) {
        sum += static_cast<double>(losses[i]);
      }
      // Logits exist for one chunk at a time; of the whole part only their
      // gradient is kept, in bf16.
      ConvertRows(chunk.rows, shape_.vocab_size, wide_,
                  chunk.Of(dlogits_, shape_.vocab_size));
    });
    Backward(batch.tokens + first);
  });
  return sum / counted;
}

void Pass::Losses(const CpuBatch& batch, float* losses) {
  ForEachPart(batch.windows, Room::kForwardOnly, [&](std::int64_t first) {
    Forward(batch.tokens + first);
    ForEachChunk(rows(), [&](const Chunk& chunk) {
      CrossEntropy(chunk, batch.target_tokens + first, CountsFrom(batch, first),
                   0.0, losses + first + chunk.first);
    });
  });
}

void Pass::Normalise(const Chunk& chunk, const Norm& norm, const NormState& s) {
  cpu::Normalise(chunk.rows, d(), chunk.Of(s.x, d()), norm.weights, narrow_,
                 chunk.Of(s.statistics));
  ConvertRows(chunk.rows, d(), narrow_, chunk.Of(s.y, d()));
}

void Pass::CrossEntropy(const Chunk& chunk, const std::int64_t* targets,
                        const float* counts, double scale, float* losses) {
  Normalise(chunk, final_norm_, final_state_);
  head_->Forward(chunk.rows, chunk.Of(final_state_.y, d()), wide_);
  cpu::CrossEntropy(chunk.rows, shape_.vocab_size, targets + chunk.first,
                    counts == nullptr ? nullptr : counts + chunk.first,
                    static_cast<float>(scale), wide_, losses);
}

void Pass::Rotate(std::int64_t first_row, std::int64_t rows, float direction,
                  float* qkv) const {
  if (!rotary_.cos.defined()) return;
  cpu::RotateInPlace(shape_of_part_, first_row, rows,
                     rotary_.cos.data_ptr<float>(),
                     rotary_.sin.data_ptr<float>(), direction, qkv);
}

void Pass::Forward(const std::int64_t* tokens) {
  cpu::Embed(rows(), d(), shape_.context, tokens, embedding_, positions_,
             states_.front().attention_norm.x);
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const bool last = i + 1 == layers_.size();
    ForwardLayer(layers_[i], states_[i],
                 last ? final_state_.x : states_[i + 1].attention_norm.x);
  }
}

void Pass::ForwardLayer(const Layer& layer, const LayerState& s, float* next) {
  ForEachChunk(rows(), [&](const Chunk& chunk) {
    Normalise(chunk, layer.attention_norm, s.attention_norm);
    layer.qkv.Forward(chunk.rows, chunk.Of(s.attention_norm.y, d()), wide_);
    Rotate(chunk.first, chunk.rows, 1.0F, wide_);
    ConvertRows(chunk.rows, 3 * d(), wide_, chunk.Of(s.qkv, 3 * d()));
  });
  Attend(s);
  ForEachChunk(rows(), [&](const Chunk& chunk) {
    float* x = chunk.Of(s.ffn_norm.x, d());
    // `next` may be attention_norm.x itself (Room::kForwardOnly): these rows of
    // it are not read any more after this.
    std::copy_n(chunk.Of(s.attention_norm.x, d()), chunk.rows * d(), x);
    layer.out.Forward(chunk.rows, chunk.Of(s.attended, d()), x, Into::kAdd);
    Normalise(chunk, layer.ffn_norm, s.ffn_norm);
    FeedForward(chunk, layer, s, chunk.Of(next, d()));
  });
}

void Pass::FeedForward(const Chunk& chunk, const Layer& layer,
                       const LayerState& s, float* next) {
  const std::int64_t fc = FcOutputs(shape_);
  Number* activated = chunk.Of(s.activated, shape_.d_ff);
  layer.fc.Forward(chunk.rows, chunk.Of(s.ffn_norm.y, d()), wide_);
  ConvertRows(chunk.rows, fc, wide_, chunk.Of(s.hidden, fc));
  cpu::Activate(shape_.ffn, chunk.rows, shape_.d_ff, wide_, activated_);
  ConvertRows(chunk.rows, shape_.d_ff, activated_, activated);
  std::copy_n(chunk.Of(s.ffn_norm.x, d()), chunk.rows * d(), next);
  layer.proj.Forward(chunk.rows, activated, next, Into::kAdd);
}

void Pass::Attend(const LayerState& s) {
  const ProfiledSections timed(profile_, StepSection::kAttention);
  const std::int64_t context = shape_.context;
  for (std::int64_t window = 0; window < shape_of_part_.windows; ++window) {
    const std::int64_t first = window * context;
    attention_.Forward(s.qkv + first * StrideOf(3 * d()),
                       s.weights + window * attention_.weights(), window_);
    ConvertRows(context, d(), window_, s.attended + first * StrideOf(d()));
  }
}

void Pass::Backward(const std::int64_t* tokens) {
  std::fill_n(dx_, rows() * d(), 0.0F);
  ForEachChunk(rows(), [&](const Chunk& chunk) {
    head_->Backward(chunk.rows, chunk.Of(dlogits_, shape_.vocab_size), narrow_);
    BackwardNorm(chunk, final_norm_, final_state_, narrow_);
  });
  // Here and below a gradient of weights is one product over all rows of the
  // part: its sums are then long, and packing pays.
  head_->AddGradient(rows(), dlogits_, final_state_.y, &packing_);
  for (std::size_t i = layers_.size(); i-- > 0;) {
    BackwardFeedForward(layers_[i], states_[i]);
    BackwardAttention(layers_[i], states_[i]);
  }
  cpu::EmbedBackward(rows(), d(), shape_.context, tokens, dx_,
                     embedding_gradient_, positions_gradient_);
}

void Pass::BackwardFeedForward(const Layer& layer, const LayerState& s) {
  const std::int64_t fc = FcOutputs(shape_);
  ForEachChunk(rows(), [&](const Chunk& chunk) {
    Number* dout = chunk.Of(dnarrow_, d());
    ConvertRows(chunk.rows, d(), chunk.Of(dx_, d()), dout);
    layer.proj.Backward(chunk.rows, dout, activated_);
    // The slopes are those at the rounded values that were kept.
    ConvertRows(chunk.rows, fc, chunk.Of(s.hidden, fc), wide_);
    cpu::ActivateBackward(shape_.ffn, chunk.rows, shape_.d_ff, wide_,
                          activated_, dactivated_);
    Number* dhidden = chunk.Of(dwide_, fc);
    ConvertRows(chunk.rows, fc, dactivated_, dhidden);
    layer.fc.Backward(chunk.rows, dhidden, narrow_);
    BackwardNorm(chunk, layer.ffn_norm, s.ffn_norm, narrow_);
  });
  layer.proj.AddGradient(rows(), dnarrow_, s.activated, &packing_);
  layer.fc.AddGradient(rows(), dwide_, s.ffn_norm.y, &packing_);
}

void Pass::BackwardAttention(const Layer& layer, const LayerState& s) {
  ForEachChunk(rows(), [&](const Chunk& chunk) {
    Number* dout = chunk.Of(dnarrow_, d());
    ConvertRows(chunk.rows, d(), chunk.Of(dx_, d()), dout);
    layer.out.Backward(chunk.rows, dout, narrow_);
    ConvertRows(chunk.rows, d(), narrow_, chunk.Of(dattended_, d()));
  });
  layer.out.AddGradient(rows(), dnarrow_, s.attended, &packing_);
  BackwardAttend(s);
  ForEachChunk(rows(), [&](const Chunk& chunk) {
    layer.qkv.Backward(chunk.rows, chunk.Of(dwide_, 3 * d()), narrow_);
    BackwardNorm(chunk, layer.attention_norm, s.attention_norm, narrow_);
  });
  layer.qkv.AddGradient(rows(), dwide_, s.attention_norm.y, &packing_);
}

void Pass::BackwardAttend(const LayerState& s) {
  const ProfiledSections timed(profile_, StepSection::kAttention);
  const std::int64_t context = shape_.context;
  for (std::int64_t window = 0; window < shape_of_part_.windows; ++window) {
    const std::int64_t first = window * context;
    attention_.Backward(s.qkv + first * StrideOf(3 * d()),
                        s.weights + window * attention_.weights(),
                        dattended_ + first * StrideOf(d()), window_);
    // A rotation is orthogonal: its transpose turns back.
    Rotate(0, context, -1.0F, window_);
    ConvertRows(context, 3 * d(), window_, dwide_ + first * StrideOf(3 * d()));
  }
}

void Pass::BackwardNorm(const Chunk& chunk, const Norm& norm,
                        const NormState& s, const float* dy) {
  cpu::NormaliseBackward(chunk.rows, d(), chunk.Of(s.x, d()), dy, norm.weights,
                         chunk.Of(s.statistics), chunk.Of(dx_, d()),
                         norm.gradients);
}

}  // namespace isoflop::bf16
