// A folder that this process may not read, even when it is root.

#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace isoflop {

/// Takes all permissions from a folder, and this process's privileges if it has
/// any, for as long as it lives. `root` is the test's directory, which stays
/// readable for whoever the process is meanwhile.
class ClosedFolder {
 public:
  ClosedFolder(const std::filesystem::path& root,
               const std::filesystem::path& folder)
      : folder_(folder), was_root_(::geteuid() == 0) {
    using std::filesystem::perms;
    std::filesystem::permissions(root,
                                 perms::group_read | perms::group_exec |
                                     perms::others_read | perms::others_exec,
                                 std::filesystem::perm_options::add);
    std::filesystem::permissions(folder_, perms::none);
    if (was_root_ && ::seteuid(kNobody) != 0) std::abort();
  }
  ~ClosedFolder() {
    if (was_root_ && ::seteuid(0) != 0) std::abort();
    std::error_code ignored;
    std::filesystem::permissions(folder_, std::filesystem::perms::owner_all,
                                 ignored);
  }
  ClosedFolder(const ClosedFolder&) = delete;
  ClosedFolder& operator=(const ClosedFolder&) = delete;

 private:
  static constexpr uid_t kNobody = 65534;
  std::filesystem::path folder_;
  bool was_root_;
};

}  // namespace isoflop
