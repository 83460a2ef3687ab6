#include "tests/docs/markdown.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace isoflop {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Markdown, FindsBlocksOfCodeWithTheirLanguageAndLine) {
  const auto page = ParseMarkdown("a\n```sh\nls\npwd\n```\nb\n```\nout\n```\n");
  ASSERT_EQ(page.blocks.size(), 2U);
  EXPECT_EQ(page.blocks[0].line, 2U);
  EXPECT_EQ(page.blocks[0].language, "sh");
  EXPECT_EQ(page.blocks[0].text, "ls\npwd\n");
  EXPECT_EQ(page.blocks[1].language, "");
}

TEST(Markdown, ReadsTheCommentInTheLineBeforeABlock) {
  const auto page = ParseMarkdown(
      "<!-- not run: needs root -->\n```sh\nls\n```\n"
      "<!-- file: a.json -->\n```json\n{}\n```\n");
  EXPECT_EQ(page.blocks[0].not_run, "needs root");
  EXPECT_EQ(page.blocks[1].file, "a.json");
}

TEST(Markdown, TakesNoCommentThatStandsElsewhereOrHasNoReason) {
  for (const char* before :
       {"<!-- not run: far -->\n\n", "<!-- not run:-->\n", "<!-- not run -->\n",
        "not run: x -->\n", "<!-- not run: open\n"}) {
    const auto page = ParseMarkdown(before + std::string("```sh\nls\n```\n"));
    EXPECT_EQ(page.blocks[0].not_run, "") << before;
  }
}

TEST(Markdown, GivesHeadingsTheAnchorsOfGitHub) {
  EXPECT_EQ(AnchorOf("What N counts"), "what-n-counts");
  EXPECT_EQ(AnchorOf("Is `next` worth it?"), "is-next-worth-it");
  EXPECT_EQ(AnchorOf("`claim`"), "claim");
  EXPECT_EQ(AnchorOf("Speed and memory: isoflop bench"),
            "speed-and-memory-isoflop-bench");
  EXPECT_EQ(AnchorOf("See [here](there.md)"), "see-here");
}

TEST(Markdown, NumbersHeadingsOfTheSameText) {
  EXPECT_THAT(ParseMarkdown("# A\n## A\n").anchors, ElementsAre("a", "a-1"));
}

TEST(Markdown, TakesNoHeadingFromCodeNorFromWhatHasNoSpace) {
  EXPECT_THAT(ParseMarkdown("```sh\n# a\n```\n#b\n").anchors, IsEmpty());
}

TEST(Markdown, FindsLinksAndPicturesOutsideCode) {
  const auto page = ParseMarkdown(
      "See [a](b.md#c), ![d](e.svg).\n`[x](y)`\n```\n[x](z)\n```\n");
  ASSERT_EQ(page.links.size(), 2U);
  EXPECT_EQ(page.links[0].target, "b.md#c");
  EXPECT_EQ(page.links[1].target, "e.svg");
}

}  // namespace
}  // namespace isoflop
