#include "lib/core/system_error.h"

#include <cerrno>
#include <cstring>

namespace isoflop {

std::string SystemErrorText(int error) {
  std::string text = std::strerror(error);
  switch (error) {
    case EMFILE:
      return text + " (see `ulimit -n`; raise it, or lower --jobs)";
    case ENFILE:
      return text + " (of all programs: sysctl fs.file-max)";
    case EFBIG:
      return text + " (see `ulimit -f`; raise it, or write elsewhere)";
    case EAGAIN:
      return text + " (see `ulimit -u`; raise it, or lower --jobs)";
    case ENOMEM:
      return text + " (see `ulimit -v`, and how much memory is free)";
    case ENOSPC:
      return text + " (free some, or write elsewhere)";
    case EDQUOT:
      return text + " (see `quota`; free some, or write elsewhere)";
    default:
      return text;
  }
}

}  // namespace isoflop
