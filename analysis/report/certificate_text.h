// Why a fit may be believed, in one line.

#pragma once

#include <string>

#include "analysis/regress/chinchilla_fit.h"

namespace isoflop {

/// Returns "certified: 37 of 49 starts agree, gradient 3e-16; 2 different
/// minima", or "NOT CERTIFIED: ..." with what is missing.
std::string CertificateInWords(const Certificate& certificate);

}  // namespace isoflop
