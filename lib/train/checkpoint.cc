#include "lib/train/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <span>
#include <system_error>
#include <utility>

#include "lib/core/error.h"
#include "lib/core/files.h"
#include "lib/core/hash.h"
#include "lib/record/checkpoint_files.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;
using Bytes = std::span<const std::byte>;

constexpr std::string_view kMagic = "isoflop1";
constexpr std::size_t kDigestSize = 64;
constexpr std::size_t kPrefixSize = kMagic.size() + sizeof(std::uint64_t);

Bytes BytesOf(std::string_view text) { return std::as_bytes(std::span(text)); }

std::string_view TextOf(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// REQUIRES: `tensor` is contiguous fp32 on the CPU.
Bytes BytesOf(const at::Tensor& tensor) {
  return std::as_bytes(std::span(tensor.data_ptr<float>(),
                                 static_cast<std::size_t>(tensor.numel())));
}

std::string Prefix(const std::string& header) {
  const std::uint64_t size = header.size();
  std::string prefix(kMagic);
  prefix.append(reinterpret_cast<const char*>(&size), sizeof(size));
  return prefix;
}

/// A checkpoint's parts, found in the bytes of its file.
struct Parts {
  Json header;
  Bytes payload;
};

/// Throws Error unless `file` is whole.
Parts Split(Bytes file, const std::string& source) {
  Require(file.size() > kPrefixSize + kDigestSize &&
              TextOf(file.first(kMagic.size())) == kMagic,
          "{}: is no checkpoint", source);
  // The digest comes first: until it is right no byte is believed.
  const Bytes content = file.first(file.size() - kDigestSize);
  Sha256 digest;
  digest.Update(content);
  Require(digest.Hex() == TextOf(file.last(kDigestSize)),
          "{}: damaged: its SHA-256 is wrong", source);
  std::uint64_t header_size = 0;
  std::memcpy(&header_size, file.data() + kMagic.size(), sizeof(header_size));
  Require(header_size <= content.size() - kPrefixSize,
          "{}: damaged: its header does not fit in it", source);
  const Bytes header = content.subspan(kPrefixSize, header_size);
  return {.header = ParseJson(TextOf(header), source),
          .payload = content.subspan(kPrefixSize + header_size)};
}

/// Returns the whole file, or nothing, with a note why. Not mapped: a sector
/// that cannot be read is an error then and no signal.
std::optional<std::string> TryToRead(const fs::path& path,
                                     std::vector<std::string>* notes) {
  try {
    return ReadFile(path);
  } catch (const Error& error) {
    notes->push_back(fmt::format("{}; left alone", error.what()));
    return std::nullopt;
  }
}

void RequireSame(ObjectReader& reader, const char* key,
                 const std::string& wanted) {
  std::string found;
  if (reader.Need(key) && reader.Read(key, &found) && found != wanted) {
    reader.Refuse(key,
                  fmt::format("must be \"{}\", got \"{}\"", wanted, found));
  }
}

/// Throws Error unless the header is of `owner` and of `size` parameters.
TrainingProgress ProgressOf(const Json& header, const std::string& owner,
                            std::int64_t size, TrainingProgress progress,
                            const std::string& source) {
  Problems problems;
  ObjectReader reader(header, source, &problems);
  RequireSame(reader, "schema", std::string(kCheckpointSchema));
  RequireSame(reader, "owner", owner);
  std::int64_t found = 0;
  if (reader.Need("size") && reader.Read("size", &found) && found != size) {
    reader.Refuse("size", fmt::format("must be {}, got {}", size, found));
  }
  if (reader.Need("progress")) {
    LoadProgress(*reader.Child("progress"), reader.PathOf("progress"),
                 &progress, &problems);
  }
  reader.Finish();
  problems.ThrowIfAny();
  return progress;
}

/// Copies the payload, so that its alignment in the file does not matter.
TrainingState StateOf(Bytes payload, std::int64_t size, std::size_t moments,
                      const std::string& source) {
  const std::size_t bytes = static_cast<std::size_t>(size) * sizeof(float);
  Require(payload.size() == (1 + moments) * bytes,
          "{}: holds {} bytes of state, not {}", source, payload.size(),
          (1 + moments) * bytes);
  const auto read = [&](std::size_t which) {
    at::Tensor tensor = at::empty({size}, at::kFloat);
    std::memcpy(tensor.data_ptr<float>(), payload.data() + which * bytes,
                bytes);
    return tensor;
  };
  TrainingState state{.values = read(0), .moments = {}};
  for (std::size_t i = 1; i <= moments; ++i) state.moments.push_back(read(i));
  return state;
}

}  // namespace

fs::path CheckpointDir::FileOf(std::int64_t step) const {
  return CheckpointFile(path_, step);
}

std::vector<std::int64_t> CheckpointDir::Steps() const {
  return CheckpointSteps(path_);
}

void CheckpointDir::RemoveUnfinished() const {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(path_, ignored)) {
    if (entry.path().extension() == ".tmp") fs::remove(entry, ignored);
  }
}

void CheckpointDir::Store(const TrainingProgress& progress,
                          const TrainingState& state) {
  std::vector<at::Tensor> on_cpu{state.values.cpu()};
  for (const at::Tensor& moment : state.moments) {
    on_cpu.push_back(moment.cpu());
  }
  const std::string header = Json{
      {"schema", kCheckpointSchema},
      {"owner", owner_},
      {"size", state.values.numel()},
      {"progress",
       ToJson(progress)}}.dump();
  const std::string prefix = Prefix(header);
  std::vector<Bytes> parts{BytesOf(prefix), BytesOf(header)};
  for (const at::Tensor& tensor : on_cpu) parts.push_back(BytesOf(tensor));
  Sha256 digest;
  for (const Bytes part : parts) digest.Update(part);
  const std::string hex = digest.Hex();
  parts.push_back(BytesOf(hex));
  MakeDirectory(path_);
  // Before any other is removed, so that there is always one that is whole.
  WriteFileAtomically(FileOf(progress.step), parts);
  std::vector<std::int64_t> steps = Steps();
  const auto beyond = std::ranges::upper_bound(steps, progress.step);
  for (auto step = beyond; step != steps.end(); ++step) Remove(*step);
  steps.erase(beyond, steps.end());
  for (std::size_t i = 0; i + 2 < steps.size(); ++i) Remove(steps[i]);
}

void CheckpointDir::Remove(std::int64_t step) const {
  std::error_code ignored;
  fs::remove(FileOf(step), ignored);
}

bool CheckpointDir::Load(std::int64_t last_step, TrainingProgress* progress,
                         Trainer* trainer, std::vector<std::string>* notes) {
  RemoveUnfinished();
  std::vector<std::int64_t> steps = Steps();
  std::ranges::reverse(steps);
  for (const std::int64_t step : steps) {
    if (step > last_step) {
      Remove(step);
      continue;
    }
    const std::optional<std::string> file = TryToRead(FileOf(step), notes);
    if (!file) continue;
    if (LoadFrom(*file, FileOf(step).string(), progress, trainer, notes)) {
      return true;
    }
    Remove(step);
  }
  return false;
}

bool CheckpointDir::LoadFrom(const std::string& file, const std::string& source,
                             TrainingProgress* progress, Trainer* trainer,
                             std::vector<std::string>* notes) const {
  const TrainingState own = trainer->state();
  const std::int64_t size = own.values.numel();
  try {
    const Parts parts = Split(BytesOf(file), source);
    TrainingProgress loaded =
        ProgressOf(parts.header, owner_, size, *progress, source);
    // All has been checked by now: it is loaded whole or not at all.
    trainer->Load(StateOf(parts.payload, size, own.moments.size(), source));
    *progress = loaded;
    return true;
  } catch (const Error& error) {
    notes->push_back(fmt::format("{}; not used", error.what()));
    return false;
  }
}

void CheckpointDir::Delete() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace isoflop
