#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <ostream>
#include <string>
#include <string_view>

#include "tests/apps/command.h"
#include "tests/apps/tables.h"
#include "tests/support/scoped_env.h"

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

constexpr const char* kGoodSweep = R"({
  "schema": "isoflop.sweep/1", "name": "good",
  "data": {"kind": "lexicon", "words": 64, "eval_tokens": 256},
  "model": {"context": 16, "head_size": 8},
  "grid": {"sizes": [{"d_model": 8, "layers": 1}], "tokens": [8192]},
  "training": {"batch_tokens": 64, "schedule": {"warmup_steps": 4}}})";

/// What a user may name by mistake.
void WriteOddities(const TempDir& dir) {
  dir.Write("good.json", kGoodSweep);
  dir.Write("law.json", R"({"schema": "isoflop.fit/1", "chinchilla": {
    "estimate": {"E": 1.69, "A": 406.4, "B": 410.7, "alpha": 0.34,
                 "beta": 0.28}}})");
  std::string no_kind = kGoodSweep;
  no_kind.replace(no_kind.find("\"kind\": \"lexicon\", "), 19, "");
  dir.Write("nokind.json", no_kind);
  dir.Write("empty.json", "");
  dir.Write("binary.json", std::string_view("\x7f"
                                            "ELF\0\xff\xfe",
                                            7));
  dir.Write("huge.json", R"({"schema": "isoflop.sweep/1", "seeds": [1e999]})");
  dir.Write("nan.json", R"({"schema": "isoflop.sweep/1", "seeds": [NaN]})");
  for (const char* folder : {"folder", "exp", "torn", "later"}) {
    std::filesystem::create_directory(dir / folder);
  }
  dir.Write("folder/thesis.tex", "text");
  dir.Write("exp/sweep.json", kGoodSweep);
  dir.Write("torn/plan.json", R"({"schema": "isoflop.plan/1", )");
  dir.Write("later/plan.json", R"({"schema": "isoflop.plan/2"})");
  std::filesystem::create_symlink("loop", dir / "loop");
  ::mkfifo((dir / "pipe").c_str(), 0600);
}

class BadUsageTest : public testing::TestWithParam<BadUsage> {};

TEST_P(BadUsageTest, ExitsWithTwoAndSaysWhy) {
  const TempDir dir;
  dir.Write("runs.csv", NoiseFreeCsv());
  dir.Write("bad.csv", "N,D,L\n1e6,1e8,3.5\n1e6,-5,3.4\n");
  dir.Write("sweep.json", R"({"schema": "isoflop.sweep/1", "name": "x",
    "data": {"kind": "lexicn"}, "grid": {"sizes": [{"d_model": 8}]}})");
  dir.Write("newer.json", "{\"schema\": \"isoflop.fit/9\"}");
  WriteOddities(dir);
  const Outcome outcome = Isoflop(dir, GetParam().arguments);
  EXPECT_EQ(outcome.status, 2) << outcome.out << outcome.err;
  EXPECT_THAT(outcome.out + outcome.err, HasSubstr(GetParam().fragment));
}

const char kFake[] = " --worker " ISOFLOP_FAKE_WORKER;

INSTANTIATE_TEST_SUITE_P(
    Plan, BadUsageTest,
    testing::Values(
        BadUsage{"plan ''", "\"\": cannot read"},
        BadUsage{"plan folder", "folder: cannot read: Is a directory"},
        BadUsage{"plan loop", "loop: cannot read"},
        BadUsage{"plan good.json/x", "good.json/x: cannot read: Not a dir"},
        BadUsage{"plan empty.json", "empty.json: not valid JSON"},
        BadUsage{"plan binary.json", "binary.json: not valid JSON"},
        BadUsage{"plan runs.csv", "runs.csv: not valid JSON"},
        BadUsage{"plan huge.json", "huge.json: not valid JSON"},
        BadUsage{"plan nan.json", "nan.json: not valid JSON"},
        BadUsage{"plan pipe", "pipe: is a pipe that nobody writes to"},
        BadUsage{"plan /dev/zero", "/dev/zero: is no regular file"},
        BadUsage{"plan \"$(printf '\\377')\"", "argument 2: must be UTF-8"},
        BadUsage{"plan good.json other.json", "other.json"},
        BadUsage{"plan good.json --jsno", "--jsno"},
        BadUsage{"plan good.json --data folder", "lexicon reads no files"},
        BadUsage{"plan nokind.json --data folder", "lexicon reads no files"},
        BadUsage{"swep good.json", "\"swep\" (did you mean 'sweep'?)"},
        BadUsage{"bench --data folder", "--data requires --sweep"},
        BadUsage{"bench --sweep good.json --data folder", "reads no files"},
        BadUsage{"reports out", "there is no command \"reports\""},
        BadUsage{"''", "there is no command \"\""},
        BadUsage{"plan good.json --jobs 0", "--jobs"},
        BadUsage{"plan good.json --jobs -1", "--jobs"},
        BadUsage{"plan good.json --jobs 1e999", "--jobs"},
        BadUsage{"plan good.json --jobs 99999999999999999999", "--jobs"},
        BadUsage{"plan good.json --worker none", "--worker: none: is not"},
        BadUsage{"plan good.json --worker folder", "--worker: folder: is not"},
        BadUsage{"plan good.json --worker runs.csv", "--worker: runs.csv: is"},
        BadUsage{
            "plan good.json --devices cuda:9 --worker " ISOFLOP_FAKE_WORKER,
            "there is no device \"cuda:9\" here"},
        BadUsage{"plan good.json --devices '' --worker " ISOFLOP_FAKE_WORKER,
                 "there is no device \"\" here"}));

INSTANTIATE_TEST_SUITE_P(
    Sweep, BadUsageTest,
    testing::Values(
        BadUsage{"sweep", "sweep is required"},
        BadUsage{"sweep folder", "folder: cannot read"},
        BadUsage{"sweep empty.json", "empty.json: not valid JSON"},
        BadUsage{"sweep good.json -o runs.csv", "runs.csv: is not a directory"},
        BadUsage{"sweep good.json -o pipe", "pipe: is not a directory"},
        BadUsage{"sweep good.json -o folder", "it holds thesis.tex"},
        BadUsage{"sweep exp/sweep.json -o exp", "exp/sweep.json: is there"},
        BadUsage{"sweep good.json -o loop", "loop: cannot be used"},
        BadUsage{"sweep good.json -o /proc/x --worker " ISOFLOP_FAKE_WORKER,
                 "/proc/x: cannot create"},
        BadUsage{"sweep good.json -o later", "got \"isoflop.plan/2\""},
        BadUsage{"sweep good.json -o", "-o"},
        BadUsage{"sweep good.json --jobs 0", "--jobs"},
        BadUsage{"sweep good.json --jobs 2.5", "--jobs"},
        BadUsage{"sweep good.json --jobs many", "many"},
        BadUsage{"sweep good.json --retry-failed=perhaps", "--retry-failed"},
        BadUsage{"sweep good.json --fitt", "--fitt"},
        BadUsage{"sweep good.json -o new --worker none", "--worker: none"},
        BadUsage{"sweep good.json -o new --worker /bin/false", "probe: exited"},
        BadUsage{"sweep good.json -o new --worker /bin/echo", "probe: not val"},
        BadUsage{"sweep good.json -o new --devices tpu "
                 "--worker " ISOFLOP_FAKE_WORKER,
                 "there is no device \"tpu\" here"}));

INSTANTIATE_TEST_SUITE_P(
    Status, BadUsageTest,
    testing::Values(BadUsage{"status", "dir is required"},
                    BadUsage{"status ''", "is not a sweep directory"},
                    BadUsage{"status folder", "is not a sweep directory"},
                    BadUsage{"status runs.csv", "is not a sweep directory"},
                    BadUsage{"status pipe", "is not a sweep directory"},
                    BadUsage{"status loop", "loop/plan.json: cannot read"},
                    BadUsage{"status torn", "torn/plan.json: not valid JSON"},
                    BadUsage{"status later --json", "got \"isoflop.plan/2\""},
                    BadUsage{"status folder --wach", "--wach"}));

INSTANTIATE_TEST_SUITE_P(
    Export, BadUsageTest,
    testing::Values(BadUsage{"export", "dir is required"},
                    BadUsage{"export folder", "is not a sweep directory"},
                    BadUsage{"export loop", "loop/plan.json: cannot read"},
                    BadUsage{"export torn", "torn/plan.json: not valid JSON"},
                    BadUsage{"export later", "got \"isoflop.plan/2\""},
                    BadUsage{"export folder --format", "--format"},
                    BadUsage{"export folder --format CSV", "CSV"},
                    BadUsage{"fit loop", "loop: cannot read"},
                    BadUsage{"fit pipe", "pipe: is a pipe"}));

/// A finished sweep in "out", to be asked about in wrong ways.
class BadOutput : public testing::Test {
 protected:
  void SetUp() override {
    WriteOddities(dir_);
    const Outcome sweep =
        Isoflop(dir_, std::string("sweep good.json -o out") + kFake);
    ASSERT_EQ(sweep.status, 0) << sweep.err;
  }

  void ExpectRefused(const std::string& arguments,
                     const std::string& fragment) const {
    const Outcome outcome = Isoflop(dir_, arguments);
    EXPECT_EQ(outcome.status, 2) << arguments << outcome.out;
    EXPECT_THAT(outcome.err, HasSubstr(fragment));
  }

  TempDir dir_;
};

TEST_F(BadOutput, NeverTakesThePlaceOfWhatIsNoFile) {
  ExpectRefused("export out -o folder", "folder: cannot replace: it is a dir");
  ExpectRefused("export out -o pipe", "pipe: cannot replace: it is a device");
  ExpectRefused("export out -o none/a", "none/a: cannot write: No such file");
  ExpectRefused("export out -o loop", "loop: cannot");
  ExpectRefused("export out -o /proc/a", "/proc/a: cannot write");
  EXPECT_TRUE(std::filesystem::is_fifo(dir_ / "pipe"));
  EXPECT_TRUE(std::filesystem::exists(dir_ / "folder/thesis.tex"));
}

/// What asks a worker asks the fake one.
std::string WithFake(const std::string& command) {
  return command.starts_with("plan good") ? command + kFake : command;
}

TEST_F(BadOutput, EndsWithOneWhenItDoesNotFit) {
  for (const char* command :
       {"plan good.json", "plan good.json --json", "status out",
        "status out --json", "export out", "export out --format csv",
        "--version", "plan --help"}) {
    const Outcome outcome = Isoflop(dir_, WithFake(command) + " >/dev/full");
    EXPECT_EQ(outcome.status, 1) << command;
    EXPECT_THAT(outcome.err,
                HasSubstr("standard output: cannot write: No space left"))
        << command;
    EXPECT_EQ(outcome.err.find("internal error"), std::string::npos) << command;
  }
}

TEST_F(BadOutput, MayBeCutShortByWhoReadsIt) {
  for (const char* command : {"plan good.json", "export out", "status out"}) {
    const Outcome outcome = Isoflop(dir_, WithFake(command) + " | head -1");
    EXPECT_FALSE(outcome.out.empty()) << command;
    EXPECT_EQ(outcome.err, "") << command;
  }
}

TEST_F(BadOutput, IsTheSameInANarrowTerminalAndWithoutColour) {
  const std::string plain = Isoflop(dir_, "status out").out;
  const ScopedEnv columns("COLUMNS", "20");
  const ScopedEnv no_color("NO_COLOR", "1");
  EXPECT_EQ(Isoflop(dir_, "status out").out, plain);
  EXPECT_EQ(plain.find('\x1b'), std::string::npos);
}

TEST_F(BadOutput, IsNoReasonToTrainARunAgainThatCannotBeRead) {
  const std::filesystem::path runs = dir_ / "out/runs";
  const auto run = std::filesystem::directory_iterator(runs)->path();
  const std::string result = ReadFile(run / "result.json");
  std::filesystem::rename(run / "result.json", run / "kept.json");
  std::filesystem::create_symlink("result.json", run / "result.json");
  ExpectRefused(std::string("sweep good.json -o out") + kFake, "result.json");
  ExpectRefused("status out", "result.json: cannot read");
  ExpectRefused("export out", "result.json: cannot read");
  EXPECT_EQ(ReadFile(run / "kept.json"), result);
}

INSTANTIATE_TEST_SUITE_P(
    Commands, BadUsageTest,
    testing::Values(
        BadUsage{"", "subcommand"}, BadUsage{"train x", "there is no command"},
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
        BadUsage{"fit exp/sweep.json", "is one JSON document (\"schema\""},
        BadUsage{"fit . --column params=N", "--column"},
        BadUsage{"fit runs.csv --column params", "--column"},
        BadUsage{"fit runs.csv --column size=N", "size"},
        BadUsage{"fit runs.csv --laws chinchila", "did you mean 'chinchilla'"},
        BadUsage{"fit runs.csv --laws all,power", "--laws"},
        BadUsage{"fit runs.csv --laws powr", "did you mean 'power'"},
        BadUsage{"fit runs.csv --laws overtraining --fix eta", "NAME=VALUE"},
        BadUsage{"fit runs.csv --laws overtraining --fix eta=x", "NAME=VALUE"},
        BadUsage{"fit runs.csv --laws overtraining --fix eta=0", "above 0"},
        BadUsage{"fit runs.csv --laws overtraining --fix eta=1,eta=1", "twice"},
        BadUsage{"fit runs.csv --laws overtraining --fix etta=1",
                 "did you mean 'eta'"},
        BadUsage{"fit runs.csv --x params", "--y: must name"},
        BadUsage{"fit runs.csv --y loss", "--x: must name"},
        BadUsage{"fit runs.csv --y-std loss", "--x: must name"},
        BadUsage{"fit runs.csv --x param --y loss", "did you mean 'params'"},
        BadUsage{"fit runs.csv --x params --y los", "did you mean 'loss'"},
        BadUsage{"fit runs.csv --x params --y loss --y-std s", "--y-std"},
        BadUsage{"fit runs.csv --x params --y loss --laws chinchilla",
                 "is not a law of one variable"},
        BadUsage{"fit runs.csv --x params --y loss --column loss=loss",
                 "--column"},
        BadUsage{"fit runs.csv --x params --y loss --drop-largest-loss 1",
                 "--drop-largest-loss"},
        BadUsage{"fit runs.csv --x params --y loss --flops 1e20", "--flops"},
        BadUsage{"fit runs.csv --x params --y loss --bits-per-byte",
                 "--bits-per-byte: has no meaning for two columns"},
        BadUsage{"fit runs.csv --x params --y loss --bootstrap 0",
                 "--bootstrap: has no meaning for two columns"},
        BadUsage{"fit runs.csv --x params --y loss --bootstrap-unit run",
                 "--bootstrap-unit: has no meaning for two columns"},
        BadUsage{"fit runs.csv --x params --y loss --seed 1",
                 "--seed: has no meaning for two columns"},
        BadUsage{"fit runs.csv --x params --y loss --isoflop-curve parabola",
                 "--isoflop-curve: has no meaning for two columns"},
        BadUsage{"fit runs.csv --x params --y loss --keep-flat",
                 "--keep-flat: has no meaning for two columns"},
        BadUsage{"fit runs.csv --x params --y loss --tied-exponents",
                 "--tied-exponents: has no meaning for two columns"},
        BadUsage{"fit runs.csv --x params --y loss --envelope final",
                 "--envelope: has no meaning for two columns"},
        BadUsage{"fit runs.csv --x params --y loss --seed-noise 0.1",
                 "--seed-noise: has no meaning for two columns"},
        BadUsage{"fit . --x params --y loss", "--x"},
        BadUsage{"fit . --drop 3", "--drop: . is a sweep directory"},
        BadUsage{"fit . --loss-unit bits", "--loss-unit: . is a sweep"},
        BadUsage{"fit runs.csv --drop 99", "begins on line 99"},
        BadUsage{"fit runs.csv --drop 3-2", "--drop: must be lines"},
        BadUsage{"fit runs.csv --drop x", "--drop: must be lines"},
        BadUsage{"fit runs.csv --best-of lr", "no setting 'lr'"},
        BadUsage{"fit runs.csv --loss-unit nits", "nits not in"},
        BadUsage{"fit runs.csv --loss-unit bits_per_byte",
                 "--bytes-per-token: must be given"},
        BadUsage{"fit runs.csv --bytes-per-token -1",
                 "--bytes-per-token: must be a finite number above 0"},
        BadUsage{"fit runs.csv --where 'params<x'", "a number behind <"},
        BadUsage{"compare runs.csv --by params --drop 99", "on line 99"},
        BadUsage{"fit runs.csv --where params", "--where"},
        BadUsage{"fit runs.csv --where =1", "--where"},
        BadUsage{"fit runs.csv --where parms=1", "did you mean 'params'"},
        BadUsage{"fit runs.csv --where params=1", "no row of"},
        BadUsage{"fit runs.csv --column unique_tokens=U", "no column 'U'"},
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
        BadUsage{"allocate newer.json", "--flops: is required"},
        BadUsage{"allocate newer.json --flops 0", "--flops"},
        BadUsage{"allocate newer.json --flops nan", "--flops: must be above 0"},
        BadUsage{"allocate newer.json --flops many", "many"},
        BadUsage{"allocate newer.json --flops 1e20 --loss 2",
                 "--flops: cannot be given with --loss"},
        BadUsage{"allocate newer.json --loss -2", "--loss: must be finite"},
        BadUsage{"allocate newer.json --flops 1e20 --inference-tokens 0",
                 "--inference-tokens: must be above 0"},
        BadUsage{"allocate newer.json --flops 1e20 --max-params -1",
                 "--max-params: must be above 0"},
        BadUsage{"allocate newer.json --flops 1e20 --unique-tokens 0",
                 "--unique-tokens: must be above 0"},
        BadUsage{"allocate newer.json --flops 1e20 --overtrain 0.5",
                 "--overtrain: must be from 1"},
        BadUsage{"allocate newer.json --loss 2 --max-params 1e9",
                 "--max-params: limits what a budget can buy"},
        BadUsage{"allocate newer.json --flops 1e20 --max-params 1e9 "
                 "--overtrain 2",
                 "--overtrain: cannot be given with --max-params"},
        BadUsage{"allocate law.json --loss 1.69", "E = 1.69"},
        BadUsage{"allocate newer.json --flops 1e20", "isoflop.fit/1"},
        BadUsage{"next law.json", "--flops-budget is required"},
        BadUsage{"next law.json --flops-budget -1",
                 "--flops-budget: must be above 0"},
        BadUsage{"next law.json --flops-budget nan", "--flops-budget"},
        BadUsage{"next law.json --flops-budget 1e20 --target-flops 0",
                 "--target-flops: must be above 0"},
        BadUsage{"next law.json --flops-budget 1e20 --objective los",
                 "did you mean 'loss'"},
        BadUsage{"next law.json --flops-budget 1e20 --sweep none.json",
                 "none.json: cannot read"},
        BadUsage{"next law.json --flops-budget 1e20 --sweep sweep.json",
                 "did you mean 'lexicon'"},
        BadUsage{"next law.json --flops-budget 1e20", "--bootstrap 1000"},
        BadUsage{"next newer.json --flops-budget 1e20", "isoflop.fit/1"},
        BadUsage{"next none.json --flops-budget 1e20", "none.json"},
        BadUsage{"allocate runs.csv --flops 1e20", "runs.csv"},
        BadUsage{"allocate none.json --flops 1e20", "none.json"}));

}  // namespace
}  // namespace isoflop
