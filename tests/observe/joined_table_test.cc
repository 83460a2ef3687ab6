#include "analysis/observe/joined_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "analysis/observe/observation_reader.h"
#include "analysis/observe/sweep_observations.h"
#include "tests/support/expect_error.h"
#include "tests/support/tiny_sweep.h"

namespace isoflop {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

RecordTable Table(const std::string& source, const std::string& text) {
  RowProblems problems(source);
  RecordTable table = ParseRecords(text, source, &problems);
  problems.ThrowIfAny();
  return table;
}

LabelledObservations Read(const std::vector<RecordTable>& tables,
                          const TableOptions& options = {}) {
  return JoinedObservations(JoinedTable(tables, options.columns), options);
}

std::vector<double> LossesOf(const ObservationSet& set) {
  return ValuesOf(set.rows, &Observation::L);
}

const char kA[] =
    "params,tokens,loss,lr\n"
    "1e6,1e8,4,0.1\n"
    "1e7,1e8,3.5,0.1\n";
const char kB[] =
    "N,D,L,opt\n"
    "1e6,1e9,3.75,adam\n"
    "1e7,1e9,3.25,sgd\n";

TEST(JoinedTable, HasTheRowsOfAllTablesByOneNameEach) {
  const auto read = Read({Table("a.csv", kA), Table("b.csv", kB)});
  EXPECT_THAT(LossesOf(read.set), ElementsAre(4, 3.5, 3.75, 3.25));
  EXPECT_EQ(read.set.source, "a.csv, b.csv");
  EXPECT_EQ(read.set.rows[2].N, 1e6);
  EXPECT_EQ(read.set.rows[2].D, 1e9);
  for (const Observation& o : read.set.rows) EXPECT_EQ(o.line, 0);
}

TEST(JoinedTable, NamesTheInputOfARowForWhereAndBy) {
  TableOptions options;
  options.choice.where = {ParseRowCondition("source=b.csv")};
  options.label = "source";
  const auto read = Read({Table("a.csv", kA), Table("b.csv", kB)}, options);
  EXPECT_THAT(LossesOf(read.set), ElementsAre(3.75, 3.25));
  EXPECT_THAT(read.labels, ElementsAre("b.csv", "b.csv"));
}

TEST(JoinedTable, LetsConditionsNameAColumnOfOneTable) {
  TableOptions options;
  options.choice.where = {ParseRowCondition("opt!=sgd")};
  EXPECT_THAT(
      LossesOf(Read({Table("a.csv", kA), Table("b.csv", kB)}, options).set),
      ElementsAre(4, 3.5, 3.75));
  options.choice.where = {ParseRowCondition("lr=0.1")};
  EXPECT_THAT(
      LossesOf(Read({Table("a.csv", kA), Table("b.csv", kB)}, options).set),
      ElementsAre(4, 3.5));
}

TEST(JoinedTable, TakesGivenColumnsAndFactorsWhereTheyAre) {
  TableOptions options;
  options.columns = {ParseColumnName("params=Size (M)*1e6")};
  const auto read =
      Read({Table("a.csv", kA), Table("c.csv",
                                      "Size (M),tokens,loss\n2,1e8,3.9\n"
                                      "20,1e8,3.4\n")},
           options);
  EXPECT_EQ(read.set.rows[0].N, 1e6);
  EXPECT_EQ(read.set.rows[2].N, 2e6);
  EXPECT_EQ(read.set.rows[3].N, 2e7);
}

TEST(JoinedTable, KeepsGroupsOfDifferentTablesApart) {
  const std::string text = "params,tokens,loss,group\n";
  const auto read =
      Read({Table("a.csv", text + "1e6,1e8,4,1\n1e6,2e8,3.9,1\n1e7,2e8,3,2\n"),
            Table("b.csv", text + "1e6,4e8,3.8,1\n")});
  std::set<std::string> groups;
  for (const Observation& o : read.set.rows) groups.insert(o.group);
  EXPECT_THAT(groups, UnorderedElementsAre("a.csv: 1", "a.csv: 2", "b.csv: 1"));
}

TEST(JoinedTable, ConvertsLossesThatSayTheirUnit) {
  const auto read =
      Read({Table("a.csv", kA), Table("b.csv",
                                      "params,tokens,loss,loss_unit\n"
                                      "1e6,1e9,4,bits\n")});
  EXPECT_DOUBLE_EQ(read.set.rows[2].L, 4.0 * std::log(2.0));
}

TEST(JoinedTable, RefusesLossesOfDifferentKinds) {
  EXPECT_ERROR(Read({Table("a.csv", kA), Table("b.csv",
                                               "params,tokens,loss,loss_unit\n"
                                               "1e6,1e9,4,squared_error\n")}),
               "a.csv, b.csv: losses are in nats in some rows and squared "
               "errors in others");
}

TEST(JoinedTable, SaysWhatIsWrongOfEveryTableAtOnce) {
  const auto bad = [] {
    JoinedTable({Table("a.csv", "params,loss\n1,2\n"), Table("b.csv", kB),
                 Table("c.csv", "source,params,tokens,loss\nx,1,2,3\n")},
                {});
  };
  EXPECT_ERROR(bad(), "a.csv:1: no column 'tokens'");
  EXPECT_ERROR(bad(), "c.csv: has a column 'source'");
}

TEST(JoinedTable, NamesTheFileAndTheLineOfABadCell) {
  const auto bad = [] {
    Read({Table("a.csv", std::string(kA) + "1e6,1e8,-1,0.1\n"),
          Table("b.csv", std::string(kB) + "x,1e9,3,adam\n")});
  };
  EXPECT_ERROR(bad(), "a.csv:4: ");
  EXPECT_ERROR(bad(), "b.csv:4: ");
}

TEST(JoinedTable, RefusesAColumnThatNoTableHas) {
  EXPECT_ERROR(JoinedTable({Table("a.csv", kA), Table("b.csv", kB)},
                           {ParseColumnName("params=Size")}),
               "no input has a column 'Size' (params)");
}

TEST(JoinedTable, RefusesARunThatIsInTwoInputs) {
  const std::string text = "id,params,tokens,loss\n";
  EXPECT_ERROR(Read({Table("a.csv", text + "r1,1e6,1e8,4\nr2,1e7,1e8,3\n"),
                     Table("b.csv", text + "r2,1e7,1e8,2.9\n")}),
               "run of id r2: in a.csv and in b.csv");
  EXPECT_ERROR(
      Read({Table("a.csv", kA), Table("b.csv", "N,D,L\n10M,100000000,3.50\n")}),
      "params 10000000, tokens 100000000, loss 3.5");
}

TEST(JoinedTable, TakesARunAgainThatDidNotFinishOrIsLeftOut) {
  const std::string text = "id,status,params,tokens,loss\n";
  const std::vector<RecordTable> tables = {
      Table("a.csv", text + "r1,ok,1e6,1e8,4\nr2,failed,1e7,1e8,3\n"),
      Table("b.csv", text + "r2,ok,1e7,1e8,2.9\n")};
  EXPECT_THAT(LossesOf(Read(tables).set), ElementsAre(4, 2.9));
  TableOptions options;
  options.choice.where = {ParseRowCondition("source=a.csv")};
  const std::vector<RecordTable> same = {Table("a.csv", kA),
                                         Table("b.csv", kA)};
  EXPECT_ERROR(Read(same), "in a.csv and in b.csv");
  EXPECT_EQ(Read(same, options).set.rows.size(), 2U);
}

TEST(JoinedTable, RefusesTwoCountsOfN) {
  const std::vector<RecordTable> tables = {
      Table("a.csv",
            "params,tokens,loss,params_total,params_non_embedding\n"
            "5,1e8,4,5,3\n"),
      Table("b.csv",
            "params,tokens,loss,params_total,params_non_embedding\n"
            "3,2e8,4,5,3\n")};
  EXPECT_ERROR(Read(tables),
               "N counts total parameters in a.csv, and non-embedding ones in "
               "b.csv: say which with --params total");
  TableOptions options;
  options.counts_anew = true;
  const ObservationSet total =
      WithParams(Read(tables, options).set, ParamsKind::kTotal);
  EXPECT_EQ(total.rows[0].N, 5.0);
  EXPECT_EQ(total.rows[1].N, 5.0);
}

TEST(JoinedTable, SaysWhereACountIsTakenForGranted) {
  const auto read = Read({Table("a.csv",
                                "params_non_embedding,tokens,loss\n"
                                "3,1e8,4\n"),
                          Table("b.csv", kA)});
  EXPECT_THAT(read.set.notes,
              testing::Contains(HasSubstr("b.csv does not say what N counts: "
                                          "it is taken to be non-embedding, as "
                                          "in a.csv")));
}

/// A sweep of two learning rates, with a result for every run.
struct VariedSweep {
  VariedSweep() {
    Json file = TinySweepFile();
    file["training"]["peak_lr"] = 0.01;
    file["vary"] = {{"training.peak_lr", {0.01, 0.02}}};
    spec = file;
    plan = MakePlan(ParseSweep(file, "tiny.json"));
    for (const RunGroup& group : plan.groups) {
      for (const PlannedRun& run : group.runs) {
        results.push_back(ResultFor(group, run));
        results.back().loss = 3.0 + 1e-3 * static_cast<double>(results.size());
      }
    }
  }

  RecordTable TableOf(const std::vector<std::string>& open) {
    return SweepTable("out", plan, results, spec, open, &notes);
  }

  Json spec;
  Plan plan;
  std::vector<RunResult> results;
  std::vector<std::string> notes;
};

TEST(SweepTable, HasTheRunsOfTheSweepsOwnSettings) {
  VariedSweep sweep;
  const RecordTable table = sweep.TableOf({});
  EXPECT_EQ(table.rows.size(), sweep.results.size() / 2);
  EXPECT_THAT(sweep.notes,
              ElementsAre(HasSubstr("out: 4 runs of other variants than the "
                                    "sweep's own are left out; --where chooses "
                                    "others, by training.peak_lr")));
}

TEST(SweepTable, HasEveryVariantOfAnOpenAxis) {
  VariedSweep sweep;
  const RecordTable table = sweep.TableOf({"training.peak_lr"});
  EXPECT_EQ(table.rows.size(), sweep.results.size());
  EXPECT_EQ(table.columns.back(), "training.peak_lr");
  EXPECT_TRUE(sweep.notes.empty());
}

TEST(SweepTable, IsReadBackAsTheSameObservations) {
  VariedSweep sweep;
  sweep.results[0].status = RunStatus::kFailed;
  sweep.results[0].loss.reset();
  const auto read = Read({sweep.TableOf({}), Table("a.csv", kA)});
  const ObservationSet own =
      SweepObservations(sweep.plan, sweep.results, sweep.spec);
  ASSERT_EQ(read.set.rows.size(), own.rows.size() + 2);
  for (std::size_t i = 0; i < own.rows.size(); ++i) {
    EXPECT_EQ(read.set.rows[i].N, own.rows[i].N);
    EXPECT_EQ(read.set.rows[i].D, own.rows[i].D);
    EXPECT_EQ(read.set.rows[i].L, own.rows[i].L);
    EXPECT_EQ(read.set.rows[i].C, own.rows[i].C);
    EXPECT_EQ(read.set.rows[i].seed, own.rows[i].seed);
    EXPECT_EQ(read.set.rows[i].group, own.rows[i].group);
  }
}

}  // namespace
}  // namespace isoflop
