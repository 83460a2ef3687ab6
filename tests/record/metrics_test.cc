#include "lib/record/metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

MetricsLine LineOf(std::int64_t step) {
  MetricsLine line;
  line.step = step;
  line.tokens = 64 * step;
  line.train_loss = 3.0;
  line.lr = 1e-3;
  line.grad_norm = 0.5;
  line.tokens_per_second = 1e5;
  return line;
}

std::vector<std::int64_t> StepsOf(const std::filesystem::path& path) {
  std::vector<std::int64_t> steps;
  for (const MetricsLine& line : ReadMetrics(path)) steps.push_back(line.step);
  return steps;
}

void AppendSteps(const std::filesystem::path& path, std::int64_t resume_step,
                 const std::vector<std::int64_t>& steps) {
  MetricsLog log(path, resume_step);
  for (const std::int64_t step : steps) log.Append(LineOf(step));
}

using Steps = std::vector<std::int64_t>;

TEST(Metrics, ComeBackAsTheyWereAppended) {
  const TempDir temp;
  MetricsLine line = LineOf(20);
  line.eval_loss = 2.25;
  MetricsLog(temp / "m", 0).Append(line);
  const auto lines = ReadMetrics(temp / "m");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(ToJson(lines[0]), ToJson(line));
  EXPECT_EQ(lines[0].eval_loss, 2.25);
}

TEST(Metrics, OfAMissingFileAreNone) {
  const TempDir temp;
  EXPECT_TRUE(ReadMetrics(temp / "none").empty());
}

TEST(Metrics, IgnoreATornLastLine) {
  const TempDir temp;
  AppendSteps(temp / "m", 0, {20, 40});
  const std::string text = ReadFile(temp / "m");
  temp.Write("m", text.substr(0, text.size() - 5));
  EXPECT_EQ(StepsOf(temp / "m"), Steps({20}));
}

TEST(Metrics, RefuseADamagedLineInTheMiddle) {
  const TempDir temp;
  AppendSteps(temp / "m", 0, {20});
  const std::string line = ReadFile(temp / "m");
  temp.Write("m", line + "{\"step\": 40, \"tok\n" + line);
  EXPECT_ERROR(ReadMetrics(temp / "m"), "m:2");
}

/// Changes a digit of the second line.
void ChangeLossOfSecondLine(const TempDir& temp) {
  std::string text = ReadFile(temp / "m");
  const std::size_t second = text.find('\n') + 1;
  text[text.find("\"train_loss\":3", second) + 13] = '7';
  temp.Write("m", text);
}

TEST(Metrics, RefuseALineOfWhichADigitHasChanged) {
  const TempDir temp;
  AppendSteps(temp / "m", 0, {20, 40, 60});
  ChangeLossOfSecondLine(temp);
  EXPECT_ERROR(ReadMetrics(temp / "m"), "m:2: is damaged");
}

TEST(Metrics, OfAnOlderVersionHaveNoChecksum) {
  const TempDir temp;
  temp.Write("m", ToJson(LineOf(20)).dump() + "\n");
  EXPECT_EQ(StepsOf(temp / "m"), Steps({20}));
}

TEST(Metrics, WriteWhatIsNotFiniteAsAbsent) {
  const TempDir temp;
  MetricsLine line = LineOf(20);
  line.train_loss = std::numeric_limits<double>::quiet_NaN();
  line.grad_norm = std::numeric_limits<double>::infinity();
  MetricsLog(temp / "m", 0).Append(line);
  EXPECT_EQ(ReadFile(temp / "m").find("null"), std::string::npos);
  EXPECT_TRUE(std::isinf(ReadMetrics(temp / "m")[0].train_loss));
  EXPECT_TRUE(std::isinf(ReadMetrics(temp / "m")[0].grad_norm));
}

TEST(MetricsLog, CutsOffWhatIsBeyondTheCheckpoint) {
  const TempDir temp;
  AppendSteps(temp / "m", 0, {20, 40, 60});
  AppendSteps(temp / "m", 40, {60, 80});
  EXPECT_EQ(StepsOf(temp / "m"), Steps({20, 40, 60, 80}));
}

TEST(MetricsLog, CutsOffATornLastLine) {
  const TempDir temp;
  AppendSteps(temp / "m", 0, {20, 40});
  const std::string text = ReadFile(temp / "m");
  temp.Write("m", text.substr(0, text.size() - 5));
  AppendSteps(temp / "m", 40, {60});
  EXPECT_EQ(StepsOf(temp / "m"), Steps({20, 60}));
}

TEST(MetricsLog, GoesOnAfterADamagedLine) {
  const TempDir temp;
  AppendSteps(temp / "m", 0, {20});
  const std::string line = ReadFile(temp / "m");
  temp.Write("m", line + std::string(30, '\0') + "\n");
  AppendSteps(temp / "m", 20, {40});
  EXPECT_EQ(StepsOf(temp / "m"), Steps({20, 40}));
}

TEST(MetricsLog, LeavesOutALineOfWhichADigitHasChangedAndNamesIt) {
  const TempDir temp;
  AppendSteps(temp / "m", 0, {20, 40, 60});
  ChangeLossOfSecondLine(temp);
  const MetricsLog log(temp / "m", 60);
  EXPECT_EQ(StepsOf(temp / "m"), Steps({20, 60}));
  ASSERT_EQ(log.damage().size(), 1U);
  EXPECT_NE(log.damage()[0].find("m:2: is damaged"), std::string::npos);
}

TEST(MetricsLog, AddsNoLineThatIsThereAlready) {
  const TempDir temp;
  AppendSteps(temp / "m", 0, {20, 40});
  AppendSteps(temp / "m", 40, {20, 40, 60, 80});
  EXPECT_EQ(StepsOf(temp / "m"), Steps({20, 40, 60, 80}));
}

TEST(MetricsLog, StartsAnewFromStepZero) {
  const TempDir temp;
  AppendSteps(temp / "m", 0, {20, 40});
  AppendSteps(temp / "m", 0, {20});
  EXPECT_EQ(StepsOf(temp / "m"), Steps({20}));
}

}  // namespace
}  // namespace isoflop
