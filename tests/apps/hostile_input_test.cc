// Files that nobody should have to write, through the command line: each gets a
// right answer, "unsupported" with a reason, or a clear refusal; never a crash,
// a hang, or a number that is none.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <ostream>
#include <string>

#include "lib/core/json.h"
#include "lib/core/random.h"
#include "tests/apps/command.h"
#include "tests/support/json_check.h"
#include "tests/support/schema_check.h"

namespace isoflop {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;

double SmoothLoss(double N, double D) {
  return 1.7 + 400.0 / std::pow(N, 0.34) + 410.0 / std::pow(D, 0.28);
}

std::string Row(double N, double D, double L) {
  return fmt::format("{},{},{}\n", N, D, L);
}

/// N, D, L on a law, `sizes` N by `tokens` D.
std::string Grid(int sizes, int tokens) {
  std::string csv = "N,D,L\n";
  for (int i = 0; i < sizes; ++i) {
    for (int j = 0; j < tokens; ++j) {
      const double N = 1e7 * std::pow(2.0, i);
      const double D = 1e9 * std::pow(2.0, j);
      csv += Row(N, D, SmoothLoss(N, D));
    }
  }
  return csv;
}

std::string Replaced(std::string text, const std::string& from,
                     const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::string Body(const std::string& csv) {
  return csv.substr(csv.find('\n') + 1);
}

/// Every value of N, D and L times a factor.
std::string Scaled(double N_factor, double D_factor, double L_factor) {
  std::string csv = "N,D,L\n";
  for (int i = 0; i < 5; ++i) {
    for (int j = 0; j < 5; ++j) {
      const double N = 1e7 * std::pow(2.0, i);
      const double D = 1e9 * std::pow(2.0, j);
      csv += Row(N * N_factor, D * D_factor, SmoothLoss(N, D) * L_factor);
    }
  }
  return csv;
}

/// The law's grid with a column more, in another order.
std::string Shuffled() {
  std::string csv = "L,comment,D,N\n";
  for (int i = 0; i < 16; ++i) {
    const double N = 1e7 * std::pow(2.0, i % 4);
    const double D = 1e9 * std::pow(2.0, i / 4);
    csv += fmt::format("{},\"a, b\",{},{}\n", SmoothLoss(N, D), D, N);
  }
  return csv;
}

std::string Rising() {
  std::string csv = "N,D,L\n";
  for (int i = 0; i < 5; ++i) {
    for (int j = 0; j < 5; ++j) {
      csv += Row(1e7 * std::pow(2.0, i), 1e9 * std::pow(2.0, j),
                 2.0 + 0.1 * i + 0.1 * j);
    }
  }
  return csv;
}

std::string Many() {
  RandomStream random(1);
  std::string csv = "N,D,L\n";
  for (int i = 0; i < 10'000; ++i) {
    const double N = 1e7 * std::pow(2.0, 6.0 * random.Uniform());
    const double D = 1e9 * std::pow(2.0, 6.0 * random.Uniform());
    csv += Row(N, D, SmoothLoss(N, D) * std::exp(0.003 * random.Normal()));
  }
  return csv;
}

struct Hostile {
  const char* name;
  std::string text;
  int status;              // 0, 2 or 4; -1: 0 or 4
  const char* chinchilla;  // its status, "" for any
  std::string fragment;    // of what is printed
};

void PrintTo(const Hostile& hostile, std::ostream* out) {
  *out << hostile.name;
}

class HostileInputTest : public testing::TestWithParam<Hostile> {};

TEST_P(HostileInputTest, IsFittedOrUnsupportedOrRefused) {
  const Hostile& hostile = GetParam();
  const TempDir dir;
  dir.Write("in.csv", hostile.text);
  const bool large = hostile.text.size() > 100'000;
  const Outcome fit = Isoflop(
      dir, fmt::format("fit in.csv -o fit.json --details --bootstrap {}",
                       large ? 0 : 40));
  if (hostile.status >= 0) {
    EXPECT_EQ(fit.status, hostile.status) << fit.out << fit.err;
  } else {
    EXPECT_TRUE(fit.status == 0 || fit.status == 4) << fit.status << fit.err;
  }
  EXPECT_THAT(fit.out + fit.err, HasSubstr(hostile.fragment));
  if (fit.status == 2) {
    EXPECT_LT(fit.err.size(), 3000U);
    EXPECT_FALSE(std::filesystem::exists(dir / "fit.json"));
    return;
  }
  EXPECT_FALSE(HasNoNumber(fit.out)) << fit.out;
  const Json json = ReadJsonFile(dir / "fit.json");
  EXPECT_EQ(SchemaProblem(json, "fit"), "");
  EXPECT_EQ(NullPlace(json), "");
  if (hostile.chinchilla[0] != '\0') {
    EXPECT_EQ(json["chinchilla"]["status"], hostile.chinchilla);
  }
}

std::string NameOfCase(const testing::TestParamInfo<Hostile>& info) {
  return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(
    Degenerate, HostileInputTest,
    testing::Values(
        Hostile{"OnePoint", "N,D,L\n1e7,1e9,3\n", 4, "unsupported", "1"},
        Hostile{"FivePointsForFiveParameters",
                "N,D,L\n1e7,1e9,4\n2e7,2e9,3.5\n4e7,4e9,3.2\n8e7,2e9,3.1\n"
                "16e7,8e9,3\n",
                -1, "unsupported", "5"},
        Hostile{"AllTheSameN", Grid(1, 9), -1, "unsupported", ""},
        Hostile{"ConstantD", Grid(9, 1), -1, "unsupported", ""},
        Hostile{"AllTheSameLoss",
                "N,D,L\n1e7,1e9,3\n2e7,2e9,3\n4e7,4e9,3\n8e7,2e9,3\n"
                "16e7,8e9,3\n1e7,8e9,3\n4e7,1e9,3\n",
                -1, "unsupported", ""},
        Hostile{"LossThatRises", Rising(), -1, "unsupported", ""},
        Hostile{"OneLossBelowAnyE", Grid(4, 4) + Row(2e7, 3e9, 1e-3), -1, "",
                ""},
        Hostile{"Duplicates", Grid(4, 4) + Body(Grid(4, 4)), 0, "ok", ""},
        Hostile{"OneRunManyTimes",
                "N,D,L\n" + Replaced("xxxxxxxxxxxx", "x", "1e7,1e9,3\n"), -1,
                "unsupported", ""},
        Hostile{"TinyN", Scaled(1e-300, 1.0, 1.0), -1, "", ""},
        Hostile{"HugeN", Scaled(1e280, 1.0, 1.0), -1, "", ""},
        Hostile{"TinyD", Scaled(1.0, 1e-300, 1.0), -1, "", ""},
        Hostile{"HugeD", Scaled(1.0, 1e280, 1.0), -1, "", ""},
        Hostile{"TinyLoss", Scaled(1.0, 1.0, 1e-300), -1, "", ""},
        Hostile{"HugeLoss", Scaled(1.0, 1.0, 1e300), -1, "", ""},
        Hostile{"EverySize",
                "N,D,L\n1e-300,1e9,1e300\n1,1e9,3\n1e100,1e9,3\n1,1e-300,3\n"
                "1e-9,1e9,1e-300\n1,1,1\n2,2,2\n3,1e50,1e-3\n",
                -1, "", ""},
        Hostile{"TenThousandRows", Many(), 0, "ok", ""}),
    NameOfCase);

INSTANTIATE_TEST_SUITE_P(
    Shaped, HostileInputTest,
    testing::Values(
        Hostile{"ShuffledColumns", Shuffled(), 0, "ok",
                "columns not read: comment"},
        Hostile{"WindowsLineEnds", Replaced(Grid(4, 4), "\n", "\r\n"), 0, "ok",
                ""},
        Hostile{"OldMacLineEnds", Replaced(Grid(4, 4), "\n", "\r"), 0, "ok",
                ""},
        Hostile{"ByteOrderMark", "\xEF\xBB\xBF" + Grid(4, 4), 0, "ok", ""},
        Hostile{"QuotedCommasAndNewlines",
                "\"N\",D,L,\"note, with\nnewline\"\n" +
                    Replaced(Body(Grid(4, 4)), "\n", ",\"a,\n\"\"b\"\"\"\n"),
                0, "ok", "columns not read"},
        Hostile{"NoLineEndAtTheEnd",
                Grid(4, 4).substr(0, Grid(4, 4).size() - 1), 0, "ok", ""},
        Hostile{"VeryLongUnreadCell",
                "N,D,L,x\n" + Replaced(Body(Grid(4, 4)), "\n",
                                       "," + std::string(100'000, 'y') + "\n"),
                0, "ok", ""}),
    NameOfCase);

INSTANTIATE_TEST_SUITE_P(
    Malformed, HostileInputTest,
    testing::Values(
        Hostile{"Empty", "", 2, "", "empty"},
        Hostile{"OnlyAByteOrderMark", "\xEF\xBB\xBF", 2, "", "empty"},
        Hostile{"HeaderOnly", "N,D,L\n", 2, "", "no observations"},
        Hostile{"NulBytes", "N,D,L\n1e7,1e9,\0003\n"s, 2, "", "NUL"},
        Hostile{"Utf16", "\xFF\xFEN\0,\0D\0,\0L\0\n\0"s, 2, "", "UTF-16"},
        Hostile{"Utf16WithoutMark", "N\0,\0D\0,\0L\0\n\0"s, 2, "", "UTF-16"},
        Hostile{"Gzip", "\x1f\x8b\x08\0\0\0\0\0"s, 2, "",
                "is compressed with gzip: decompress it with gunzip first"},
        Hostile{"Parquet", "PAR1\x15\x04\x15\x10"s, 2, "",
                "is a Parquet file: export it as CSV"},
        Hostile{"Workbook",
                "PK\x03\x04"s + std::string(26, '\0') + "[Content_Types].xml",
                2, "", "is an Excel or Office document: save it as CSV"},
        Hostile{"Latin1",
                "N,D,L,gr\xF6\xDF"
                "e\n1,2,3,4\n",
                2, "", "UTF-8"},
        Hostile{"VeryLongLine", "N,D,L\n" + std::string(3'000'000, '7'), 2, "",
                "in.csv:2"},
        Hostile{"ManyColumns",
                "N,D" + Replaced(std::string(5000, 'x'), "x", ",c"), 2, "",
                "no column 'loss'"},
        Hostile{"HugeExponent", "N,D,L\n1e999,1e9,3\n", 2, "", "'1e999'"},
        Hostile{"HexFloat", "N,D,L\n0x1p20,1e9,3\n", 2, "", "'0x1p20'"},
        Hostile{"ThousandsSeparators", "N,D,L\n\"1,000,000\",1e9,3\n", 2, "",
                "without separators"},
        Hostile{"DecimalComma", "N,D,L\n1e7,1e9,\"3,1\"\n", 2, "", "point"},
        Hostile{"Semicolons", "N;D;L\n1e7;1e9;3,1\n", 2, "", "';'"},
        Hostile{"Tabs", "N\tD\tL\n1e7\t1e9\t3\n", 2, "", "a tab"},
        Hostile{"Negative", "N,D,L\n-1e7,1e9,3\n", 2, "", "'-1e7'"},
        Hostile{"Zero", "N,D,L\n1e7,0,3\n", 2, "", "'0'"},
        Hostile{"NotANumber", "N,D,L\n1e7,1e9,NaN\n", 2, "", "no value"},
        Hostile{"Infinite", "N,D,L\n1e7,inf,3\n", 2, "", "'inf'"},
        Hostile{"MissingCell", "N,D,L\n1e7,,3\n", 2, "", "'tokens'"},
        Hostile{"MissingColumnOfARow", "N,D,L\n1e7,1e9\n", 2, "", "2 cells"},
        Hostile{"TooLargeC", "N,D,L\n1e300,1e300,3\n", 2, "", "FLOPs inf"},
        Hostile{"OpenQuote", "N,D,L\n\"1e7,1e9,3\n", 2, "", "never closed"}),
    NameOfCase);

TEST(HostileCommands, RefuseAFitThatIsNone) {
  const TempDir dir;
  for (const char* text : {"[]", "3", "null", "\"x\"", "{}", "", "{", "\xFF",
                           "{\"schema\": \"isoflop.fit/1\"}"}) {
    dir.Write("fit.json", text);
    const Outcome allocate = Isoflop(dir, "allocate fit.json --flops 1e20");
    EXPECT_EQ(allocate.status, 2) << text << allocate.out << allocate.err;
  }
}

}  // namespace
}  // namespace isoflop
