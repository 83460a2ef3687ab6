// Which LibTorch this is.

#pragma once

#include <torch/version.h>

/// Whether it is version MAJOR.MINOR or newer; for the preprocessor too.
#define ISOFLOP_TORCH_AT_LEAST(major, minor) \
  (TORCH_VERSION_MAJOR > (major) ||          \
   (TORCH_VERSION_MAJOR == (major) && TORCH_VERSION_MINOR >= (minor)))
