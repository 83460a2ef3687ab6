// Writes the data of a sweep as token files of 16 bits, for programs that read
// no sweep files.
//
//   isoflop_write_tokens SWEEP.json TRAIN_TOKENS FOLDER
//
// FOLDER gets train.bin, the windows of seed 0 in the order of training, and
// val.bin, the evaluation set.

#include <fmt/format.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <span>
#include <vector>

#include "lib/core/error.h"
#include "lib/data/task.h"
#include "lib/sweep/plan.h"

namespace isoflop {
namespace {

using ReadWindow = std::function<void(std::int64_t, std::span<std::int32_t>)>;

/// Writes the inputs of so many windows, one after another.
void Write(const std::filesystem::path& path, std::int64_t windows,
           std::int64_t context, const ReadWindow& read) {
  std::ofstream file(path, std::ios::binary);
  std::vector<std::int32_t> window(static_cast<std::size_t>(context + 1));
  for (std::int64_t i = 0; i < windows; ++i) {
    read(i, window);
    const std::vector<std::uint16_t> tokens(window.begin(), window.end() - 1);
    file.write(reinterpret_cast<const char*>(tokens.data()), 2 * context);
  }
  Require(file.flush().good(), "{}: cannot be written", path.string());
}

void Run(const char* sweep, std::int64_t train_tokens,
         const std::filesystem::path& folder) {
  const RunGroup group = MakePlan(LoadSweep(sweep)).groups.front();
  const std::int64_t context = group.shape.context;
  const auto source = OpenTask(group.data, context);
  Write(folder / "train.bin", train_tokens / context, context,
        [&](std::int64_t i, std::span<std::int32_t> window) {
          source->ReadTrainWindow(/*seed=*/0, i, window);
        });
  Write(folder / "val.bin", source->eval_examples(), context,
        [&](std::int64_t i, std::span<std::int32_t> window) {
          source->ReadEvalWindow(i, window);
        });
}

}  // namespace
}  // namespace isoflop

int main(int argc, char** argv) {
  if (argc != 4) {
    fmt::print(stderr,
               "usage: isoflop_write_tokens SWEEP.json TRAIN_TOKENS FOLDER\n");
    return EXIT_FAILURE;
  }
  try {
    isoflop::Run(argv[1], std::atoll(argv[2]), argv[3]);
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    fmt::print(stderr, "isoflop_write_tokens: {}\n", error.what());
    return EXIT_FAILURE;
  }
}
