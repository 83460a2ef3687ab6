#include "lib/data/task_kinds.h"

namespace isoflop {

const std::vector<TaskKind>& TaskKinds() {
  static const std::vector<TaskKind> kinds = {
      LexiconKind(),   TextKind(),       TokensKind(), PowerFeaturesKind(),
      MarkovKind(),    RegressionKind(), RecallKind(), ManifoldKind(),
      TeacherKind(),   AdditionKind(),   SkillsKind(), IterateKind(),
      HierarchyKind(), ParitiesKind(),
  };
  return kinds;
}

}  // namespace isoflop
