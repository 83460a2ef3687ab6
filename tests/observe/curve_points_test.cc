#include "analysis/observe/curve_points.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "analysis/observe/observation_reader.h"
#include "lib/core/error.h"
#include "lib/core/transformed.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

using testing::HasSubstr;

constexpr const char* kCsv =
    "config,N,D,L\n"
    "base,1e6,1e8,3.5\n"
    "\"wide\nquoted\",2e6,1e8,3.4\n"
    "base,2e6,2e8,3.3\n";

TableOptions Base() {
  return {.choice = {.where = {ParseRowCondition("config=base")}}};
}

TEST(ReadObservations, ChosenRowsComeWithANote) {
  const TempDir dir;
  dir.Write("runs.csv", kCsv);
  const ObservationSet set = ReadObservations(dir / "runs.csv", Base());
  EXPECT_EQ(set.rows.size(), 2U);
  EXPECT_THAT(set.notes, testing::Contains(
                             HasSubstr("rows with config=base only: 2 of 3")));
}

TEST(ReadObservations, UniqueTokensAreAColumn) {
  const TempDir dir;
  dir.Write("runs.csv", "N,D,L,unique_tokens\n1e6,1e8,3.5,1e7\n1e6,1e8,3.5,\n");
  const ObservationSet set = ReadObservations(dir / "runs.csv");
  EXPECT_EQ(set.rows[0].unique_tokens, 1e7);
  EXPECT_FALSE(set.rows[1].unique_tokens.has_value());
}

TEST(ReadObservations, WhatIsSaidOfChosenRowsNamesTheirLines) {
  const TempDir dir;
  dir.Write("runs.csv", std::string(kCsv) + "wide,-1,1e8,3\nbase,-2,1e8,3\n");
  EXPECT_ERROR(ReadObservations(dir / "runs.csv", Base()),
               "runs.csv:7: column 'N'");
}

struct BadRows {
  const char* text;
  CurveColumns columns;
  std::vector<std::string> where;
  const char* fragment;
};

TEST(CurvePoints, SayWhatIsWrong) {
  const BadRows cases[] = {
      {"x,y\n1,2\n", {"z", "y", ""}, {}, "--x: "},
      {"xs,y\n1,2\n", {"x", "y", ""}, {}, "did you mean 'xs'"},
      {"x,y\n1,2\n", {"x", "w", ""}, {}, "--y: "},
      {"x,y\n1,2\n", {"x", "y", "s"}, {}, "--y-std: "},
      {"x,y\n1,-2\n", {"x", "y", ""}, {}, "curve:2: column 'y'"},
      {"x,y\n1,two\n", {"x", "y", ""}, {}, "'two'"},
      {"x,y\n1,inf\n", {"x", "y", ""}, {}, "'inf'"},
      {"x,y\n1,\n", {"x", "y", ""}, {}, "no row has"},
      {"x,y,s\n1,2,0\n", {"x", "y", "s"}, {}, "column 's'"},
      {"x,y\n1,2,3\n", {"x", "y", ""}, {}, "3 cells"},
      {"x,y\n", {"x", "y", ""}, {}, "no rows"},
      {"", {"x", "y", ""}, {}, "empty"},
      {"x,y\n1,\xff\n", {"x", "y", ""}, {}, "UTF-8"},
      {"x,y\n1,2\n", {"x", "y", ""}, {"c=a"}, "--where: "},
      {"c,x,y\nabc,1,2\n", {"x", "y", ""}, {"c=abd"}, "mean 'abc'"},
  };
  for (const BadRows& bad : cases) {
    const TempDir dir;
    dir.Write("curve", bad.text);
    try {
      ReadCurve(dir / "curve", bad.columns,
                {.where = Transformed(bad.where, ParseRowCondition)});
      ADD_FAILURE() << "accepted: " << bad.text;
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr(bad.fragment)) << bad.text;
    }
  }
}

TEST(CurvePoints, WeighByTheirStandardErrors) {
  const TempDir dir;
  dir.Write("curve.csv", "a,b,s\n1,2,0.1\n3,4,0.5\n");
  const CurvePoints curve = ReadCurve(dir / "curve.csv", {"a", "b", "s"}, {});
  EXPECT_NEAR(curve.points[0].weight, 100.0, 1e-12);
  EXPECT_NEAR(curve.points[1].weight, 4.0, 1e-12);
  EXPECT_EQ(curve.points[1].y, 4.0);
}

TEST(CurvePoints, ReadAnyLineEnds) {
  const TempDir dir;
  dir.Write("curve.csv", "\xEF\xBB\xBFx,y\r\n1,2\r3,4\r\n");
  const CurvePoints curve = ReadCurve(dir / "curve.csv", {"x", "y", ""}, {});
  ASSERT_EQ(curve.points.size(), 2U);
  EXPECT_EQ(curve.points[1].y, 4.0);
}

}  // namespace
}  // namespace isoflop
