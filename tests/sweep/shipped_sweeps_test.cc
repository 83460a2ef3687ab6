// Every file in sweeps/ parses and plans, and is worth shipping.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "lib/core/files.h"
#include "lib/sweep/group_memory.h"
#include "tests/support/temp_dir.h"
#include "tests/sweep/tiny_sweep.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

using ::testing::IsSupersetOf;

fs::path ShippedPath(const std::string& name) {
  return fs::path(ISOFLOP_SOURCE_DIR) / "sweeps" / (name + ".json");
}

Plan PlanShipped(const std::string& name, const SweepOverrides& overrides) {
  return MakePlan(LoadSweep(ShippedPath(name), overrides));
}

/// Returns how many sizes each budget is left with.
std::map<double, std::size_t> SizesPerBudget(const Plan& plan) {
  std::map<double, std::set<std::int64_t>> sizes;
  for (const RunGroup& group : plan.groups) {
    for (const PlannedRun& run : group.runs) {
      sizes[run.budget_flops.value()].insert(group.params.total);
    }
  }
  std::map<double, std::size_t> counts;
  for (const auto& [budget, set] : sizes) counts[budget] = set.size();
  return counts;
}

void ExpectAnIsoflopDesign(const Plan& plan, std::size_t budgets,
                           std::size_t sizes) {
  const auto counts = SizesPerBudget(plan);
  EXPECT_GE(counts.size(), budgets);
  for (const auto& [budget, count] : counts) EXPECT_GE(count, sizes) << budget;
}

double Saving(const Plan& plan) {
  const PlanTotals totals = Totals(plan);
  return totals.flops_without_shared_trunks / totals.flops;
}

/// Writes llm.c token files of zeros, `shards` of 2e9 tokens: all hole, so they
/// take no room.
SweepOverrides SparseTokens(const TempDir& dir, int shards) {
  constexpr std::int32_t kTokens = 2'000'000'000;
  std::array<std::int32_t, 256> header{20240520, 1, kTokens};
  for (int i = 0; i < shards; ++i) {
    const auto path = dir / ("train_" + std::to_string(i) + ".bin");
    const auto bytes = std::bit_cast<std::array<char, 1024>>(header);
    std::ofstream file(path, std::ios::binary);
    file.write(bytes.data(), bytes.size());
    file.put(static_cast<char>(i + 1));  // or all were copies of the first
    file.close();
    fs::resize_file(path, 1024 + 2 * std::uintmax_t{kTokens});
  }
  return {{(dir / "train_*.bin").string()}};
}

TEST(ShippedSweeps, AllParse) {
  int found = 0;
  for (const auto& entry : fs::recursive_directory_iterator(
           fs::path(ISOFLOP_SOURCE_DIR) / "sweeps")) {
    const bool schema = entry.path().parent_path().filename() == "schema";
    if (schema || entry.path().extension() != ".json") continue;
    SCOPED_TRACE(entry.path().string());
    const SweepSpec spec = LoadSweep(entry.path());
    EXPECT_EQ(spec.name, entry.path().stem().string());
    ++found;
  }
  EXPECT_GE(found, 9);
}

/// Collects the names of all properties of a JSON Schema.
void CollectKeys(const Json& schema, std::set<std::string>* keys) {
  for (const auto& item : schema.items()) {
    if (item.key() == "properties") {
      for (const auto& property : item.value().items()) {
        keys->insert(property.key());
      }
    }
    if (item.value().is_structured()) CollectKeys(item.value(), keys);
  }
}

TEST(ShippedSweeps, ComeWithAReadmeThatDocumentsEveryKey) {
  const fs::path folder = fs::path(ISOFLOP_SOURCE_DIR) / "sweeps";
  const std::string readme = ReadFile(folder / "README.md");
  std::set<std::string> keys;
  CollectKeys(ReadJsonFile(folder / "schema" / "sweep.schema.json"), &keys);
  EXPECT_GE(keys.size(), 50u);
  for (const auto& key : keys) {
    EXPECT_NE(readme.find("`" + key + "`"), std::string::npos) << key;
  }
}

TEST(ShippedSweeps, DemoSavesAThirdBySharingTrunks) {
  const Plan plan = PlanShipped("demo", {});
  ExpectAnIsoflopDesign(plan, 6, 4);
  EXPECT_GE(Saving(plan), 1.4);
  EXPECT_LE(Totals(plan).flops, 1e13);
}

TEST(ShippedSweeps, DemoIsTheRecipe) {
  const Plan plan = PlanShipped("demo", {});
  std::vector<std::int64_t> without_gains;
  for (const RunGroup& group : plan.groups) {
    without_gains.push_back(group.params.total - 5 * group.shape.d_model);
  }
  EXPECT_THAT(without_gains,
              ::testing::ElementsAre(4224, 7168, 10880, 15360, 26624, 40960,
                                     58368, 102400, 158720, 227328));
  EXPECT_NEAR(plan.data.optimum.expected.value(), 1.12870, 5e-5);
}

TEST(ShippedSweeps, StandardExtendsTheDemoWithMoreSeeds) {
  const SweepSpec spec = LoadSweep(ShippedPath("standard"));
  EXPECT_GE(spec.seeds.size(), 2u);
  const Plan plan = MakePlan(spec);
  ExpectAnIsoflopDesign(plan, 8, 4);
  std::vector<std::string> demo_groups;
  std::vector<std::string> groups;
  for (const auto& g : PlanShipped("demo", {}).groups) {
    demo_groups.push_back(g.id);
  }
  for (const auto& g : plan.groups) groups.push_back(g.id);
  EXPECT_THAT(groups, IsSupersetOf(demo_groups));
}

TEST(ShippedSweeps, SmokeIsSmall) {
  const Plan plan = PlanShipped("smoke", {});
  ExpectAnIsoflopDesign(plan, 3, 3);
  EXPECT_LE(Totals(plan).tokens, 2'000'000);
}

TEST(ShippedSweeps, TextPlansOnFiveMegabytesAndMore) {
  const TempDir dir;
  std::string text;
  while (text.size() < 5'500'000) {
    text += "int f" + std::to_string(text.size()) + "();\n";
  }
  dir.Write("a.h", text);
  const Plan plan = PlanShipped("text", {{dir.path().string()}});
  ExpectAnIsoflopDesign(plan, 6, 4);
  EXPECT_GE(Saving(plan), 1.4);
}

TEST(ShippedSweeps, GpuSmallPlansOnTwoAndAHalfBillionTokens) {
  const TempDir dir;
  const Plan plan = PlanShipped("gpu-small", SparseTokens(dir, 2));
  ExpectAnIsoflopDesign(plan, 5, 4);
  for (const RunGroup& group : plan.groups) {
    EXPECT_LE(EstimateMemoryBytes(group, DeviceKind::kGpu), 40.0 * (1LL << 30));
  }
}

TEST(ShippedSweeps, GpuChinchillaReachesABillionParametersIn80Gigabytes) {
  const TempDir dir;
  const Plan plan = PlanShipped("gpu-chinchilla", SparseTokens(dir, 11));
  ExpectAnIsoflopDesign(plan, 5, 4);
  EXPECT_NEAR(static_cast<double>(plan.groups.back().params.total), 1e9, 2e7);
  for (const RunGroup& group : plan.groups) {
    EXPECT_LE(EstimateMemoryBytes(group, DeviceKind::kGpu), 70.0 * (1LL << 30));
  }
}

}  // namespace
}  // namespace isoflop
