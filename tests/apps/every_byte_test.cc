// What a terminal would obey never reaches it: control characters, marks of
// direction and NUL, fed in through every name, label, cell, path and argument.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lib/core/json.h"
#include "lib/core/seal.h"
#include "lib/core/text.h"
#include "tests/apps/command.h"
#include "tests/apps/tables.h"

namespace isoflop {
namespace {

using namespace std::string_literals;

/// An escape sequence, backspace, carriage return, DEL, a C1 in UTF-8, an
/// override and an isolate of direction, marks, a separator of lines; no slash,
/// no NUL and no quote, which names and arguments cannot have.
const std::string kHostile =
    "h\x1b[31m\x07\b\r\x0b\x7f\xC2\x9B"
    "2J\xE2\x80\xAE\xE2\x81\xA7\xE2\x80\x8F\xD8\x9C\xE2\x80\xA8z";

/// The same with a NUL, for JSON.
const std::string kHostileText = kHostile + "\0end"s;

const char kWorkerOfAll[] = " --worker " ISOFLOP_FAKE_WORKER;

const std::string kHostileSweep = R"({
  "schema": "isoflop.sweep/1", "name": "good",
  "data": {"kind": "lexicon", "words": 64, "eval_tokens": 256},
  "model": {"context": 16, "head_size": 8, "layers": 1},
  "grid": {"sizes": [{"d_model": 8}, {"d_model": 16}, {"d_model": 24}],
           "tokens": [8192, 16384, 32768]},
  "vary": {"model.position": ["rotary", "none"]},
  "training": {"batch_tokens": 64, "schedule": {"warmup_steps": 4}}})";

/// What of `text` a terminal would obey, as a number, 0x110000 for NUL; 0:
/// nothing. Written
/// without lib/core/printable, which is what is tested.
int Obeyed(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte == 0) return 0x110000;
    if ((byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F) return byte;
  }
  for (int c = 0x80; c < 0xA0; ++c) {
    if (text.find("\xC2"s + static_cast<char>(c)) != text.npos) return c;
  }
  for (int c = 0x8E; c <= 0xAE; ++c) {
    const bool obeyed = c == 0x8E || c == 0x8F || c >= 0xA8;
    if (obeyed && text.find("\xE2\x80"s + static_cast<char>(c)) != text.npos) {
      return 0x2000 + c - 0x80;
    }
  }
  for (int c = 0xA6; c <= 0xA9; ++c) {
    if (text.find("\xE2\x81"s + static_cast<char>(c)) != text.npos) {
      return 0x2040 + c - 0x80;
    }
  }
  return text.find("\xD8\x9C") == text.npos ? 0 : 0x061C;
}

/// Runs the command and finds nothing raw in what it prints, in a test that
/// went on to its end: no crash, no internal error.
Outcome ExpectClean(const TempDir& dir, const std::string& command) {
  Outcome outcome = Isoflop(dir, command);
  EXPECT_EQ(Obeyed(outcome.out), 0) << command << "\n" << outcome.out;
  EXPECT_EQ(Obeyed(outcome.err), 0) << command << "\n" << outcome.err;
  EXPECT_NE(outcome.status, 1) << command << "\n" << outcome.err;
  EXPECT_LT(outcome.status, 128) << command << "\n" << outcome.err;
  return outcome;
}

/// With the hostile text in the place of H and `cell` in that of C, quoted for
/// the shell.
std::string Filled(std::string_view command, const std::string& cell = "") {
  std::string filled;
  for (const char c : command) {
    if (c == 'H') {
      filled += "'" + kHostile + "'";
    } else if (c == 'C' && !cell.empty()) {
      filled += "'" + cell + "'";
    } else {
      filled += c;
    }
  }
  return filled;
}

/// Whether the hostile text is there, written out; as JSON where it is quoted.
bool ShowsHostile(const Outcome& outcome) {
  const std::string printed = outcome.out + outcome.err;
  return printed.find("h\\x1b[31m\\x07") != std::string::npos ||
         printed.find("h\\u001b[31m\\u0007") != std::string::npos;
}

TEST(Obeyed, FindsWhatThisTestFeeds) {
  for (const char* raw :
       {"\x1b", "\r", "\b", "\x7f", "\xC2\x9B", "\xC2\x80", "\xE2\x80\xAE",
        "\xE2\x80\x8E", "\xE2\x81\xA6", "\xE2\x80\xA8", "\xD8\x9C"}) {
    EXPECT_NE(Obeyed("a"s + raw), 0);
  }
  EXPECT_NE(Obeyed("\0"s), 0);
  EXPECT_EQ(Obeyed("a\n\tb \xC3\xA9 \xE2\x80\x94"), 0);
}

/// Commands that are refused, each with H where the hostile text goes.
constexpr const char* kArguments = R"(
H
plan H
sweep H
status H
fit H
allocate H --flops 1
next H --flops-budget 1
compare H --by a
export H
report H
bench --sweep H
experiments --folder H
plan good.json extra H
plan --H good.json
fit runs.csv --H=1
bench --shape H
bench --precision H
bench --seconds H
bench --shape d_model=H
sweep good.json --executor H
sweep good.json --jobs H
sweep good.json --scale H
sweep text.json --data H
plan text.json --data H
bench --sweep text.json --data H
sweep good.json --worker H
plan good.json --worker H
fit runs.csv --where H=1
fit runs.csv --where params=H
fit runs.csv --where H
fit runs.csv --column H
fit runs.csv --column params=H
fit runs.csv --column H=params
fit runs.csv --drop H
fit runs.csv --best-of H
fit runs.csv --loss-unit H
fit runs.csv --laws H
fit runs.csv --fix H
fit runs.csv --fix H=1
fit runs.csv --fix E=H
fit runs.csv --weights H
fit runs.csv --params H
fit runs.csv --loss H
fit runs.csv --residual H
fit runs.csv --isoflop-curve H
fit runs.csv --envelope H
fit runs.csv --bootstrap H
fit runs.csv --bootstrap-unit H
fit runs.csv --flops H
fit runs.csv --x H --y loss
fit runs.csv --x params --y H
fit runs.csv --x params --y loss --y-std H
fit runs.csv --bootstrap 0 -o H/H
compare runs.csv --by H
allocate law.json --flops H
next law.json --flops-budget 1 --objective H
export folder --format H
)";

TEST(EveryByte, OfAnArgumentIsShownAsText) {
  const TempDir dir;
  dir.Write("good.json", kHostileSweep);
  Json text = ParseJson(kHostileSweep, "sweep");
  text["data"] = {{"kind", "text"}, {"paths", {"none"}}};
  dir.Write("text.json", text.dump());
  dir.Write("runs.csv", NoiseFreeCsv());
  dir.Write("law.json", R"({"schema": "isoflop.fit/1"})");
  std::filesystem::create_directory(dir / "folder");
  for (const TextLine& line : NonBlankLines(kArguments)) {
    const std::string command(line.text);
    const Outcome outcome = ExpectClean(dir, Filled(command));
    EXPECT_EQ(outcome.status, 2) << command << outcome.err;
    EXPECT_TRUE(ShowsHostile(outcome)) << command << outcome.err;
  }
}

TEST(EveryByte, OfTheNameOfADeviceOrAnOutputIsShownAsText) {
  const TempDir dir;
  dir.Write("good.json", kHostileSweep);
  dir.Write("runs.csv", NoiseFreeCsv());
  for (const std::string& command :
       {"experiments --folder " ISOFLOP_SOURCE_DIR "/sweeps/theory run H"s,
        "plan good.json --devices H"s + kWorkerOfAll,
        "bench --device H"s + kWorkerOfAll,
        "sweep good.json -o out --devices H"s + kWorkerOfAll,
        "fit runs.csv --bootstrap 0 -o H.json"s,
        "sweep good.json -o H --fit"s + kWorkerOfAll}) {
    EXPECT_TRUE(ShowsHostile(ExpectClean(dir, Filled(command)))) << command;
  }
  for (const char* command :
       {"status H", "status H --json", "fit H --bootstrap 0",
        "fit H --bootstrap 0 -o H.json", "export H", "export H --format jsonl",
        "compare H --by model.position --bootstrap 0",
        "allocate H --flops 1e13", "next H --flops-budget 1e12",
        "sweep good.json -o H", "plan H/sweep.json"}) {
    ExpectClean(dir, Filled(command));
  }
}

/// The table with the hostile text as the header of a column more, as that of
/// the losses, in every cell, and in a cell that should be a number.
TEST(EveryByte, OfATableIsShownAsText) {
  const TempDir dir;
  std::string hostile = kHostile;  // but a line end, which would end the row
  hostile.erase(hostile.find('\r'), 1);
  const std::string csv = NoiseFreeCsv();
  std::string labelled = "params,tokens,loss,recipe," + hostile + "\n";
  int row = 0;
  for (std::size_t at = csv.find('\n') + 1; at < csv.size(); ++row) {
    const std::size_t end = csv.find('\n', at);
    labelled += csv.substr(at, end - at) + "," + hostile +
                (row % 2 == 0 ? "a" : "b") + "," + hostile + "\n";
    at = end + 1;
  }
  dir.Write("labelled.csv", labelled);
  dir.Write(kHostile + ".csv", csv);
  dir.Write("cell.csv", "N,D,L\n1e6,1e8,3\n1e7,1e8," + hostile + "\n");
  dir.Write("nul.csv", "N,D,L\n1e6,1e8,3\n1e7,1e8,a\0b\n"s);
  dir.Write("header.csv", "N,D," + hostile + "\n1e6,1e8,3\n");
  Json lines = {{"params", 1e6}, {"tokens", 1e8}, {"loss", kHostileText}};
  dir.Write("cell.jsonl", lines.dump() + "\n");
  lines = {{"params", 1e6}, {"tokens", 1e8}, {"loss", 3}, {kHostileText, 1}};
  dir.Write("key.jsonl", lines.dump() + "\n" + lines.dump() + "\n");
  dir.Write("torn.jsonl", "{\"params\": \"" + kHostile + "\n");
  for (const char* command :
       {"fit H.csv --bootstrap 0", "fit labelled.csv --bootstrap 0",
        "fit cell.csv", "fit header.csv", "fit cell.jsonl", "fit key.jsonl",
        "compare labelled.csv --by recipe --bootstrap 0",
        "compare labelled.csv --by recipe --bootstrap 0 --json",
        "compare labelled.csv --by recipe --reference c",
        "compare labelled.csv --by C --bootstrap 0",
        "fit labelled.csv --where recipe=x", "fit labelled.csv --best-of C",
        "fit labelled.csv --column group=recipe "
        "--column seed=C --bootstrap 0",
        "fit labelled.csv --x C --y loss"}) {
    const bool fits = std::string_view(command).starts_with("fit");
    const std::string filled =
        Filled(command, hostile) + (fits ? " --force --details" : "");
    EXPECT_TRUE(ShowsHostile(ExpectClean(dir, filled))) << command;
  }
  for (const char* command : {"fit nul.csv", "fit torn.jsonl"}) {
    ExpectClean(dir, command);
  }
}

/// Calls `visit` with the document once for every string in it, keys among
/// them, each time with that one replaced; up to `most` times.
template <typename Visit>
void WithEachStringHostile(const Json& document, int most, const Visit& visit) {
  std::vector<Json::json_pointer> places;
  const Json flat = document.flatten();
  for (const auto& item : flat.items()) {
    if (item.value().is_string()) places.emplace_back(item.key());
  }
  const std::size_t stride = places.size() / most + 1;
  for (std::size_t i = 0; i < places.size(); i += stride) {
    Json changed = document;
    changed[places[i]] = kHostileText;
    visit(changed, places[i].to_string());
    const auto parent = places[i].parent_pointer();
    if (!changed[parent].is_object()) continue;
    changed = document;
    changed[parent].erase(places[i].back());
    changed[parent][kHostileText] = 1;
    visit(changed, places[i].to_string() + " as a key");
  }
}

TEST(EveryByte, OfASweepFileIsShownAsText) {
  const TempDir dir;
  std::filesystem::create_directory(dir / "folder");
  dir.Write("folder/" + kHostile + ".txt", std::string(40'000, 'a'));
  Json sweep = ParseJson(kHostileSweep, "sweep");
  sweep["claim"] = {{"text", "a claim"}};
  std::vector<Json> sweeps = {
      sweep,
      ReadJsonFile(ISOFLOP_SOURCE_DIR "/sweeps/theory/"
                                      "linear-attention.json"),
      ReadJsonFile(ISOFLOP_SOURCE_DIR "/sweeps/text.json")};
  sweeps.back()["data"]["paths"] = {"folder", "folder/" + kHostile + ".txt"};
  int shown = 0;
  for (const Json& base : sweeps) {
    WithEachStringHostile(
        base, 30, [&](const Json& changed, const std::string& place) {
          SCOPED_TRACE(place);
          dir.Write("bad.json", changed.dump());
          shown +=
              ShowsHostile(ExpectClean(dir, "plan bad.json"s + kWorkerOfAll))
                  ? 1
                  : 0;
        });
  }
  EXPECT_GT(shown, 15);
}

/// The text of a document that was not damaged but made so.
std::string Whole(Json document) {
  document.erase("checksum");
  document.erase("sweep_checksum");
  return SealedText(document);
}

/// What a finished sweep has left, with each of its strings replaced.
TEST(EveryByte, OfASweepDirectoryIsShownAsText) {
  const TempDir dir;
  dir.Write("good.json", kHostileSweep);
  ASSERT_EQ(Isoflop(dir, "sweep good.json -o out --fit"s + kWorkerOfAll).status,
            0);
  const auto run = std::filesystem::directory_iterator(dir / "out/runs");
  const std::string result =
      std::filesystem::relative(run->path() / "result.json", dir.path());
  dir.Write("out/plan.json", Whole(ReadJsonFile(dir / "out/plan.json")));
  const std::string fit = "fit out --bootstrap 0 -o fit.json --force";
  const std::map<std::string, std::vector<std::string>> readers = {
      {"out/plan.json", {"status out", "export out --format jsonl", fit}},
      {"out/sweep.json", {"export out", fit}},
      {"out/fit.json", {"export out", "allocate out --flops 1e13"}},
      {result, {"status out", "export out", "export out --format jsonl", fit}}};
  int shown = 0;
  for (const auto& reader : readers) {
    const std::string& file = reader.first;
    const std::string kept = ReadFile(dir / file);
    WithEachStringHostile(
        ParseJson(kept, file), 8,
        [&](const Json& changed, const std::string& place) {
          SCOPED_TRACE(file + place);
          const bool sealed = file != "out/sweep.json";
          dir.Write(file, sealed ? Whole(changed) : changed.dump());
          for (const std::string& command : reader.second) {
            shown += ShowsHostile(ExpectClean(dir, command)) ? 1 : 0;
          }
        });
    dir.Write(file, kept);
  }
  EXPECT_GT(shown, 30);
}

TEST(EveryByte, OfWhatAWorkerSaysIsShownAsText) {
  const TempDir dir;
  dir.Write("good.json", kHostileSweep);
  const auto worker = dir.Write(
      "worker", "#!/bin/sh\nprintf '%s\\n' '" + kHostile + "' >&2\nexit 3\n");
  std::filesystem::permissions(worker, std::filesystem::perms::owner_all);
  const Outcome log =
      ExpectClean(dir, "sweep good.json -o out --worker " + worker.string());
  // Where a worker's log is read, they are question marks already.
  EXPECT_NE(log.err.find("exited with status 3: h"), std::string::npos)
      << log.err;
  dir.Write("worker", "#!/bin/sh\nprintf '%s\\n' '" + kHostile + "'\n");
  ExpectClean(dir, "sweep good.json -o out --worker " + worker.string());
}

}  // namespace
}  // namespace isoflop
