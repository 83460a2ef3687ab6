#include "tests/layering/include_rule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Returns what is wrong with a tree of one file that includes `included`, as
/// its second line.
std::vector<Violation> Including(const std::string& file,
                                 const std::string& included) {
  const TempDir root;
  std::filesystem::create_directories(
      root.path() / std::filesystem::path(file).parent_path());
  root.Write(file, "#pragma once\n#include " + included + "\n");
  return FindViolations(root.path());
}

TEST(IncludeRule, HoldsInThisTree) {
  for (const auto& violation : FindViolations(ISOFLOP_SOURCE_DIR)) {
    ADD_FAILURE() << violation.ToString();
  }
  EXPECT_GE(CountSources(ISOFLOP_SOURCE_DIR), 50);
}

struct Include {
  const char* file;
  const char* included;
  const char* rule;  // fragment; empty for what is allowed
};

const std::vector<Include> kForbidden = {
    {"lib/core/a.cc", "\"lib/data/b.h\"", "lib/core may include itself only"},
    {"lib/core/a.h", "\"lib/sweep/b.h\"", "lib/core may include itself only"},
    {"lib/data/a.cc", "\"lib/sweep/b.h\"",
     "lib/data may include itself, lib/core only"},
    {"lib/plot/a.cc", "\"lib/sweep/b.h\"",
     "lib/plot may include itself, lib/core only"},
    {"lib/sweep/a.cc", "\"lib/record/b.h\"",
     "lib/sweep may include itself, lib/core, lib/data only"},
    {"lib/record/a.cc", "\"lib/execute/b.h\"", "lib/record may include"},
    {"lib/record/a.cc", "\"lib/machine/b.h\"", "lib/record may include"},
    {"lib/machine/a.cc", "\"lib/execute/b.h\"", "lib/machine may include"},
    {"lib/machine/a.cc", "\"lib/data/b.h\"", "lib/machine may include"},
    {"lib/execute/a.cc", "\"lib/train/b.h\"", "lib/execute may include"},
    {"lib/execute/a.cc", "\"lib/data/b.h\"", "lib/execute may include"},
    {"lib/model/a.cc", "\"lib/data/b.h\"", "lib/model may include"},
    {"lib/model/a.cc", "\"lib/model/cpu/fast_math.h\"",
     "lib/sweep, lib/model/cpu/cpu_pass.h only"},
    {"lib/model/cpu/a.cc", "\"lib/data/b.h\"", "lib/model/cpu may include"},
    {"lib/model/cpu/a.cc", "\"lib/train/b.h\"", "lib/model/cpu may include"},
    {"lib/train/a.cc", "\"lib/model/cpu/b.h\"", "lib/train may include"},
    {"lib/train/a.cc", "\"lib/model/cpu/cpu_pass.h\"", "lib/train may include"},
    {"lib/model/cpu_other/a.cc", "\"lib/data/b.h\"", "lib/model may include"},
    {"lib/probe/a.cc", "\"lib/train/b.h\"", "lib/probe may include"},
    {"lib/probe/a.cc", "\"lib/record/b.h\"", "lib/probe may include"},
    {"lib/probe/a.cc", "\"lib/model/cpu/b.h\"", "lib/probe may include"},
    {"lib/model/a.cc", "\"lib/probe/b.h\"", "lib/model may include"},
    {"lib/train/a.cc", "\"lib/execute/b.h\"", "lib/train may include"},
    {"lib/train/a.cc", "\"analysis/laws/b.h\"", "lib/train may include"},
    {"analysis/laws/a.cc", "\"lib/sweep/b.h\"", "analysis/laws may include"},
    {"analysis/fit/a.cc", "\"analysis/report/b.h\"",
     "analysis/fit may include"},
    {"analysis/fit/a.cc", "\"lib/train/b.h\"", "analysis/fit may include"},
    {"analysis/solve/a.cc", "\"analysis/observe/b.h\"",
     "analysis/solve may include"},
    {"analysis/observe/a.cc", "\"analysis/regress/b.h\"",
     "analysis/observe may include"},
    {"analysis/regress/a.cc", "\"analysis/diagnose/b.h\"",
     "analysis/regress may include"},
    {"analysis/diagnose/a.cc", "\"analysis/fit/b.h\"",
     "analysis/diagnose may include"},
    {"analysis/decide/a.cc", "\"analysis/diagnose/b.h\"",
     "analysis/decide may include"},
    {"analysis/compare/a.cc", "\"analysis/fit/b.h\"",
     "analysis/compare may include"},
    {"analysis/report/a.cc", "\"lib/execute/b.h\"",
     "analysis/report may include"},
    {"analysis/report/a.cc", "\"lib/plot/b.h\"", "analysis/report may include"},
    {"analysis/page/a.cc", "\"analysis/fit/b.h\"", "analysis/page may include"},
    {"apps/isoflop/a.cc", "\"lib/train/b.h\"", "apps/isoflop may include"},
    {"apps/isoflop-worker/a.cc", "\"analysis/fit/b.h\"",
     "apps/isoflop-worker may include"},
    {"lib/sweep/a.cc", "\"apps/isoflop/b.h\"", "lib/sweep may include"},
    {"lib/sweep/a.cc", "\"tests/support/temp_dir.h\"", "lib/sweep may include"},
    {"lib/sweep/a.cc", "<torch/torch.h>", "<torch/...> may be included in"},
    {"lib/execute/a.cc", "<ATen/ATen.h>", "<ATen/...> may be included in"},
    {"apps/isoflop/a.cc", "<c10/util/Half.h>", "<c10/...> may be included in"},
    {"analysis/fit/a.cc", "<torch/torch.h>",
     "lib/model, lib/model/cpu, lib/probe, lib/train, apps/isoflop-worker "
     "only"},
    {"analysis/laws/a.cc", "<ceres/ceres.h>",
     "<ceres/...> may be included in analysis/solve only"},
    {"lib/train/a.cc", "<ceres/jet.h>", "analysis/solve only"},
    {"apps/isoflop/a.cc", "<ceres/ceres.h>", "analysis/solve only"},
    {"lib/sweep/a.cc", "<CLI/CLI.hpp>", "<CLI/...> may be included in apps/"},
    {"lib/sweep/a.cc", "\"torch/torch.h\"", "<torch/...> may be included in"},
    {"lib/sweep/a.cc", "\"plan.h\"", "by their path from its root"},
    {"lib/sweep/a.cc", "\"../core/json.h\"", "by their path from its root"},
    {"lib/sweep/deep/a.cc", "\"lib/record/b.h\"", "lib/sweep may include"},
    {"lib/novel/a.cc", "\"lib/core/b.h\"",
     "the folder lib/novel has no place in the order"},
};

TEST(IncludeRule, NamesFileLineAndRuleOfEveryForbiddenInclude) {
  for (const Include& include : kForbidden) {
    SCOPED_TRACE(std::string(include.file) + " " + include.included);
    const auto violations = Including(include.file, include.included);
    ASSERT_THAT(violations, SizeIs(1));
    EXPECT_THAT(violations[0].ToString(),
                HasSubstr(std::string(include.file) + ":2: includes "));
    EXPECT_THAT(violations[0].ToString(), HasSubstr(include.rule));
  }
}

TEST(IncludeRule, AllowsWhatLiesBelow) {
  const std::vector<Include> allowed = {
      {"lib/core/a.cc", "\"lib/core/a.h\"", ""},
      {"lib/sweep/a.cc", "\"lib/data/b.h\"", ""},
      {"lib/execute/a.cc", "\"lib/machine/b.h\"", ""},
      {"lib/model/a.cc", "\"lib/model/cpu/cpu_pass.h\"", ""},
      {"lib/model/cpu/a.cc", "\"lib/model/layers.h\"", ""},
      {"lib/model/cpu/a.cc", "\"lib/model/cpu/b.h\"", ""},
      {"lib/model/cpu/a.cc", "<ATen/ATen.h>", ""},
      {"lib/train/a.cc", "\"lib/model/b.h\"", ""},
      {"apps/isoflop/a.cc", "\"lib/machine/b.h\"", ""},
      {"lib/train/a.cc", "<torch/torch.h>", ""},
      {"analysis/solve/a.cc", "<ceres/ceres.h>", ""},
      {"analysis/fit/a.cc", "\"lib/record/b.h\"", ""},
      {"apps/isoflop/a.cc", "<CLI/CLI.hpp>", ""},
      {"apps/isoflop/a.cc", "\"analysis/report/b.h\"", ""},
      {"lib/core/a.cc", "<vector>", ""},
      {"lib/core/a.cc", "<fmt/format.h>", ""},
  };
  for (const Include& include : allowed) {
    SCOPED_TRACE(std::string(include.file) + " " + include.included);
    EXPECT_THAT(Including(include.file, include.included), IsEmpty());
  }
}

TEST(IncludeRule, SeesIndentedDirectivesAndNoComments) {
  const TempDir root;
  std::filesystem::create_directories(root / "lib/core");
  root.Write("lib/core/a.cc",
             "// #include \"lib/data/b.h\"\n"
             "#if 1\n"
             "#  include \"lib/data/b.h\"\n"
             "#endif\n");
  const auto violations = FindViolations(root.path());
  ASSERT_THAT(violations, SizeIs(1));
  EXPECT_EQ(violations[0].line, 3);
}

TEST(IncludeRule, IgnoresWhatIsNoSource) {
  const TempDir root;
  std::filesystem::create_directories(root / "lib/core");
  root.Write("lib/core/notes.txt", "#include \"lib/data/b.h\"\n");
  EXPECT_THAT(FindViolations(root.path()), IsEmpty());
  EXPECT_EQ(CountSources(root.path()), 0);
}

}  // namespace
}  // namespace isoflop
