#include "analysis/observe/observation_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

using namespace std::string_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(CsvObservations, AreReadByName) {
  const auto set =
      ParseCsvObservations("loss,tokens,params\n3.5,2e9,1e8\n3.25,4e9,1.5e8\n",
                           "runs.csv")
          .set;
  ASSERT_EQ(set.rows.size(), 2U);
  EXPECT_EQ(set.rows[1].N, 1.5e8);
  EXPECT_EQ(set.rows[1].D, 4e9);
  EXPECT_EQ(set.rows[1].L, 3.25);
  EXPECT_EQ(set.rows[1].C, 6.0 * 1.5e8 * 4e9);
  EXPECT_EQ(set.source, "runs.csv");
  EXPECT_EQ(set.params, ParamsKind::kAsGiven);
  EXPECT_EQ(set.flops, FlopsKind::kSixND);
  EXPECT_THAT(set.notes, IsEmpty());
}

TEST(CsvObservations, MayBeNamedByTheirLetters) {
  const auto set = ParseCsvObservations("N,D,L\n10,20,3\n", "a").set;
  EXPECT_EQ(set.rows[0].N, 10.0);
  EXPECT_EQ(set.rows[0].D, 20.0);
  EXPECT_EQ(set.rows[0].L, 3.0);
}

TEST(CsvObservations, GetTheirTokensFromFlops) {
  const auto set = ParseCsvObservations("N,C,L\n10,6000,3\n", "a").set;
  EXPECT_EQ(set.rows[0].D, 100.0);
  EXPECT_EQ(set.flops, FlopsKind::kSixND);
}

TEST(CsvObservations, KeepFlopsThatAreGivenBesideTokens) {
  const auto set = ParseCsvObservations("N,D,C,L\n10,100,7000,3\n", "a").set;
  EXPECT_EQ(set.rows[0].C, 7000.0);
  EXPECT_EQ(set.flops, FlopsKind::kAsGiven);
}

TEST(CsvObservations, MayHaveEveryOtherQuantity) {
  const auto set =
      ParseCsvObservations(
          "N,D,L,seed,group,weight,loss_std,budget_flops,params_total,"
          "params_non_embedding\n10,20,3,-4,\"a,b\",2,0.01,1200,10,8\n",
          "a")
          .set;
  const Observation& o = set.rows[0];
  EXPECT_EQ(o.seed, -4);
  EXPECT_EQ(o.group, "a,b");
  EXPECT_EQ(o.weight, 2.0);
  EXPECT_EQ(o.loss_std, 0.01);
  EXPECT_EQ(o.budget_flops, 1200.0);
  EXPECT_EQ(o.params_total, 10.0);
  EXPECT_EQ(o.params_non_embedding, 8.0);
}

TEST(CsvObservations, MayLeaveOptionalCellsEmpty) {
  const auto set =
      ParseCsvObservations("N,D,L,seed,weight,group\n10,20,3,,,\n", "a").set;
  EXPECT_FALSE(set.rows[0].seed.has_value());
  EXPECT_EQ(set.rows[0].weight, 1.0);
  EXPECT_EQ(set.rows[0].group, "");
}

TEST(CsvObservations, CountTotalParametersUnlessToldOtherwise) {
  const auto both =
      ParseCsvObservations("params_non_embedding,params_total,D,L\n8,10,20,3\n",
                           "a")
          .set;
  EXPECT_EQ(both.rows[0].N, 10.0);
  EXPECT_EQ(both.params, ParamsKind::kTotal);
  const auto one =
      ParseCsvObservations("params_non_embedding,D,L\n8,20,3\n", "a").set;
  EXPECT_EQ(one.rows[0].N, 8.0);
  EXPECT_EQ(one.params, ParamsKind::kNonEmbedding);
}

TEST(CsvObservations, NameTheColumnsThatAreNotRead) {
  const auto set =
      ParseCsvObservations("x,N,D,L,hex color\n1,10,20,3,#fff\n", "a").set;
  EXPECT_THAT(set.notes, ElementsAre("columns not read: x, hex color"));
}

TEST(CsvObservations, MayBeNamedByTheUser) {
  const auto set = ParseCsvObservations(
                       "Model Size,Training FLOP,loss,N\n10,6000,3,77\n", "a",
                       {{"params", "Model Size"}, {"flops", "Training FLOP"}})
                       .set;
  EXPECT_EQ(set.rows[0].N, 10.0);
  EXPECT_EQ(set.rows[0].D, 100.0);
  EXPECT_THAT(set.notes, ElementsAre("columns not read: N"));
}

TEST(CsvObservations, SurviveByteOrderMarkWindowsLinesAndQuotes) {
  const auto set = ParseCsvObservations(
                       "\xEF\xBB\xBF\"N\",D , L\r\n\"10\", +20 ,3\r\n\r\n", "a")
                       .set;
  ASSERT_EQ(set.rows.size(), 1U);
  EXPECT_EQ(set.rows[0].D, 20.0);
}

TEST(CsvObservations, KeepALabelWhenAskedTo) {
  const std::string csv =
      "N,optimizer,D,L\n10,muon,20,3\n10,\"adam, w\",20,3\n";
  const auto read = ParseCsvObservations(csv, "a", {}, "optimizer");
  EXPECT_THAT(read.labels, ElementsAre("muon", "adam, w"));
  EXPECT_THAT(read.set.notes, IsEmpty());
  EXPECT_THAT(ParseCsvObservations(csv, "a", {}, "").labels, IsEmpty());
}

TEST(CsvObservations, MayHaveAQuantityForALabel) {
  const auto read =
      ParseCsvObservations("N,D,L,seed\n10,20,3,7\n", "a", {}, "seed");
  EXPECT_THAT(read.labels, ElementsAre("7"));
  EXPECT_EQ(read.set.rows[0].seed, 7);
}

TEST(CsvObservations, KnowWhichParametersNCounts) {
  const auto kind = [](const std::string& rows) {
    return ParseCsvObservations(
               "N,D,L,params_total,params_non_embedding\n" + rows, "a")
        .set.params;
  };
  EXPECT_EQ(kind("10,20,3,10,8\n"), ParamsKind::kTotal);
  EXPECT_EQ(kind("8,20,3,10,8\n9,20,3,11,9\n"), ParamsKind::kNonEmbedding);
  EXPECT_EQ(kind("8,20,3,10,8\n10,20,3,10,8\n"), ParamsKind::kAsGiven);
  EXPECT_EQ(kind("10,20,3,10,8\n10,20,3,,\n"), ParamsKind::kAsGiven);
}

TEST(CsvObservations, ReadTheStandardErrorAsRunRecordsNameIt) {
  const auto set =
      ParseCsvObservations("N,D,L,loss_std_error\n1,2,3,0.1\n", "a").set;
  EXPECT_EQ(set.rows[0].loss_std, 0.1);
}

TEST(CsvObservations, HaveANoteOfFewOfManyColumns) {
  std::string header = "N,D,L";
  std::string row = "1,2,3";
  for (int i = 0; i < 3000; ++i) {
    header += ",column " + std::to_string(i);
    row += ",x";
  }
  const auto set = ParseCsvObservations(header + "\n" + row + "\n", "a").set;
  ASSERT_EQ(set.notes.size(), 1U);
  EXPECT_LT(set.notes[0].size(), 400U);
  EXPECT_THAT(set.notes[0], ::testing::EndsWith(" and 2980 more"));
}

TEST(CsvObservations, LeaveOutRunsThatDidNotFinish) {
  const auto set =
      ParseCsvObservations(
          "N,D,L,status\n10,20,3,ok\n10,20,,diverged\n10,20,,failed\n", "a")
          .set;
  EXPECT_EQ(set.rows.size(), 1U);
  EXPECT_THAT(set.notes,
              ElementsAre("2 rows of runs without a loss are left out"));
}

TEST(JsonLinesObservations, AreReadByKey) {
  const auto set =
      ParseJsonLinesObservations(
          "{\"params\": 10, \"tokens\": 2e1, \"loss\": 3.5, \"seed\": 1, "
          "\"group\": \"a\", \"config\": {}}\n\n{\"N\": 11, \"C\": 6600, "
          "\"L\": 3}",
          "runs.jsonl")
          .set;
  ASSERT_EQ(set.rows.size(), 2U);
  EXPECT_EQ(set.rows[0].D, 20.0);
  EXPECT_EQ(set.rows[0].seed, 1);
  EXPECT_EQ(set.rows[0].group, "a");
  EXPECT_EQ(set.rows[1].D, 100.0);
  EXPECT_THAT(set.notes, ElementsAre("columns not read: config"));
}

TEST(JsonLinesObservations, SurviveByteOrderMarkAndWindowsLines) {
  const auto set = ParseJsonLinesObservations(
                       "\xEF\xBB\xBF{\"N\":1,\"D\":2,\"L\":3}\r\n{\"N\":1,"
                       "\"D\":2,\"L\":3}\r\n",
                       "a")
                       .set;
  EXPECT_EQ(set.rows.size(), 2U);
}

TEST(JsonLinesObservations, KeepALabelWhenAskedTo) {
  const auto read = ParseJsonLinesObservations(
      "{\"N\":1,\"D\":2,\"L\":3,\"wd\":0.1}\n"
      "{\"N\":1,\"D\":2,\"L\":3,\"wd\":\"none\"}\n",
      "a", {}, "wd");
  EXPECT_THAT(read.labels, ElementsAre("0.1", "none"));
  EXPECT_THAT(read.set.notes, IsEmpty());
}

TEST(JsonLinesObservations, MayHaveNoGroup) {
  const auto set = ParseJsonLinesObservations(
                       "{\"N\":1,\"D\":2,\"L\":3,\"group\":null}", "a")
                       .set;
  EXPECT_EQ(set.rows[0].group, "");
}

TEST(ReadObservations, TellsTheFormatByNameOrByContent) {
  const TempDir dir;
  const std::string json = "{\"N\":1,\"D\":2,\"L\":3}\n";
  EXPECT_EQ(ReadObservations(dir.Write("a.jsonl", json)).rows.size(), 1U);
  EXPECT_EQ(ReadObservations(dir.Write("a.txt", "\n " + json)).rows.size(), 1U);
  EXPECT_EQ(ReadObservations(dir.Write("a.csv", "N,D,L\n1,2,3\n")).rows.size(),
            1U);
  EXPECT_EQ(ReadObservations(dir.Write("b.txt", "N,D,L\n1,2,3\n")).rows.size(),
            1U);
}

TEST(ReadObservations, ChoosesRowsWhateverTheLineEnds) {
  const TempDir dir;
  for (const std::string& end : {"\n"s, "\r\n"s, "\r"s}) {
    std::string csv = "N,D,L,config" + end;
    for (int i = 0; i < 9; ++i) csv += "1,2,3,b" + end + "4,5,6,a" + end;
    const auto set = ReadObservations(dir.Write("a.csv", csv), {},
                                      {{.column = "config", .value = "a"}});
    ASSERT_EQ(set.rows.size(), 9U);
    EXPECT_EQ(set.rows[8].N, 4.0);
  }
}

TEST(ReadObservations, NamesTheFileInItsMessages) {
  const TempDir dir;
  EXPECT_ERROR(ReadObservations(dir.Write("bad.csv", "N,D,L\n1,2,x\n")),
               "bad.csv:2: column 'L': must be a finite number above 0");
  EXPECT_ERROR(ReadObservations(dir / "missing.csv"), "missing.csv");
}

TEST(ColumnName, IsQuantityEqualsColumn) {
  const ColumnName name = ParseColumnName("params=Model = Size");
  EXPECT_EQ(name.quantity, "params");
  EXPECT_EQ(name.column, "Model = Size");
}

TEST(ColumnName, IsRefusedWithTheKnownQuantities) {
  EXPECT_ERROR(ParseColumnName("params"), "must be quantity=column");
  EXPECT_ERROR(ParseColumnName("=x"), "must be quantity=column");
  EXPECT_ERROR(ParseColumnName("params="), "must be quantity=column");
  EXPECT_ERROR(ParseColumnName("parms=x"), "did you mean 'params'?");
  EXPECT_ERROR(ParseColumnName("colour=x"), "known are params, tokens, loss");
}

}  // namespace
}  // namespace isoflop
