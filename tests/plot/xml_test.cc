#include "lib/plot/xml.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/support/xml_check.h"

namespace isoflop {
namespace {

TEST(XmlText, EscapesWhatWouldBeMarkup) {
  EXPECT_EQ(XmlText("<script>alert('&\"')</script>"),
            "&lt;script&gt;alert(&#39;&amp;&quot;&#39;)&lt;/script&gt;");
}

TEST(XmlText, WritesOutWhatXmlForbidsAndReadersObey) {
  for (const std::string& text :
       {std::string("a\0b", 3), std::string("a\x1b[31m"),
        std::string("a\xe2\x80\xae"
                    "b"),
        std::string("a\xff"), std::string("a\nb\tc\r")}) {
    const std::string xml = "<a b=\"" + XmlText(text) + "\"/>";
    EXPECT_EQ(XmlFault(xml), "") << xml;
    EXPECT_EQ(xml.find("\xe2\x80\xae"), std::string::npos);
    EXPECT_EQ(xml.find('\n'), std::string::npos);
  }
  EXPECT_EQ(XmlText("größer 漢字"), "größer 漢字");
}

TEST(PixelText, HasAtMostTwoDecimals) {
  EXPECT_EQ(PixelText(12.0), "12");
  EXPECT_EQ(PixelText(12.345678), "12.35");
  EXPECT_EQ(PixelText(-0.001), "0");
  EXPECT_EQ(PixelText(0.1), "0.1");
}

TEST(ExactText, ReadsBackAsTheSameNumber) {
  for (const double value :
       {0.1, 1.0 / 3.0, 5.76e23, 1e-300, std::numeric_limits<double>::max()}) {
    EXPECT_EQ(std::stod(ExactText(value)), value);
  }
}

TEST(XmlChecker, SeesWhatIsNotWellFormed) {
  for (const char* text :
       {"<a>", "<a></b>", "<a/><b/>", "<a b=c/>", "<a b=\"1\" b=\"2\"/>",
        "<a>&</a>", "<a>&nbsp;</a>", "<a>\x01</a>", "<a onclick=\"x\"/>",
        "<a b=\"<\"/>", "<a", "<a b=\"1\"c=\"2\"/>"}) {
    EXPECT_NE(XmlFault(text), "") << text;
  }
  EXPECT_EQ(XmlFault("<?xml version=\"1.0\"?>\n<a b=\"1\"><c/>x&amp;</a>"), "");
}

}  // namespace
}  // namespace isoflop
