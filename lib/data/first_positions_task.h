// A task of which only the first positions of an example are trained on.

#pragma once

#include <memory>

#include "lib/data/task.h"

namespace isoflop {

/// Returns the task with training examples of which only the first `positions`
/// count. All of them count in the evaluation set, so that models can be
/// measured beyond the positions that they were trained on.
/// REQUIRES: every position of `task` counts, 1 <= positions < task.context().
std::unique_ptr<Task> TrainOnFirst(std::unique_ptr<Task> task,
                                   std::int64_t positions);

}  // namespace isoflop
