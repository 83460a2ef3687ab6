#include "lib/machine/find_room.h"

#include <algorithm>

#include "lib/core/error.h"
#include "lib/core/mapped_file.h"
#include "lib/machine/control_group.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

/// The path itself, or its nearest parent that exists.
fs::path Existing(const fs::path& path) {
  std::error_code code;
  fs::path at = fs::absolute(path, code);
  while (!fs::exists(at, code) && at.has_relative_path()) at = at.parent_path();
  return at;
}

}  // namespace

Room FindRoom(const fs::path& directory) {
  std::error_code code;
  const fs::space_info space = fs::space(Existing(directory), code);
  Require(!code, "{}: cannot tell how much room is on its disk: {}",
          directory.string(), code.message());
  const auto memory = static_cast<double>(PhysicalMemory());
  return {.memory = std::min(memory, GrantedMemory().value_or(memory)),
          .disk = static_cast<double>(space.available)};
}

}  // namespace isoflop
