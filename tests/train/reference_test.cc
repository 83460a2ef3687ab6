// The trainer against a second implementation that shares no code with it: the
// model written with torch::nn functions and complex rotations, the optimizer
// of LibTorch, one tensor per parameter.

#include <gtest/gtest.h>
#include <torch/nn/functional/embedding.h>
#include <torch/nn/utils/clip_grad.h>
#include <torch/optim/adamw.h>

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "lib/model/parameters.h"
#include "lib/train/trainer.h"
#include "tests/train/tiny_sweep.h"

namespace isoflop {
namespace {

namespace F = torch::nn::functional;

class ReferenceModel {
 public:
  explicit ReferenceModel(const RunGroup& group) : shape_(group.shape) {
    Parameters initial(ParameterSpecs(shape_), at::kFloat);
    initial.Initialize(group.seed);
    for (const ParameterSpec& spec : initial.specs()) {
      weights_[spec.name] =
          initial.Find(spec.name).detach().clone().set_requires_grad(true);
    }
  }

  torch::Tensor Loss(const torch::Tensor& tokens,
                     const torch::Tensor& targets) const {
    auto x = F::embedding(tokens, W("embedding"));
    if (shape_.position == Position::kLearned) {
      x = x + W("positions").index({torch::indexing::Slice(0, tokens.size(1))});
    }
    for (int i = 0; i < shape_.layers; ++i) {
      const std::string layer = "layer" + std::to_string(i) + ".";
      x = x + Attention(layer, Norm(layer + "attention_norm", x));
      x = x + FeedForward(layer, Norm(layer + "ffn_norm", x));
    }
    const auto head = W(shape_.tied_embeddings ? "embedding" : "head");
    const auto log_p =
        torch::log_softmax(torch::matmul(Norm("final_norm", x), head.t()), -1);
    return -log_p.gather(-1, targets.unsqueeze(-1)).mean();
  }

  std::vector<torch::Tensor> Weights(bool hidden) const {
    std::vector<torch::Tensor> chosen;
    for (const ParameterSpec& spec : ParameterSpecs(shape_)) {
      if (spec.hidden_matrix == hidden) chosen.push_back(W(spec.name));
    }
    return chosen;
  }

 private:
  const torch::Tensor& W(const std::string& name) const {
    return weights_.at(name);
  }

  torch::Tensor Norm(const std::string& name, const torch::Tensor& x) const {
    if (shape_.norm == NormKind::kLayer) {
      const auto centred = x - x.mean(-1, true);
      const auto variance = centred.pow(2).mean(-1, true);
      return centred / (variance + 1e-6).sqrt() * W(name + ".gain") +
             W(name + ".bias");
    }
    return x / (x.pow(2).mean(-1, true) + 1e-6).sqrt() * W(name + ".gain");
  }

  /// x [B, T, head size]; pairs (i, i + half) as complex numbers.
  torch::Tensor Turn(const torch::Tensor& x) const {
    if (shape_.position != Position::kRotary) return x;
    const auto half = x.size(-1) / 2;
    const auto z = torch::complex(x.narrow(-1, 0, half).contiguous(),
                                  x.narrow(-1, half, half).contiguous());
    const auto index = torch::arange(half, torch::kFloat);
    const auto frequency = torch::pow(
        torch::full({1}, shape_.rotary_base, torch::kFloat), -index / half);
    const auto angle =
        torch::arange(x.size(1), torch::kFloat).unsqueeze(1) * frequency;
    const auto turned = z * torch::polar(torch::ones_like(angle), angle);
    return torch::cat({torch::real(turned), torch::imag(turned)}, -1);
  }

  torch::Tensor Attention(const std::string& layer,
                          const torch::Tensor& x) const {
    const auto d = shape_.d_model;
    const auto size = d / shape_.heads;
    const auto later =
        torch::ones({x.size(1), x.size(1)}, torch::kBool).triu(1);
    std::vector<torch::Tensor> heads;
    for (int h = 0; h < shape_.heads; ++h) {
      const auto project = [&](std::int64_t which) {
        const auto rows =
            W(layer + "qkv").narrow(0, which * d + h * size, size);
        return torch::matmul(x, rows.t());
      };
      const auto scores =
          torch::matmul(Turn(project(0)), Turn(project(1)).transpose(1, 2)) /
          std::sqrt(static_cast<double>(size));
      const auto weights = torch::softmax(scores.masked_fill(later, -1e30), -1);
      heads.push_back(torch::matmul(weights, project(2)));
    }
    return torch::matmul(torch::cat(heads, -1), W(layer + "out").t());
  }

  torch::Tensor FeedForward(const std::string& layer,
                            const torch::Tensor& x) const {
    const auto hidden = torch::matmul(x, W(layer + "fc").t());
    return torch::matmul(Nonlinear(hidden), W(layer + "proj").t());
  }

  torch::Tensor Nonlinear(const torch::Tensor& x) const {
    switch (shape_.ffn) {
      case FfnKind::kReluSquared:
        return torch::clamp_min(x, 0).pow(2);
      case FfnKind::kRelu:
        return torch::clamp_min(x, 0);
      case FfnKind::kGelu:
        return x * 0.5 * (1.0 + torch::erf(x / std::sqrt(2.0)));
      case FfnKind::kLinear:
      case FfnKind::kNone:
        break;  // not among the models compared
      case FfnKind::kSwiglu: {
        const auto gate = x.narrow(-1, 0, shape_.d_ff);
        return gate * torch::sigmoid(gate) *
               x.narrow(-1, shape_.d_ff, shape_.d_ff);
      }
    }
    return {};
  }

  ModelShape shape_;
  std::map<std::string, torch::Tensor> weights_;
};

torch::optim::OptimizerParamGroup GroupOf(std::vector<torch::Tensor> weights,
                                          const TrainingConfig& config,
                                          double decay) {
  auto options = std::make_unique<torch::optim::AdamWOptions>();
  options->betas({config.beta1, config.beta2})
      .eps(config.epsilon)
      .weight_decay(decay);
  return {std::move(weights), std::move(options)};
}

std::vector<double> ReferenceLosses(const RunGroup& group, const Task& task,
                                    int steps) {
  const TrainingConfig& config = group.training;
  const ReferenceModel model(group);
  std::vector<torch::optim::OptimizerParamGroup> groups{
      GroupOf(model.Weights(true), config, config.weight_decay),
      GroupOf(model.Weights(false), config, 0.0)};
  torch::optim::AdamW optimizer(groups);
  std::vector<torch::Tensor> all = model.Weights(true);
  for (const auto& weight : model.Weights(false)) all.push_back(weight);
  const double width_scale = static_cast<double>(config.reference_d_model) /
                             static_cast<double>(group.shape.d_model);
  BatchReader batches(task, group.shape, at::kCPU);
  const std::int64_t windows = config.batch_tokens / group.shape.context;
  std::vector<double> losses;
  for (int step = 0; step < steps; ++step) {
    const double lr =
        config.peak_lr *
        std::min(1.0, (step + 1.0) / static_cast<double>(config.warmup_steps));
    const double lrs[] = {lr * width_scale, lr};
    for (std::size_t i = 0; i < 2; ++i) {
      static_cast<torch::optim::AdamWOptions&>(
          optimizer.param_groups()[i].options())
          .lr(lrs[i]);
    }
    const Batch batch = batches.Train(group.seed, step * windows, windows);
    optimizer.zero_grad();
    const auto loss = model.Loss(batch.inputs, batch.targets);
    loss.backward();
    torch::nn::utils::clip_grad_norm_(all, config.clip_norm);
    optimizer.step();
    losses.push_back(loss.item<double>());
  }
  return losses;
}

double LossOf(Trainer& trainer, std::int64_t step, const LrSchedule& schedule) {
  trainer.Update(step, schedule);
  return trainer.TakeResults().front().loss;
}

void ExpectLossesOfReference(const std::function<void(RunGroup*)>& change) {
  constexpr int kSteps = 20;
  TinySweep sweep;
  change(&sweep.group());
  const RunGroup& group = sweep.group();
  const std::vector<double> expected =
      ReferenceLosses(group, sweep.task(), kSteps);
  Trainer trainer(group, sweep.task(), at::kCPU);
  trainer.Initialize();
  const LrSchedule schedule = MakeSchedule(group.training, 200);
  for (int step = 0; step < kSteps; ++step) {
    EXPECT_NEAR(LossOf(trainer, step, schedule),
                expected[static_cast<std::size_t>(step)], 2e-5)
        << "step " << step;
  }
  EXPECT_LT(expected.back(), expected.front() - 0.1) << "it has learned";
}

TEST(Reference, TrainsTheDefaultModelAlike) {
  ExpectLossesOfReference([](RunGroup*) {});
}

TEST(Reference, TrainsEveryOtherOptionAlike) {
  for (const FfnKind ffn : {FfnKind::kRelu, FfnKind::kGelu, FfnKind::kSwiglu}) {
    for (const Position position : {Position::kLearned, Position::kNone}) {
      ExpectLossesOfReference([&](RunGroup* group) {
        group->shape.layers = 2;
        group->shape.ffn = ffn;
        group->shape.position = position;
        group->shape.norm = NormKind::kLayer;
        group->shape.tied_embeddings = false;
      });
    }
  }
}

TEST(Reference, ClipsAlike) {
  ExpectLossesOfReference(
      [](RunGroup* group) { group->training.clip_norm = 0.05; });
}

TEST(Reference, DecaysAlike) {
  ExpectLossesOfReference([](RunGroup* group) {
    group->training.weight_decay = 1.0;
    group->training.lr_scaling = LrScaling::kWidth;
    group->training.reference_d_model = 16;
  });
}

}  // namespace
}  // namespace isoflop
