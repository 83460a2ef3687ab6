#include "apps/isoflop/report_source.h"

#include <system_error>

#include "lib/core/seal.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

/// "runs" of "runs/".
fs::path WithoutSlash(const fs::path& path) {
  const bool slash = !path.has_filename() && path.has_relative_path();
  return slash ? path.parent_path() : path;
}

FitDocument ReadFit(const fs::path& file) {
  return ReadFitDocument(ReadSealedFile(file), file.string());
}

}  // namespace

bool IsEmptyFolder(const fs::path& path) {
  std::error_code code;
  return fs::is_directory(path, code) && fs::is_empty(path, code) && !code;
}

ReportSource SourceAt(const fs::path& path) {
  ReportSource source{.path = WithoutSlash(path).string()};
  std::error_code code;
  if (!fs::is_directory(path, code)) {
    source.fit = ReadFit(path);
  } else if (!IsEmptyFolder(path)) {
    source.sweep = ReadSweepFacts(SweepDir(path));
    const fs::path fit = path / "fit.json";
    if (fs::exists(fit, code) || code) source.fit = ReadFit(fit);
    if (source.fit && source.fit->loss_unit == LossUnit::kBitsPerByte) {
      ToBitsPerByte(&*source.sweep);
    }
  }
  return source;
}

}  // namespace isoflop
