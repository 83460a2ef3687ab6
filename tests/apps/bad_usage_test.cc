#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>

#include "tests/apps/command.h"
#include "tests/apps/tables.h"

namespace isoflop {
namespace {

using testing::HasSubstr;

struct BadUsage {
  const char* arguments;
  const char* fragment;  // of what is printed
};

void PrintTo(const BadUsage& usage, std::ostream* out) {
  *out << "isoflop " << usage.arguments;
}

class BadUsageTest : public testing::TestWithParam<BadUsage> {};

TEST_P(BadUsageTest, ExitsWithTwoAndSaysWhy) {
  const TempDir dir;
  dir.Write("runs.csv", NoiseFreeCsv());
  dir.Write("bad.csv", "N,D,L\n1e6,1e8,3.5\n1e6,-5,3.4\n");
  dir.Write("sweep.json", R"({"schema": "isoflop.sweep/1", "name": "x",
    "data": {"kind": "lexicn"}, "grid": {"sizes": [{"d_model": 8}]}})");
  dir.Write("fit.json", "{\"schema\": \"isoflop.fit/9\"}");
  const Outcome outcome = Isoflop(dir, GetParam().arguments);
  EXPECT_EQ(outcome.status, 2) << outcome.out << outcome.err;
  EXPECT_THAT(outcome.out + outcome.err, HasSubstr(GetParam().fragment));
}

INSTANTIATE_TEST_SUITE_P(
    Commands, BadUsageTest,
    testing::Values(
        BadUsage{"", "subcommand"}, BadUsage{"train x", "subcommand"},
        BadUsage{"plan", "sweep is required"},
        BadUsage{"plan none.json", "none.json: cannot read"},
        BadUsage{"plan sweep.json", "did you mean 'lexicon'"},
        BadUsage{"sweep sweep.json -o out", "data.kind"},
        BadUsage{"sweep sweep.json --executor slurn", "executor"},
        BadUsage{"status none", "none"}, BadUsage{"export none", "none"},
        BadUsage{"export . --format xml", "xml"},
        BadUsage{"fit none.csv", "none.csv"},
        BadUsage{"fit bad.csv", "bad.csv:3"},
        BadUsage{"fit .", "sweep directory"},
        BadUsage{"fit . --column params=N", "--column"},
        BadUsage{"fit runs.csv --column params", "--column"},
        BadUsage{"fit runs.csv --column size=N", "size"},
        BadUsage{"fit runs.csv --laws chinchila", "did you mean 'chinchilla'"},
        BadUsage{"fit runs.csv --params none", "--params"},
        BadUsage{"fit runs.csv --params total", "total"},
        BadUsage{"fit runs.csv --loss hubr", "did you mean 'huber'"},
        BadUsage{"fit runs.csv --delta -1", "--delta"},
        BadUsage{"fit runs.csv --residual linear", "--residual"},
        BadUsage{"fit runs.csv --bootstrap -3", "--bootstrap"},
        BadUsage{"fit runs.csv --bootstrap many", "many"},
        BadUsage{"fit runs.csv --bootstrap 1", "must be 0 or at least 40"},
        BadUsage{"fit runs.csv --bootstrap 39", "got 39"},
        BadUsage{"fit runs.csv --fix E", "must be NAME=VALUE"},
        BadUsage{"fit runs.csv --fix E=low", "got \"E=low\""},
        BadUsage{"fit runs.csv --fix E=1.7nats", "got \"E=1.7nats\""},
        BadUsage{"fit runs.csv --fix E=-1", "E must be 0 or more, got -1"},
        BadUsage{"fit runs.csv --fix Alpha=.3", "did you mean 'alpha'"},
        BadUsage{"fit runs.csv --fix E=1 --fix E=2", "E is given twice"},
        BadUsage{"fit runs.csv --weights loss_sdt", "did you mean 'loss_std'"},
        BadUsage{"fit runs.csv --weights loss_std", "observation 1"},
        BadUsage{"fit runs.csv --bootstrap-unit seed", "--bootstrap-unit"},
        BadUsage{"fit runs.csv --drop-largest-loss 99", "--drop-largest-loss"},
        BadUsage{"fit runs.csv --holdout-above -1", "--holdout-above"},
        BadUsage{"fit runs.csv --flops 0", "--flops"},
        BadUsage{"allocate fit.json", "--flops is required"},
        BadUsage{"allocate fit.json --flops 0", "--flops"},
        BadUsage{"allocate fit.json --flops 1e20", "isoflop.fit/1"},
        BadUsage{"allocate runs.csv --flops 1e20", "runs.csv"},
        BadUsage{"allocate none.json --flops 1e20", "none.json"}));

}  // namespace
}  // namespace isoflop
