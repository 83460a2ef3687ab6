// Files that are not observations, each with what has to be said about it.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "analysis/observe/observation_reader.h"
#include "tests/support/expect_error.h"

namespace isoflop {
namespace {

using namespace std::string_literals;
using ::testing::HasSubstr;
using ::testing::StartsWith;

struct BadFile {
  std::string text;
  std::string message;
};

const std::vector<BadFile> kBadCsv = {
    {"", "bad.csv: empty, not even a header"},
    {"\n\n  \n", "bad.csv: empty, not even a header"},
    {"N,D,L\n", "bad.csv: no observations"},
    {"D,L\n2,3\n",
     "bad.csv:1: no column 'params' (or 'N'); there are: D, L. Name "
     "it with --column params=..."},
    {"N,L\n2,3\n",
     "bad.csv:1: no column 'tokens' (or 'D') or 'flops' (or 'C')"},
    {"N,D\n2,3\n", "bad.csv:1: no column 'loss' (or 'L')"},
    {"n,d,l\n1,2,3\n", "bad.csv:1: no column 'params'"},
    {"1,2,3\n", "bad.csv:1: no column 'params'"},
    {"N,params,D,L\n1,1,2,3\n",
     "bad.csv:1: columns 'N' and 'params' both are "
     "params"},
    {"N,D,L,L\n1,2,3,3\n", "bad.csv:1: columns 'L' and 'L' both are loss"},
    {"N,D,L\n1,2\n", "bad.csv:2: 2 cells, but the header has 3 columns"},
    {"N,D,L\n1,2,3,4\n", "bad.csv:2: 4 cells, but the header has 3 columns"},
    {"N,D,L\n1,2,3\n\n1,2,x\n",
     "bad.csv:4: column 'L': must be a finite number "
     "above 0, got 'x'"},
    {"N,D,L\n1,2,\n", "bad.csv:2: column 'loss': no value"},
    {"N,D,L\n,2,3\n", "bad.csv:2: column 'params': no value"},
    {"N,D,L\n1,,3\n",
     "bad.csv:2: column 'tokens': no value, nor one of 'flops'"},
    {"N,D,L\n0,2,3\n",
     "bad.csv:2: column 'N': must be a finite number above 0, "
     "got '0'"},
    {"N,D,L\n-1,2,3\n", "column 'N'"},
    {"N,D,L\n1,-2,3\n",
     "column 'D': must be a finite number above 0, got '-2'"},
    {"N,D,L\n1,2,-3\n", "column 'L'"},
    {"N,D,L\n1,2,nan\n",
     "bad.csv:2: column 'loss': no value; leave such rows out with --where "
     "'loss!=nan'"},
    {"N,D,L\n1,2,inf\n", "got 'inf'"},
    {"N,D,L\n1,2,1e400\n", "got '1e400'"},
    {"N,D,L\n1e-400,2,3\n", "got '1e-400'"},
    {"N,D,L\n1,2,3 nats\n", "got '3 nats'"},
    {"N,D,L\n\"1,000\",2,3\n", "got '1,000'"},
    {"N,D,L\n1,2,0x1p3\n", "got '0x1p3'"},
    {"N,D,L\n1,2,++3\n", "got '++3'"},
    {"N,D,L\n1,2,3\n\"1,2,3\n", "bad.csv:3: quote is never closed"},
    {"N,D,L\n\"1\"2,2,3\n", "bad.csv:2: text after a closing quote"},
    {"N,D,L,seed\n1,2,3,1.5\n",
     "bad.csv:2: column 'seed': must be a whole number, "
     "got '1.5'"},
    {"N,D,L,seed\n1,2,3,99999999999999999999\n", "column 'seed'"},
    {"N,D,L,weight\n1,2,3,0\n",
     "column 'weight': must be a finite number above "
     "0, got '0'"},
    {"N,D,L,loss_std\n1,2,3,-0.1\n", "column 'loss_std'"},
    {"N,D,L,budget_flops\n1,2,3,x\n", "column 'budget_flops'"},
    {"N,D,L\n1e200,1e200,3\n",
     "bad.csv:2: parameters 1e+200, tokens 1e+200 and FLOPs inf that follow "
     "from the row are not finite and above 0"},
    {"N,C,L\n1e200,1e-200,3\n", "bad.csv:2: parameters 1e+200, tokens 0"},
    {"params_total,params_non_embedding,D,L\n5,4,2,3\n,4,2,3\n",
     "bad.csv: N is total in some rows and not in others"},
    {"N,D,L,status\n1,2,,diverged\n",
     "bad.csv: no observations: no run has finished"},
    {"{\"N\":1,\"D\":2,\"L\":3}\n", "bad.csv:1: text after a closing quote"},
    {"N;D;L\n1;2;3\n",
     "bad.csv:1: the columns are separated by ';': separate them by ',', and "
     "write "
     "decimals with a point"},
    {"N\tD\tL\n1\t2\t3\n", "bad.csv:1: the columns are separated by 'a tab'"},
    {"N|D|L\n1|2|3\n", "bad.csv:1: the columns are separated by '|'"},
    {"N,D,L\n1,2,\"3,45\"\n",
     "got '3,45' (write numbers without separators, and decimals with a "
     "point)"},
    {"N,D,L\n1_000,2,3\n", "got '1_000' (write numbers without separators"},
    {"\xFF\xFEN\0,\0"s, "bad.csv: is UTF-16: save it as UTF-8"},
    {"\xFE\xFF\0N\0,"s, "bad.csv: is UTF-16: save it as UTF-8"},
    {"N,D,L\n1,2,\0003\n"s, "bad.csv:2: a NUL byte"},
    {"N\0,\0D\0"s, "bad.csv:1: a NUL byte: not text, or UTF-16"},
    {"N,D,L,taille r\xE9"
     "elle\n1,2,3,4\n",
     "bad.csv:1: byte 0xE9 is no UTF-8: save it as UTF-8"},
    {"N,D,L\n1,2," + std::string(100000, '9') + "x\n",
     "got '" + std::string(60, '9') + "...'"},
    {"N,D,L,loss_unit\n1,2,3,nits\n",
     "column 'loss_unit': must be one of nats, bits, bits_per_byte, "
     "perplexity, squared_error, got 'nits'"},
    {"N,D,L,loss_unit\n1,2,3,bits_per_byte\n", "give --bytes-per-token"},
    {"N,D,L,loss_unit\n1,2,.9,perplexity\n",
     "bad.csv:2: column 'loss': a perplexity must be above 1, got 0.9"},
    {"N,D,L\n30MB,2,3\n", "got '30MB'"},
    {"N,D,L\nM,2,3\n", "got 'M'"},
    {"N,C,D,L\n,6,,3\n", "bad.csv:2: column 'params': no value"},
    {"N,D,L,status\n1,2,,lost\n", "bad.csv:2: column 'loss': no value"},
};

const std::vector<BadFile> kBadJsonLines = {
    {"", "bad.jsonl: no observations"},
    {"\n\n", "bad.jsonl: no observations"},
    {"{\"N\":1,\"D\":2}", "bad.jsonl:1: no column 'loss' (or 'L')"},
    {"{\"N\":1,\"D\":2}\n{\"L\":2}", "bad.jsonl:1: column 'loss': no value"},
    {"{\"D\":1,\"L\":2}", "bad.jsonl:1: no column 'params'"},
    {"{\"N\":1,\"L\":2}", "bad.jsonl:1: no column 'tokens'"},
    {"{}", "bad.jsonl: no observations"},
    {"[1,2,3]", "bad.jsonl:1: must be an object, got [1,2,3]"},
    {"17", "bad.jsonl:1: must be an object, got 17"},
    {"{\"N\":1,\"D\":2,\"L\":3", "bad.jsonl:1: not valid JSON"},
    {"{\"N\":1,\"D\":2,\"L\":3}\n{N:1}", "bad.jsonl:2: not valid JSON"},
    {"{\"N\":1,\"D\":2,\"L\":NaN}", "bad.jsonl:1: column 'loss': no value"},
    {"{\"N\":1,\"D\":2,\"L\":-Infinity}", "must be a finite number above 0"},
    {"{\"N\":1,\"N\":2,\"D\":2,\"L\":3}", "bad.jsonl:1: N: key occurs twice"},
    {"{\"N\":1,\"params\":2,\"D\":2,\"L\":3}",
     "bad.jsonl:1: columns 'N' and 'params' both are params"},
    {"{\"N\":\"x\",\"D\":2,\"L\":3}",
     "bad.jsonl:1: column 'N': must be a finite number above 0, got 'x'"},
    {"{\"N\":null,\"D\":2,\"L\":3}", "column 'params': no value"},
    {"{\"N\":{\"total\":1},\"D\":2,\"L\":3}", "column 'N'"},
    {"{\"N\":true,\"D\":2,\"L\":3}", "column 'N'"},
    {"{\"N\":1,\"D\":0,\"L\":3}", "column 'D'"},
    {"{\"N\":1,\"D\":2,\"L\":-3.5}", "got '-3.5'"},
    {"{\"N\":1,\"D\":2,\"L\":3,\"seed\":1.5}",
     "bad.jsonl:1: column 'seed': must be a whole number, got '1.5'"},
    {"{\"N\":1,\"D\":2,\"L\":3,\"weight\":0}", "column 'weight'"},
    {"{\"N\":1,\"D\":2,\"L\":\"\xff\"}", "bad.jsonl:1: byte 0xFF is no UTF-8"},
    {"\xFF\xFE{\0"s, "bad.jsonl: is UTF-16"},
    {"{\"N\":1,\"D\":2,\"L\":1e999}", "bad.jsonl:1: not valid JSON"},
    {"{\"N\":1,\"D\":2,\"L\":3,\"seed\":18446744073709551615}",
     "bad.jsonl:1: column 'seed': must be a whole number"},
};

const std::vector<BadFile> kBadJsonArrays = {
    {"[]", "bad.json: no observations"},
    {"[1]", "bad.json:1: must be an object, got 1"},
    {"[{\"N\":1,\"D\":2,\"L\":3},{\"N\":1,\"D\":2,\"L\":\"x\"}]",
     "bad.json:2: column 'L': must be a finite number"},
    {"[{\"N\":1,\"D\":2,\"L\":3}", "bad.json: not valid JSON"},
    {"{\"N\":1}", "bad.json: is one JSON document"},
    {"{\"schema\":\"isoflop.fit/1\"}", "(\"schema\": \"isoflop.fit/1\")"},
    {"17", "bad.json: must be an array of objects, got 17"},
};

TEST(BadObservations, InCsvAreRefusedWithLineAndColumn) {
  for (const BadFile& bad : kBadCsv) {
    SCOPED_TRACE(bad.text);
    EXPECT_ERROR(ParseObservations(bad.text, "bad.csv"), bad.message);
  }
}

TEST(BadObservations, InJsonLinesAreRefusedWithLineAndKey) {
  for (const BadFile& bad : kBadJsonLines) {
    SCOPED_TRACE(bad.text);
    EXPECT_ERROR(ParseObservations(bad.text, "bad.jsonl"), bad.message);
  }
}

TEST(BadObservations, InJsonArraysAreRefusedWithRowAndKey) {
  for (const BadFile& bad : kBadJsonArrays) {
    SCOPED_TRACE(bad.text);
    EXPECT_ERROR(ParseObservations(bad.text, "bad.json"), bad.message);
  }
}

TEST(BadObservations, LackTheLabelAskedFor) {
  const auto csv = [](const std::string& text) {
    ParseObservations(text, "bad", {.label = "recipe"});
  };
  EXPECT_ERROR(csv("N,D,L,recipes\n1,2,3,a\n"),
               "bad:1: no column 'recipe' (did you mean 'recipes'?)");
  EXPECT_ERROR(csv("N,D,L,recipe\n1,2,3,\n"),
               "bad:2: column 'recipe': no value");
  EXPECT_ERROR(ParseObservations("{\"N\":1,\"D\":2,\"L\":3}", "bad",
                                 {.label = "recipe"}),
               "bad:1: no column 'recipe'");
}

TEST(BadObservations, AreAllNamedAtOnce) {
  const std::string text = "N,D,L\n1,2,x\n1,2,3\n-1,0,3\n";
  for (const char* message :
       {"bad:2: column 'L'", "bad:4: column 'N'", "bad:4: column 'D'"}) {
    EXPECT_ERROR(ParseObservations(text, "bad"), message);
  }
}

TEST(BadObservations, AreCountedWhereManyAreAlike) {
  std::string text = "N,D,L\n";
  for (int i = 0; i < 2000; ++i) text += fmt::format("1,2,x{}\n", i);
  text += "1,0,3\n";
  try {
    ParseObservations(text, "bad");
    FAIL();
  } catch (const Error& error) {
    const std::string said = error.what();
    EXPECT_THAT(said, StartsWith("bad:2: column 'L'"));
    EXPECT_THAT(said, HasSubstr("\nand 1,999 more like it\n"));
    EXPECT_THAT(said, HasSubstr("\nbad:2002: column 'D'"));
  }
}

TEST(BadObservations, IncludeColumnsThatTheUserNamedInVain) {
  const std::string text = "Model Size,D,L\n1,2,3\n";
  const auto parse = [&](const std::vector<ColumnName>& columns) {
    ParseObservations(text, "bad", {.columns = columns});
  };
  EXPECT_ERROR(parse({{"params", "Model size"}}),
               "bad:1: no column 'Model size' (did you mean 'Model Size'?)");
  EXPECT_ERROR(parse({{"params", "D"}}), "bad:1: no column 'tokens'");
  EXPECT_ERROR(parse({{"params", "D"}, {"tokens", "D"}}),
               "--column: 'D' cannot be both params and tokens");
  EXPECT_ERROR(parse({{"params", "Model Size*0"}}), "no column 'Model Size*0'");
  EXPECT_ERROR(parse({{"group", "D,run"}}), "bad:1: no column 'run'");
  EXPECT_ERROR(parse({{"params", "Model Size"}, {"params", "D"}}),
               "--column: params is named twice");
  EXPECT_ERROR(parse({{"size", "Model Size"}}), "unknown quantity 'size'");
}

}  // namespace
}  // namespace isoflop
