#include "lib/record/event_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>
#include <vector>

#include "lib/core/files.h"
#include "tests/support/event_reader.h"
#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

using testing::ElementsAre;
using testing::Pair;

std::vector<ScalarEvent> TwoEvents() {
  return {{.wall_time = 1769903999.25,
           .step = 81920,
           .scalars = {{"loss/train", 3.5}, {"learning_rate", 1e-3}}},
          {.wall_time = 1769904000.5,
           .step = 163840,
           .scalars = {{"loss/train", 3.25}, {"loss/validation", 3.375}}}};
}

TEST(EventFile, IsReadBackByAReaderOfItsDescription) {
  const auto events = EventsIn(EventFileText(TwoEvents(), "isoflop test"));
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[0].file_version, "brain.Event:2");
  EXPECT_EQ(events[0].writer, "isoflop test");
  EXPECT_EQ(events[0].wall_time, 1769903999.25);
  EXPECT_TRUE(events[0].scalars.empty());
  EXPECT_EQ(events[1].wall_time, 1769903999.25);
  EXPECT_EQ(events[1].step, 81920);
  EXPECT_THAT(events[1].scalars, ElementsAre(Pair("learning_rate", 1e-3F),
                                             Pair("loss/train", 3.5F)));
  EXPECT_EQ(events[2].step, 163840);
  EXPECT_EQ(events[2].file_version, "");
  EXPECT_THAT(events[2].scalars, ElementsAre(Pair("loss/train", 3.25F),
                                             Pair("loss/validation", 3.375F)));
}

TEST(EventFile, HoldsLargeStepsLongNamesAndNoEvents) {
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  const std::string tag(300, 'x');
  std::vector<ScalarEvent> events(1);
  events[0] = {.step = most, .scalars = {{tag, -0.0}}};
  const auto read = EventsIn(EventFileText(events, ""));
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read[1].step, most);
  EXPECT_EQ(read[1].scalars.count(tag), 1U);
  EXPECT_EQ(EventsIn(EventFileText({}, "w")).size(), 1U);
}

TEST(EventFile, HasTheBytesThatItsFormatPrescribes) {
  // Length 15, its checksum, the time 0 with its key, and the version's key.
  const std::string text = EventFileText({}, "w");
  EXPECT_EQ(text.substr(0, 8), std::string("\x1d\0\0\0\0\0\0\0", 8));
  EXPECT_EQ(text.substr(12, 9), std::string("\x09\0\0\0\0\0\0\0\0", 9));
  EXPECT_EQ(text.substr(21),
            "\x1a\x0d"
            "brain.Event:2"
            "\x52\x03\x0a\x01w" +
                text.substr(text.size() - 4));
}

TEST(EventFile, IsKnownByItsWriterWhateverTheTime) {
  const std::string text = EventFileText(TwoEvents(), "isoflop a");
  EXPECT_TRUE(IsEventFileOf(text, "isoflop a"));
  EXPECT_TRUE(IsEventFileOf(EventFileText({}, "isoflop a"), "isoflop a"));
}

TEST(EventFile, IsNotAnotherWritersNorAnythingElse) {
  const std::string text = EventFileText(TwoEvents(), "isoflop a");
  EXPECT_FALSE(IsEventFileOf(text, "isoflop b"));
  EXPECT_FALSE(IsEventFileOf(text, "isoflop aa"));
  EXPECT_FALSE(IsEventFileOf(text, ""));
  EXPECT_FALSE(IsEventFileOf("", "isoflop a"));
  EXPECT_FALSE(IsEventFileOf("a text", "isoflop a"));
  EXPECT_FALSE(IsEventFileOf(text.substr(0, 40), "isoflop a"));
  for (const std::size_t at :
       {std::size_t{0}, std::size_t{9}, std::size_t{12}, std::size_t{25}}) {
    std::string flipped = text;
    flipped[at] = static_cast<char>(flipped[at] ^ 1);
    EXPECT_EQ(IsEventFileOf(flipped, "isoflop a"), at == 12) << at;
  }
}

/// What `protoc` makes of a record by the schema beside this test.
std::string ByProtoc(const std::string& record) {
  const TempDir temp;
  temp.Write("record", record);
  const std::string command = "cd '" ISOFLOP_SOURCE_DIR
                              "/tests/record' && protoc --decode=Event "
                              "event.proto < '" +
                              (temp / "record").string() + "' > '" +
                              (temp / "text").string() + "'";
  EXPECT_EQ(std::system(command.c_str()), 0);
  return ReadFile(temp / "text");
}

TEST(EventFile, IsReadByTheCompilerOfProtocolBuffers) {
  if (std::system("protoc --version > /dev/null 2>&1") != 0) {
    GTEST_SKIP() << "no protoc (Debian: protobuf-compiler)";
  }
  const auto records = RecordsOf(EventFileText(TwoEvents(), "isoflop test"));
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(ByProtoc(records[0]),
            "wall_time: 1769903999.25\n"
            "file_version: \"brain.Event:2\"\n"
            "source_metadata {\n  writer: \"isoflop test\"\n}\n");
  EXPECT_EQ(ByProtoc(records[2]),
            "wall_time: 1769904000.5\nstep: 163840\n"
            "summary {\n"
            "  value {\n    tag: \"loss/train\"\n    simple_value: 3.25\n  }\n"
            "  value {\n    tag: \"loss/validation\"\n"
            "    simple_value: 3.375\n  }\n}\n");
}

}  // namespace
}  // namespace isoflop
