#include "analysis/observe/observation_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

using namespace std::string_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(CsvObservations, AreReadByName) {
  const auto set =
      ParseObservations("loss,tokens,params\n3.5,2e9,1e8\n3.25,4e9,1.5e8\n",
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
  const auto set = ParseObservations("N,D,L\n10,20,3\n", "a").set;
  EXPECT_EQ(set.rows[0].N, 10.0);
  EXPECT_EQ(set.rows[0].D, 20.0);
  EXPECT_EQ(set.rows[0].L, 3.0);
}

TEST(CsvObservations, GetTheirUniqueTokensFromEpochs) {
  const auto set =
      ParseObservations("N,D,L,epochs\n10,200,3,4\n10,200,3,0.5\n10,20,3,\n",
                        "a")
          .set;
  EXPECT_EQ(set.rows[0].unique_tokens, 50.0);
  EXPECT_EQ(set.rows[1].unique_tokens, 200.0);
  EXPECT_FALSE(set.rows[2].unique_tokens.has_value());
  EXPECT_THAT(set.notes, IsEmpty());
}

TEST(CsvObservations, TakeUniqueTokensBeforeEpochs) {
  const auto set =
      ParseObservations("N,D,L,epochs,unique_tokens\n10,200,3,4,40\n", "a").set;
  EXPECT_EQ(set.rows[0].unique_tokens, 40.0);
}

TEST(CsvObservations, GetTheirTokensFromFlops) {
  const auto set = ParseObservations("N,C,L\n10,6000,3\n", "a").set;
  EXPECT_EQ(set.rows[0].D, 100.0);
  EXPECT_EQ(set.flops, FlopsKind::kSixND);
}

TEST(CsvObservations, KeepFlopsThatAreGivenBesideTokens) {
  const auto set = ParseObservations("N,D,C,L\n10,100,7000,3\n", "a").set;
  EXPECT_EQ(set.rows[0].C, 7000.0);
  EXPECT_EQ(set.flops, FlopsKind::kAsGiven);
}

TEST(CsvObservations, MayHaveEveryOtherQuantity) {
  const auto set =
      ParseObservations(
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
      ParseObservations("N,D,L,seed,weight,group\n10,20,3,,,\n", "a").set;
  EXPECT_FALSE(set.rows[0].seed.has_value());
  EXPECT_EQ(set.rows[0].weight, 1.0);
  EXPECT_EQ(set.rows[0].group, "");
}

TEST(CsvObservations, CountTotalParametersUnlessToldOtherwise) {
  const auto both =
      ParseObservations("params_non_embedding,params_total,D,L\n8,10,20,3\n",
                        "a")
          .set;
  EXPECT_EQ(both.rows[0].N, 10.0);
  EXPECT_EQ(both.params, ParamsKind::kTotal);
  const auto one =
      ParseObservations("params_non_embedding,D,L\n8,20,3\n", "a").set;
  EXPECT_EQ(one.rows[0].N, 8.0);
  EXPECT_EQ(one.params, ParamsKind::kNonEmbedding);
}

TEST(CsvObservations, NameTheColumnsThatAreNotRead) {
  const auto set =
      ParseObservations("x,N,D,L,hex color\n1,10,20,3,#fff\n", "a").set;
  EXPECT_THAT(set.notes, ElementsAre("columns not read: x, hex color"));
}

TEST(CsvObservations, MayBeNamedByTheUser) {
  const auto set =
      ParseObservations(
          "Model Size,Training FLOP,loss,N\n10,6000,3,77\n", "a",
          {.columns = {{"params", "Model Size"}, {"flops", "Training FLOP"}}})
          .set;
  EXPECT_EQ(set.rows[0].N, 10.0);
  EXPECT_EQ(set.rows[0].D, 100.0);
  EXPECT_THAT(set.notes, ElementsAre("columns not read: N"));
}

TEST(CsvObservations, SurviveByteOrderMarkWindowsLinesAndQuotes) {
  const auto set = ParseObservations(
                       "\xEF\xBB\xBF\"N\",D , L\r\n\"10\", +20 ,3\r\n\r\n", "a")
                       .set;
  ASSERT_EQ(set.rows.size(), 1U);
  EXPECT_EQ(set.rows[0].D, 20.0);
}

TEST(CsvObservations, KeepALabelWhenAskedTo) {
  const std::string csv =
      "N,optimizer,D,L\n10,muon,20,3\n10,\"adam, w\",20,3\n";
  const auto read = ParseObservations(csv, "a", {.label = "optimizer"});
  EXPECT_THAT(read.labels, ElementsAre("muon", "adam, w"));
  EXPECT_THAT(read.set.notes, IsEmpty());
  EXPECT_THAT(ParseObservations(csv, "a", {.label = ""}).labels, IsEmpty());
}

TEST(CsvObservations, MayHaveAQuantityForALabel) {
  const auto read =
      ParseObservations("N,D,L,seed\n10,20,3,7\n", "a", {.label = "seed"});
  EXPECT_THAT(read.labels, ElementsAre("7"));
  EXPECT_EQ(read.set.rows[0].seed, 7);
}

TEST(CsvObservations, KnowWhichParametersNCounts) {
  const auto kind = [](const std::string& rows) {
    return ParseObservations("N,D,L,params_total,params_non_embedding\n" + rows,
                             "a")
        .set.params;
  };
  EXPECT_EQ(kind("10,20,3,10,8\n"), ParamsKind::kTotal);
  EXPECT_EQ(kind("8,20,3,10,8\n9,20,3,11,9\n"), ParamsKind::kNonEmbedding);
  EXPECT_EQ(kind("8,20,3,10,8\n10,20,3,10,8\n"), ParamsKind::kAsGiven);
  EXPECT_EQ(kind("10,20,3,10,8\n10,20,3,,\n"), ParamsKind::kAsGiven);
}

TEST(CsvObservations, ReadTheStandardErrorAsRunRecordsNameIt) {
  const auto set =
      ParseObservations("N,D,L,loss_std_error\n1,2,3,0.1\n", "a").set;
  EXPECT_EQ(set.rows[0].loss_std, 0.1);
}

TEST(CsvObservations, HaveANoteOfFewOfManyColumns) {
  std::string header = "N,D,L";
  std::string row = "1,2,3";
  for (int i = 0; i < 3000; ++i) {
    header += ",column " + std::to_string(i);
    row += ",x";
  }
  const auto set = ParseObservations(header + "\n" + row + "\n", "a").set;
  ASSERT_EQ(set.notes.size(), 1U);
  EXPECT_LT(set.notes[0].size(), 400U);
  EXPECT_THAT(set.notes[0], ::testing::EndsWith(" and 2980 more"));
}

TEST(CsvObservations, LeaveOutRunsThatDidNotFinish) {
  const auto set =
      ParseObservations(
          "N,D,L,status\n10,20,3,ok\n10,20,,diverged\n10,20,,failed\n", "a")
          .set;
  EXPECT_EQ(set.rows.size(), 1U);
  EXPECT_THAT(
      set.notes,
      ElementsAre("rows left out by their status: 1 diverged, 1 failed"));
}

TEST(CsvObservations, MayHaveUnitsOfPeople) {
  const auto set =
      ParseObservations("N,D,L,seed\n30M,0.24B,3,0.0\n1.5 k,2T,3,\n", "a").set;
  EXPECT_EQ(set.rows[0].N, 30e6);
  EXPECT_EQ(set.rows[0].D, 0.24e9);
  EXPECT_EQ(set.rows[0].seed, 0);
  EXPECT_EQ(set.rows[1].N, 1500.0);
  EXPECT_EQ(set.rows[1].D, 2e12);
}

TEST(CsvObservations, MayHaveAFactorOfAColumn) {
  const auto set =
      ParseObservations(
          "Params (M),tok*2,L\n30,7,3\n", "a",
          {.columns = {{"params", "Params (M)*1e6"}, {"tokens", "tok*2"}}})
          .set;
  EXPECT_EQ(set.rows[0].N, 30e6);
  EXPECT_EQ(set.rows[0].D, 7.0) << "that is what the column is called";
}

TEST(CsvObservations, MayHaveGroupsOfSeveralColumns) {
  const auto set =
      ParseObservations("N,D,L,model,run\n1,2,3,a,1\n1,2,3,a,2\n1,2,3,b,1\n",
                        "a", {.columns = {{"group", "model,run"}}})
          .set;
  EXPECT_EQ(set.rows[0].group, "a, 1");
  EXPECT_EQ(set.rows[1].group, "a, 2");
  EXPECT_EQ(set.rows[2].group, "b, 1");
}

TEST(CsvObservations, TakeTheOnlyGroupThereIsForNone) {
  const auto set =
      ParseObservations("N,D,L,group\n1,2,3,all\n1,2,3,all\n", "a").set;
  EXPECT_EQ(set.rows[0].group, "");
  EXPECT_THAT(set.notes,
              Contains(HasSubstr("every row is of the group 'all'")));
}

TEST(CsvObservations, GetTheirParametersFromTokensAndFlops) {
  const auto set = ParseObservations("budget_flops,D,L\n600,10,3\n", "a",
                                     {.columns = {{"flops", "budget_flops"}}})
                       .set;
  EXPECT_EQ(set.rows[0].N, 10.0);
  EXPECT_EQ(set.rows[0].C, 600.0);
  EXPECT_THAT(set.notes, Contains(HasSubstr("N = C/(6D)")));
}

TEST(CsvObservations, TakeANameThatIsGivenOverTheOneThatAColumnHas) {
  const auto set = ParseObservations("N,N_no_emb,D,L\n30,24,2,3\n", "a",
                                     {.columns = {{"params_total", "N"}}})
                       .set;
  EXPECT_EQ(set.rows[0].N, 30.0);
  EXPECT_EQ(set.params, ParamsKind::kTotal);
}

TEST(CsvObservations, LeaveOutWhatDidNotFinishBeforeTheyReadIt) {
  const auto set =
      ParseObservations(
          "N,D,L,State\n1,2,3,finished\n1,2,NaN,crashed\nx,,inf,Killed\n"
          "1,2,3,COMPLETED\n,,,running\n1,2,3,crashed\n1,2,3,\n",
          "a")
          .set;
  EXPECT_EQ(set.rows.size(), 3U);
  EXPECT_THAT(set.notes, ElementsAre("rows left out by their status: 1 Killed, "
                                     "2 crashed, 1 running"));
  EXPECT_THAT(set.warnings, IsEmpty());
}

TEST(CsvObservations, WarnOfAStatusThatIsNoKnownWord) {
  const auto set =
      ParseObservations("N,D,L,status\n1,2,3,ok\n1,2,3,purple\n", "a").set;
  EXPECT_EQ(set.rows.size(), 2U);
  EXPECT_THAT(set.warnings, ElementsAre(HasSubstr("1 purple")));
}

TEST(CsvObservations, HaveNoSeedWhereThatSaysNothing) {
  for (const char* nothing : {"", "NA", "nan", "NaN", "None", "null", "<NA>"}) {
    const auto set =
        ParseObservations("N,D,L,seed,weight\n1,2,3," + std::string(nothing) +
                              "," + nothing + "\n",
                          "a")
            .set;
    EXPECT_FALSE(set.rows[0].seed.has_value()) << nothing;
    EXPECT_EQ(set.rows[0].weight, 1.0) << nothing;
  }
}

TEST(CsvObservations, MayBeginWithALineThatNamesTheSeparator) {
  const auto set = ParseObservations("sep=,\nN,D,L\n1,2,3\n", "a").set;
  EXPECT_EQ(set.rows[0].L, 3.0);
}

/// A row whose loss is fitted in bits per byte.
LabelledObservations InBitsPerByte(const std::string& text,
                                   TableLoss unit = TableLoss::kNats) {
  const TableOptions options{.loss = {.unit = unit, .in_bits_per_byte = true}};
  return ParseObservations(text, "a", options);
}

TEST(CsvObservations, AreFittedInBitsPerByteWhereThatIsWanted) {
  const auto of_nats =
      InBitsPerByte("N,D,L,loss_std,bytes_per_token\n1,2,3,0.1,4\n").set;
  EXPECT_EQ(of_nats.loss_unit, LossUnit::kBitsPerByte);
  EXPECT_NEAR(of_nats.rows[0].L, 3.0 / (4.0 * std::log(2.0)), 1e-12);
  EXPECT_NEAR(*of_nats.rows[0].loss_std, 0.1 / (4.0 * std::log(2.0)), 1e-12);
  const auto of_perplexity = InBitsPerByte(
      "N,D,L,loss_std,bytes_per_token\n1,2,20,0.1,4\n", TableLoss::kPerplexity);
  EXPECT_NEAR(of_perplexity.set.rows[0].L,
              std::log(20.0) / (4.0 * std::log(2.0)), 1e-12);
  EXPECT_NEAR(*of_perplexity.set.rows[0].loss_std,
              0.1 / 20.0 / (4.0 * std::log(2.0)), 1e-12);
}

TEST(CsvObservations, InBitsPerByteAreFittedAsTheyAre) {
  const auto set =
      InBitsPerByte("N,D,L,loss_unit\n1,2,0.9,bits_per_byte\n").set;
  EXPECT_EQ(set.rows[0].L, 0.9);
  EXPECT_EQ(set.loss_unit, LossUnit::kBitsPerByte);
  EXPECT_THAT(set.notes, IsEmpty());
}

TEST(CsvObservations, TakeTheBytesOfATokenFromTheirOwnRow) {
  const auto set =
      InBitsPerByte("N,D,L,bytes_per_token\n1,2,3,4\n1,3,3,2\n").set;
  EXPECT_NEAR(set.rows[1].L, 2.0 * set.rows[0].L, 1e-12);
  const auto nats = ParseObservations(
                        "N,D,L,loss_unit,bytes_per_token\n"
                        "1,2,1,bits_per_byte,4\n",
                        "a")
                        .set;
  EXPECT_NEAR(nats.rows[0].L, 4.0 * std::log(2.0), 1e-12);
}

TEST(CsvObservations, InBitsPerByteNeedTheBytesOfAToken) {
  EXPECT_ERROR(InBitsPerByte("N,D,L\n1,2,3\n"),
               "--bytes-per-token: must be given");
  EXPECT_ERROR(InBitsPerByte("N,D,L,loss_unit\n1,2,3,nats\n"),
               "a:2: bits per byte need the bytes of a token");
  EXPECT_ERROR(InBitsPerByte("N,D,L,bytes_per_token\n1,2,3,4\n1,3,3,\n"),
               "a:3: bits per byte need the bytes of a token");
  EXPECT_ERROR(InBitsPerByte("N,D,L,bytes_per_token\n1,2,3,0\n"),
               "column 'bytes_per_token': must be a finite number above 0");
  EXPECT_ERROR(
      InBitsPerByte("N,D,L,loss_unit,bytes_per_token\n1,2,3,squared_error,4\n"),
      "squared errors are of no text");
}

TEST(CsvObservations, AreFittedInNatsWhateverTheirUnit) {
  const auto fitted = [](const std::string& unit, double loss) {
    const TableOptions options{
        .loss = {.unit = *FromName<TableLoss>(unit), .bytes_per_token = 4.0}};
    return ParseObservations(
               "N,D,L,loss_std\n1,2," + std::to_string(loss) + ",0.1\n", "a",
               options)
        .set.rows[0];
  };
  EXPECT_NEAR(fitted("nats", 3.0).L, 3.0, 1e-12);
  EXPECT_NEAR(fitted("bits", 3.0).L, 3.0 * std::log(2.0), 1e-12);
  EXPECT_NEAR(fitted("bits_per_byte", 1.0).L, 4.0 * std::log(2.0), 1e-12);
  EXPECT_NEAR(fitted("perplexity", 20.0).L, std::log(20.0), 1e-12);
  EXPECT_NEAR(*fitted("perplexity", 20.0).loss_std, 0.1 / 20.0, 1e-12);
  EXPECT_NEAR(*fitted("bits", 3.0).loss_std, 0.1 * std::log(2.0), 1e-12);
}

TEST(CsvObservations, MayNameTheUnitOfEveryLoss) {
  const auto set =
      ParseObservations("N,D,L,loss_unit\n1,2,3,nats\n1,2,20,perplexity\n", "a")
          .set;
  EXPECT_NEAR(set.rows[1].L, std::log(20.0), 1e-12);
  EXPECT_THAT(set.notes, ElementsAre("losses given as perplexity are fitted in "
                                     "nats per token"));
}

TEST(CsvObservations, NeedTheBytesOfATokenForBitsPerByte) {
  EXPECT_ERROR(ParseObservations("N,D,L\n1,2,1\n", "a",
                                 {.loss = {.unit = TableLoss::kBitsPerByte}}),
               "--bytes-per-token: must be given");
}

TEST(CsvObservations, KeepWhatElseTheRowsDifferIn) {
  const auto set =
      ParseObservations("N,lr,D,L\n1,.1,2,3\n1,.2,2,3\n1,.1,2,3\n", "a").set;
  ASSERT_EQ(set.settings.size(), 1U);
  EXPECT_EQ(set.settings[0].name, "lr");
  EXPECT_THAT(set.settings[0].values, ElementsAre(".1", ".2"));
  EXPECT_THAT(set.rows[2].settings, ElementsAre(0));
  EXPECT_EQ(set.rows[2].line, 4);
}

constexpr const char* kRates =
    "N,D,L,lr,batch,seed\n"
    "1,2,3.1,a,x,0\n1,2,3.3,a,x,1\n"  // mean 3.2
    "1,2,3.0,b,x,0\n1,2,3.5,b,x,1\n"  // mean 3.25, with the lowest run
    "1,4,2.9,a,x,0\n1,4,2.8,b,y,0\n";

TEST(BestOf, IsTheSettingOfTheLowestMeanOfItsSeeds) {
  const auto set =
      ParseObservations(kRates, "a", {.best_of = {"lr", "batch"}}).set;
  ASSERT_EQ(set.rows.size(), 3U);
  EXPECT_EQ(set.rows[0].L, 3.1);
  EXPECT_EQ(set.rows[1].L, 3.3);
  EXPECT_EQ(set.rows[2].L, 2.8);
  EXPECT_THAT(set.notes, ElementsAre(HasSubstr("3 of 6 rows")));
}

TEST(BestOf, IsFoundForEachLabelAlone) {
  const auto read =
      ParseObservations(kRates, "a", {.label = "batch", .best_of = {"lr"}});
  EXPECT_THAT(read.labels, ElementsAre("x", "x", "x", "y"));
}

TEST(BestOf, NamesTheSettingsThatThereAre) {
  EXPECT_ERROR(ParseObservations(kRates, "a", {.best_of = {"lrs"}}),
               "--best-of: a has no setting 'lrs' (did you mean 'lr'?)");
}

TEST(JsonArrayObservations, AreReadByKey) {
  const auto set = ParseObservations(
                       "[\n {\"N\": 1, \"D\": 2, \"L\": 3},\n"
                       " {\"N\": \"30M\", \"D\": 2.0, \"L\": 4}\n]\n",
                       "runs.json")
                       .set;
  ASSERT_EQ(set.rows.size(), 2U);
  EXPECT_EQ(set.rows[1].N, 30e6);
  EXPECT_EQ(set.rows[1].line, 2);
}

TEST(JsonLinesObservations, MayHoldWhatPythonWritesForNoNumber) {
  const auto set =
      ParseObservations(
          "{\"N\":1,\"D\":2,\"L\":3,\"seed\":NaN,\"of\":\"a \\\" NaN\"}\n"
          "{\"N\":1,\"D\":2,\"L\":Infinity,\"status\":\"diverged\"}\n",
          "runs.jsonl")
          .set;
  ASSERT_EQ(set.rows.size(), 1U);
  EXPECT_FALSE(set.rows[0].seed.has_value());
  EXPECT_THAT(set.settings[0].values, ElementsAre("a \" NaN"));
}

TEST(JsonLinesObservations, AreReadByKey) {
  const auto set =
      ParseObservations(
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
  const auto set = ParseObservations(
                       "\xEF\xBB\xBF{\"N\":1,\"D\":2,\"L\":3}\r\n{\"N\":1,"
                       "\"D\":2,\"L\":3}\r\n",
                       "a")
                       .set;
  EXPECT_EQ(set.rows.size(), 2U);
}

TEST(JsonLinesObservations, KeepALabelWhenAskedTo) {
  const auto read = ParseObservations(
      "{\"N\":1,\"D\":2,\"L\":3,\"wd\":0.1}\n"
      "{\"N\":1,\"D\":2,\"L\":3,\"wd\":\"none\"}\n",
      "a", {.label = "wd"});
  EXPECT_THAT(read.labels, ElementsAre("0.1", "none"));
  EXPECT_THAT(read.set.notes, IsEmpty());
}

TEST(JsonLinesObservations, MayHaveNoGroup) {
  const auto set =
      ParseObservations("{\"N\":1,\"D\":2,\"L\":3,\"group\":null}", "a").set;
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
    const auto set = ReadObservations(
        dir.Write("a.csv", csv),
        {.choice = {.where = {ParseRowCondition("config=a")}}});
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
