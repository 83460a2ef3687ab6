#include "lib/train/device.h"

#include <ATen/Version.h>
#include <dlfcn.h>
#include <fmt/format.h>
#include <torch/version.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>

#include "lib/core/compiler.h"
#include "lib/core/cpu_features.h"
#include "lib/core/error.h"
#include "lib/model/torch_compat.h"
#include "lib/train/gpu.h"

namespace isoflop {
namespace {

/// What is known to change speed or rounding, besides the code.
constexpr const char* kVariables[] = {
    "ATEN_CPU_CAPABILITY", "DNNL_MAX_CPU_ISA",     "OPENBLAS_CORETYPE",
    "OMP_NUM_THREADS",     "OPENBLAS_NUM_THREADS", "OMP_WAIT_POLICY",
    "MKL_NUM_THREADS",     "CUDA_VISIBLE_DEVICES"};

std::string ListDevices() {
  std::string list = "cpu";
  for (int i = 0; i < compat::GpuCount(); ++i) {
    list += fmt::format(", cuda:{}", i);
  }
  return list;
}

/// Returns what follows `label` in the lines of `text`, up to the line's end.
std::string After(const std::string& text, const std::string& label) {
  const std::size_t start = text.find(label);
  if (start == std::string::npos) return {};
  const std::size_t begin =
      text.find_first_not_of(" :\t", start + label.size());
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find('\n', begin) - begin);
}

/// Calls a function of the BLAS library that returns a text, if it has it.
std::string AskBlas(const char* function) {
  // Looked up by name, since LibTorch may come with another BLAS.
  void* symbol = ::dlsym(RTLD_DEFAULT, function);
  if (symbol == nullptr) return {};
  return reinterpret_cast<const char* (*)()>(symbol)();
}

/// "v2.6.0", of LibTorch's own list of what it was built with.
std::string OneDnnVersion() {
  const std::string version = After(at::show_config(), "MKL-DNN");
  return version.empty() ? "none" : version.substr(0, version.find(' '));
}

Json Environment() {
  Json json = Json::object();
  for (const char* name : kVariables) {
    const char* value = std::getenv(name);
    if (value != nullptr) json[name] = value;
  }
  return json;
}

}  // namespace

at::Device ResolveDevice(const std::string& name) {
  std::optional<at::Device> device;
  try {
    device.emplace(name);
  } catch (const c10::Error&) {
  }
  const bool known =
      device && (device->is_cpu() ||
                 (device->is_cuda() &&
                  std::max<int>(0, device->index()) < compat::GpuCount()));
  Require(known, "device \"{}\" is not there; this machine has: {}", name,
          ListDevices());
  return device->is_cpu() || device->has_index()
             ? *device
             : at::Device(device->type(), 0);
}

std::string CpuName() {
  std::ifstream file("/proc/cpuinfo");
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  const std::string name = After(text, "model name");
  return name.empty() ? "unknown" : name;
}

std::string CpuCapability() {
  const std::string name = After(at::show_config(), "CPU capability usage");
  return name.empty() ? "unknown" : name;
}

std::string OpenBlasCore() { return AskBlas("openblas_get_corename"); }

std::string BlasName() {
  const std::string version = AskBlas("openblas_get_config");
  if (!version.empty()) {
    return version.substr(0, version.find(' ', sizeof("OpenBLAS"))) + " " +
           OpenBlasCore();
  }
  return at::hasMKL() ? "MKL" : "unknown";
}

Json DescribeDevice(at::Device device) {
  if (device.is_cpu()) {
    return {{"kind", "cpu"}, {"name", CpuName()}, {"threads", 1}};
  }
  Json json{{"kind", "cuda"}};
  const auto gpu = DescribeGpu(std::max<int>(0, device.index()));
  if (gpu) json["name"] = gpu->model;
  return json;
}

Arithmetic DescribeArithmetic() {
  return {{"compiler", CompilerName()},
          {"libtorch", TORCH_VERSION},
          {"onednn", OneDnnVersion()},
          {"blas", BlasName()},
          {"processor", std::string(VectorClass())},
          {"cpu_capability", CpuCapability()}};
}

Json DescribeSoftware() {
  Json json = DescribeArithmetic();
  if (sizeof(ISOFLOP_TORCH_PACKAGE) > 1) {
    json["libtorch_package"] = ISOFLOP_TORCH_PACKAGE;
  }
  json["isoflop"] = ISOFLOP_VERSION;
  json["environment"] = Environment();
  return json;
}

}  // namespace isoflop
