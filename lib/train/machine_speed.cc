#include "lib/train/machine_speed.h"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>
#include <torch/cuda.h>
#include <torch/version.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <functional>
#include <limits>

#include "lib/core/clock.h"
#include "lib/core/process_memory.h"
#include "lib/model/model.h"
#include "lib/model/tensor.h"
#include "lib/model/torch_compat.h"
#include "lib/train/device.h"
#include "lib/train/gpu.h"

namespace isoflop {
namespace {

/// A core of this century does more than this by a factor of ten.
constexpr double kSlowFlopsPerSecond = 1e10;

constexpr double kMeasuredSeconds = 0.1;

/// Returns the shortest seconds per call of `work` over so many `seconds`: the
/// shortest is the one that nothing else disturbed.
double SecondsOf(double seconds, const std::function<void()>& work) {
  work();
  double shortest = std::numeric_limits<double>::infinity();
  const double start = MonotonicSeconds();
  for (double now = start; now - start < seconds;) {
    work();
    const double end = MonotonicSeconds();
    shortest = std::min(shortest, end - now);
    now = end;
  }
  return shortest;
}

/// A small model, of the kind that a sweep has most of.
ModelShape ProbedShape(at::Device device) {
  const bool cpu = device.is_cpu();
  ModelShape shape;
  shape.d_model = cpu ? 64 : 512;
  shape.d_ff = 4 * shape.d_model;
  shape.layers = cpu ? 2 : 4;
  shape.heads = shape.d_model / 32;
  shape.context = cpu ? 64 : 256;
  shape.vocab_size = 256;
  return shape;
}

/// Seconds of a gradient of a small model, and of taking over new weights.
double StepSeconds(Precision precision, at::Device device) {
  const ModelShape shape = ProbedShape(device);
  Model model(shape, {.device = device, .precision = precision});
  model.parameters().Initialize(0);
  const at::Tensor tokens =
      at::arange(8 * shape.context, at::TensorOptions(at::kLong).device(device))
          .remainder(shape.vocab_size)
          .view({8, shape.context});
  return SecondsOf(kMeasuredSeconds, [&] {
    const at::AutoGradMode with_gradient(true);
    model.WeightsChanged();
    model.AddGradient({.inputs = tokens, .targets = tokens, .counts = {}}, 1.0);
    if (device.is_cuda()) torch::cuda::synchronize(device.index());
  });
}

double Bf16Speedup(at::Device device) {
  return StepSeconds(Precision::kFp32, device) /
         StepSeconds(Precision::kBf16, device);
}

/// Whether a gradient in bf16 is that of fp32, to the few per cent that its
/// eight bits take away. Of thousands of tokens: what adds up in bf16 stops at
/// 256 times a term. All there is of a model takes part, both ways through
/// every product.
bool Bf16IsRight(at::Device device) {
  constexpr double kTolerance = 0.05;
  constexpr std::int64_t kWindows = 128;
  const ModelShape shape = ProbedShape(at::kCPU);
  const at::Tensor tokens =
      at::sin(at::arange(kWindows * (shape.context + 1), at::kFloat))
          .abs()
          .mul(shape.vocab_size)
          .to(at::kLong)
          .view({kWindows, shape.context + 1})
          .to(device);
  const Batch batch{.inputs = tokens.narrow(1, 0, shape.context).contiguous(),
                    .targets = tokens.narrow(1, 1, shape.context).contiguous(),
                    .counts = {}};
  const auto gradient = [&](Precision precision) {
    const at::AutoGradMode with_gradient(true);
    Model model(shape, {.device = device, .precision = precision});
    model.parameters().Initialize(0);
    model.WeightsChanged();
    model.AddGradient(batch, 1.0);
    return model.parameters();  // shares the buffers, which stay
  };
  const Parameters exact = gradient(Precision::kFp32);
  const Parameters half = gradient(Precision::kBf16);
  for (std::size_t i = 0; i < exact.tensors().size(); ++i) {
    const at::Tensor& expected = exact.tensors()[i].grad();
    const at::Tensor error = half.tensors()[i].grad() - expected;
    // Not "greater": an error that is no number is wrong.
    if (!(error.norm().item<double>() <=
          kTolerance * expected.norm().item<double>())) {
      return false;
    }
  }
  return true;
}

/// The same matrix, stored column by column.
at::Tensor ByColumn(const at::Tensor& matrix) {
  return matrix.t().contiguous().t();
}

/// Whether the BLAS multiplies rightly: some releases of OpenBLAS do not, with
/// kernels for a processor that they do not know. In the forms, and from the
/// size on, that training leaves to it; odd sizes reach the edges.
bool ProductsAreRight() {
  constexpr std::int64_t kRows = 211;
  constexpr std::int64_t kInner = 229;
  constexpr std::int64_t kColumns = 241;
  const at::Tensor a =
      at::sin(at::arange(kRows * kInner, at::kFloat)).view({kRows, kInner});
  const at::Tensor b = at::cos(at::arange(kInner * kColumns, at::kFloat))
                           .view({kInner, kColumns});
  const at::Tensor some = at::arange(0, kRows, 7, at::kLong);  // rows
  const at::Tensor exact =
      (a.index_select(0, some).to(at::kDouble).unsqueeze(2) *
       b.to(at::kDouble).unsqueeze(0))
          .sum(1);
  const auto right = [&](const at::Tensor& left, const at::Tensor& factor) {
    at::Tensor c = at::ones({kRows, kColumns});
    at::addmm_out(c, c, left, factor);
    return at::allclose(c.index_select(0, some).to(at::kDouble), exact + 1.0,
                        1e-4, 1e-4);
  };
  return right(a, b) && right(a, ByColumn(b)) && right(ByColumn(a), b);
}

/// Seconds that an operation takes which has nothing to do.
double OperationSeconds() {
  constexpr int kOperations = 100;
  at::Tensor x = at::zeros({1});
  return SecondsOf(kMeasuredSeconds,
                   [&] {
                     for (int i = 0; i < kOperations; ++i) x.add_(x);
                   }) /
         kOperations;
}

/// One that does not multiply is left without rates, and said to be so.
void MeasureGpu(at::Device device, ProbeReport::Device* report,
                std::vector<std::string>* warnings) {
  if (const auto gpu = DescribeGpu(device.index())) {
    report->model = gpu->model;
    report->memory_bytes = static_cast<double>(gpu->memory_bytes);
  }
  try {
    report->fp32_flops_per_second =
        ProductRate(at::kFloat, device, kMeasuredSeconds);
    report->bf16_flops_per_second =
        ProductRate(at::kBFloat16, device, kMeasuredSeconds);
    report->bf16_speedup = Bf16Speedup(device);
    report->bf16_right = Bf16IsRight(device);
    report->fp32_flops_per_second =
        ProductRate(at::kFloat, device, kMeasuredSeconds);
    report->bf16_flops_per_second =
        ProductRate(at::kBFloat16, device, kMeasuredSeconds);
  } catch (const std::exception& error) {
    warnings->push_back(
        fmt::format("{}: {}", report->name, compat::Message(error)));
  }
}

void WarnOfBf16(const std::string& device, bool right,
                std::vector<std::string>* warnings) {
  if (right) return;
  warnings->push_back(fmt::format(
      "{}: gradients in bf16 are not those of fp32, which is trained in "
      "instead",
      device));
}

void MeasureGpus(ProbeReport* report) {
  for (int i = 0; i < compat::GpuCount(); ++i) {
    const auto index = static_cast<c10::DeviceIndex>(i);
    ProbeReport::Device& device = report->cuda.emplace_back();
    device.name = fmt::format("cuda:{}", i);
    MeasureGpu(at::Device(at::kCUDA, index), &device, &report->warnings);
  }
}

}  // namespace

double ProductRate(at::ScalarType dtype, at::Device device, double seconds) {
  const at::NoGradGuard no_grad;
  const std::int64_t size = device.is_cpu() ? 512 : 4096;
  const at::TensorOptions options = at::TensorOptions(dtype).device(device);
  const at::Tensor a = at::ones({size, size}, options);
  const at::Tensor b = at::ones({size, size}, options);
  at::Tensor c = at::empty({size, size}, options);
  const double flops = 2.0 * std::pow(static_cast<double>(size), 3.0);
  return flops / SecondsOf(seconds, [&] {
           at::mm_out(c, a, b);
           if (device.is_cuda()) torch::cuda::synchronize(device.index());
         });
}

ProbeReport MeasureMachine() {
  const at::NoGradGuard no_grad;
  const double fp32_rate = ProductRate(at::kFloat, at::kCPU, kMeasuredSeconds);
  // Before more of LibTorch is used than training in fp32 uses.
  const auto memory = MeasureOwnMemory();
  ProbeReport report{
      .libtorch = TORCH_VERSION,
      .cpu = fmt::format("{} ({}, {})", CpuName(), CpuCapability(), BlasName()),
      .blas_core = OpenBlasCore(),
      .arithmetic = DescribeArithmetic(),
      .cpu_threads = at::get_num_threads(),
      .fp32_flops_per_second = fp32_rate,
      .products_right = ProductsAreRight(),
      .bf16_flops_per_second =
          ProductRate(at::kBFloat16, at::kCPU, kMeasuredSeconds),
      .operation_seconds = OperationSeconds(),
      .bf16_speedup = Bf16Speedup(at::kCPU),
      .bf16_right = Bf16IsRight(at::kCPU),
      .process_private_bytes = {},
      .process_shared_bytes = {},
      .cuda = {},
      .warnings = {}};
  if (memory) {
    report.process_private_bytes = memory->private_now;
    report.process_shared_bytes = memory->shared_now;
  }
  MeasureGpus(&report);
  if (report.fp32_flops_per_second < kSlowFlopsPerSecond) {
    report.warnings.push_back(fmt::format(
        "matrix products are slow, {:.1f} GFLOP/s: is OpenBLAS installed "
        "(libopenblas0-pthread)? The BLAS here is: {}",
        report.fp32_flops_per_second * 1e-9, BlasName()));
  }
  WarnOfBf16("cpu", report.bf16_right, &report.warnings);
  for (const ProbeReport::Device& device : report.cuda) {
    WarnOfBf16(device.name, device.bf16_right, &report.warnings);
  }
  if (!report.products_right) {
    report.warnings.push_back(fmt::format(
        "matrix products are wrong with {}: those in fp32 on the CPU need "
        "another BLAS, or OPENBLAS_CORETYPE, if that is set, another value",
        BlasName()));
  }
  return report;
}

}  // namespace isoflop
