#include "analysis/page/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "lib/plot/xml.h"
#include "tests/page/sample_page.h"
#include "tests/support/xml_check.h"

namespace isoflop {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// The page below its first line, which is no XML.
std::string FaultOf(const std::string& page) {
  const std::string first = "<!DOCTYPE html>\n";
  EXPECT_TRUE(page.starts_with(first));
  std::string rest = page.substr(first.size());
  // The style sheet has quotes and braces, and is no markup.
  const std::size_t begin = rest.find("<style>") + 7;
  rest.erase(begin, rest.find("</style>") - begin);
  return XmlFault(rest);
}

/// Neither what is fetched nor what is run.
void ExpectAlone(const std::string& page) {
  for (const char* bad : {"<script", "<link", "<img", "<iframe", "url(http",
                          "@import", "src=", "href=", "<object"}) {
    EXPECT_THAT(page, Not(HasSubstr(bad)));
  }
}

std::size_t CountOf(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos;
       at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

TEST(ReportPage, StandsAloneAndIsWellFormed) {
  ReportSource source = SourceOf(SampleFitJson());
  source.sweep = SampleFacts();
  const std::string page = ReportPage(source);
  EXPECT_EQ(FaultOf(page), "");
  ExpectAlone(page);
  EXPECT_THAT(page, AllOf(HasSubstr("prefers-color-scheme:dark"),
                          HasSubstr("@media print"), HasSubstr("viewport"),
                          HasSubstr("How to cite"),
                          HasSubstr("isoflop fit runs/sample"),
                          HasSubstr("&quot;budgets_flops&quot;")));
  EXPECT_LT(page.size(), 2000000U);
}

TEST(ReportPage, HasEveryWarningOnce) {
  Json fit = SampleFitJson();
  fit["diagnostics"]["warnings"] = {"Approach 2: first <b>",
                                    "Approach 3: second", "nobody's: third",
                                    "the bootstrap: fourth"};
  const std::string page = ReportPage(SourceOf(fit));
  for (const Json& warning : fit["diagnostics"]["warnings"]) {
    const std::string item =
        "<li>" + XmlText(warning.get<std::string>()) + "</li>";
    EXPECT_EQ(CountOf(page, item), 1U) << item;
  }
  const std::size_t figure = page.find("id=\"figure-isoflop\"");
  const std::size_t warning = page.find("Approach 2: first");
  EXPECT_LT(figure, warning);
  EXPECT_LT(warning, page.find("id=\"figure-optima\""));
}

TEST(ReportPage, EscapesHostileNames) {
  const std::string bad =
      "<script>alert(1)</script>\"'&\x1b[2J\xe2\x80\xae\xff</style>";
  Json fit = SampleFitJson();
  const std::string bad_utf8 = bad.substr(0, bad.find('\xff')) + "</style>";
  fit["observations"]["source"] = bad_utf8;
  fit["diagnostics"]["warnings"] = {bad_utf8};
  fit["diagnostics"]["notes"] = {bad_utf8};
  ReportSource source = SourceOf(fit, bad);
  source.sweep = SampleFacts();
  source.sweep->directory = bad;
  source.sweep->plan.name = bad;
  source.sweep->go_on = bad;
  source.sweep->sweep_file["name"] = bad_utf8;
  source.sweep->results[0].id = bad;
  source.sweep->plan.groups[0].runs[0].id = bad;
  source.sweep->results[1].status = RunStatus::kFailed;
  source.sweep->failures = {
      {.run = bad, .group = bad, .cause = bad, .curve = "", .retry = bad}};
  source.sweep->tally = Tally(source.sweep->plan, source.sweep->results);
  const std::string page = ReportPage(source);
  EXPECT_EQ(FaultOf(page), "");
  ExpectAlone(page);
  EXPECT_EQ(CountOf(page, "</style>"), 1U);
  EXPECT_THAT(page, Not(HasSubstr("\xe2\x80\xae")));
  EXPECT_THAT(page, Not(HasSubstr("\x1b")));
  EXPECT_THAT(page, Not(HasSubstr("\xff")));
}

TEST(ReportPage, IsMadeOfWhateverThereIs) {
  Json unsupported = SampleFitJson();
  for (const char* key : {"chinchilla", "isoflop", "envelope"}) {
    unsupported[key] = {{"status", "unsupported"}, {"reason", "too few runs"}};
  }
  Json only_law = SampleFitJson();
  only_law.erase("isoflop");
  only_law.erase("envelope");
  only_law.erase("kaplan");
  for (const Json& fit :
       {unsupported, only_law, OldFitJson(), Json{{"schema", "isoflop.fit/1"}},
        Json{
            {"schema", "isoflop.fit/1"},
            {"observations", {{"source", "a.csv"}, {"x", "n"}, {"y", "l"}}}}}) {
    const std::string page = ReportPage(SourceOf(fit));
    EXPECT_EQ(FaultOf(page), "");
    EXPECT_THAT(page, HasSubstr("What was found"));
  }
  EXPECT_THAT(ReportPage(SourceOf(unsupported)),
              HasSubstr("do not support a law"));
}

TEST(ReportPage, OfASweepWithoutAFitSaysHowToGetOne) {
  const std::string page =
      ReportPage({.path = "d", .fit = {}, .sweep = SampleFacts()});
  EXPECT_EQ(FaultOf(page), "");
  EXPECT_THAT(page, AllOf(HasSubstr("isoflop fit runs/sample"),
                          HasSubstr("id=\"figure-training\"")));
}

TEST(ReportPage, OfAFitThatIsOlderThanTheRunsSaysSo) {
  ReportSource source = SourceOf(SampleFitJson());
  source.sweep = SampleFacts();
  EXPECT_THAT(ReportPage(source), HasSubstr("fit.json was made from 30 runs"));
}

TEST(ReportPage, OfAnEmptyDirectorySaysWhatToDo) {
  const std::string page = ReportPage({.path = "new dir"});
  EXPECT_EQ(FaultOf(page), "");
  EXPECT_THAT(page, HasSubstr("isoflop sweep SWEEP.json --fit -o &#39;new "
                              "dir&#39;"));
}

TEST(ReportPage, NamesFailuresWithTheirCauses) {
  SweepFacts facts = SampleFacts();
  facts.results[0].status = RunStatus::kFailed;
  facts.results[0].loss.reset();
  facts.failures = {{.run = facts.results[0].id,
                     .group = facts.results[0].group,
                     .cause = "out of memory",
                     .curve = "",
                     .retry = "isoflop sweep a.json --retry-failed"}};
  facts.tally = Tally(facts.plan, facts.results);
  const std::string page = ReportPage({.path = "d", .fit = {}, .sweep = facts});
  EXPECT_THAT(page, AllOf(HasSubstr("out of memory"),
                          HasSubstr("--retry-failed"), HasSubstr("failed")));
}

}  // namespace
}  // namespace isoflop
