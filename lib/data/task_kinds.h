// The kinds of task there are. A new one is a file that defines its settings,
// its task and its TaskKind, and a line in task_kinds.cc.

#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "lib/core/object_reader.h"
#include "lib/data/task_config.h"

namespace isoflop {

/// How a kind of task is recognised and read.
struct TaskKind {
  std::string_view name;               // of data.kind
  std::vector<std::string_view> keys;  // of the "data" section, beside those
                                       // that all kinds have
  std::shared_ptr<const TaskConfig> (*read)(ObjectReader* reader);
};

TaskKind LexiconKind();
TaskKind TextKind();
TaskKind TokensKind();
TaskKind PowerFeaturesKind();
TaskKind MarkovKind();
TaskKind RegressionKind();
TaskKind RecallKind();
TaskKind ManifoldKind();
TaskKind TeacherKind();
TaskKind AdditionKind();
TaskKind SkillsKind();
TaskKind IterateKind();
TaskKind HierarchyKind();
TaskKind ParitiesKind();

/// Returns all of them, the default first.
const std::vector<TaskKind>& TaskKinds();

}  // namespace isoflop
