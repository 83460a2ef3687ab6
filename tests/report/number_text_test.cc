#include "analysis/report/number_text.h"

#include <gtest/gtest.h>

#include <limits>

#include "lib/core/text.h"

namespace isoflop {
namespace {

TEST(FormatNumber, WritesFourSignificantDigits) {
  EXPECT_EQ(FormatNumber(1.1), "1.100");
  EXPECT_EQ(FormatNumber(477.826), "477.8");
  EXPECT_EQ(FormatNumber(0.3473105), "0.3473");
  EXPECT_EQ(FormatNumber(0.0761), "0.07610");
  EXPECT_EQ(FormatNumber(2143.417), "2143");
  EXPECT_EQ(FormatNumber(12845.6), "12850");
  EXPECT_EQ(FormatNumber(612'340), "612300");
}

TEST(FormatNumber, WritesPowersOfTenWhereDigitsWouldBeZeros) {
  EXPECT_EQ(FormatNumber(8.8e13), "8.800e13");
  EXPECT_EQ(FormatNumber(0.00012), "1.200e-4");
}

TEST(FormatNumber, CarriesWhenItRounds) {
  EXPECT_EQ(FormatNumber(9.99996), "10.00");
  EXPECT_EQ(FormatNumber(999.96), "1000");
  EXPECT_EQ(FormatNumber(9'999.6), "10000");
  EXPECT_EQ(FormatNumber(999'960), "1.000e6");
}

TEST(FormatNumber, KeepsTheSign) {
  EXPECT_EQ(FormatNumber(-0.25), "-0.2500");
  EXPECT_EQ(FormatNumber(-54'321), "-54320");
}

TEST(FormatNumber, SurvivesWhatIsNoNumber) {
  EXPECT_EQ(FormatNumber(0.0), "0");
  EXPECT_EQ(FormatNumber(std::numeric_limits<double>::infinity()), "inf");
  EXPECT_EQ(FormatNumber(std::numeric_limits<double>::quiet_NaN()), "nan");
}

TEST(FormatScientific, WritesThreeSignificantDigits) {
  EXPECT_EQ(FormatScientific(9.283e11), "9.28e11");
  EXPECT_EQ(FormatScientific(1.0), "1.00e0");
  EXPECT_EQ(FormatScientific(2.5e-7), "2.50e-7");
}

TEST(FormatDeviation, HasASign) {
  EXPECT_EQ(FormatDeviation(1.1362, 1.1188), "+1.6 %");
  EXPECT_EQ(FormatDeviation(0.9, 1.0), "-10.0 %");
}

TEST(FormatInterval, HasBothEnds) {
  EXPECT_EQ(FormatInterval({1.7694, 1.8712}, FormatNumber), "[1.769, 1.871]");
  EXPECT_EQ(FormatInterval({90'100, 112'000}, FormatCount), "[90.1k, 112k]");
}

TEST(IntervalOrNothing, IsEmptyWithoutASpread) {
  EXPECT_EQ(IntervalOrNothing({.value = 3.0, .spread = {}}, FormatNumber), "");
}

TEST(IntervalInWords, HasFourDigitsAndSaysWhereThereIsNoBound) {
  ProfileInterval interval;
  EXPECT_EQ(IntervalInWords(interval), "unbounded on both sides");
  interval.low = 1.23456e-7;
  EXPECT_EQ(IntervalInWords(interval), "[1.235e-7, unbounded above]");
  interval.high = 1.23456e12;
  EXPECT_EQ(IntervalInWords(interval), "[1.235e-7, 1.235e12]");
}

}  // namespace
}  // namespace isoflop
