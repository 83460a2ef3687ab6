// `isoflop export --format tensorboard`: a folder of event files.

#pragma once

#include "apps/isoflop/output_file.h"
#include "lib/record/sweep_dir.h"

namespace isoflop {

/// Writes FOLDER/RUN/events.out.tfevents.0000000000.isoflop for every run of
/// the sweep that has ended, with FOLDER the path of `output`. Curves that are
/// damaged are left out with a warning. Throws Error when there is no folder
/// given or no curve, and when what lies in a file's place was not written so.
void ExportEvents(const SweepDir& dir, const OutputFile& output);

}  // namespace isoflop
