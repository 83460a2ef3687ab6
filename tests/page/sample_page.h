// Fits and sweeps to make pages of.

#pragma once

#include <string>
#include <vector>

#include "analysis/page/figures.h"
#include "lib/core/json.h"

namespace isoflop {

/// fit.json of 30 runs at five budgets of a known law with noise, fitted by
/// every approach with 40 resamples.
const Json& SampleFitJson();

/// The same without what earlier versions did not write: runs, parabolas,
/// points of profiles, places of optima.
Json OldFitJson();

ReportSource SourceOf(const Json& fit, const std::string& file = "fit.json");

/// A sweep of which every run has a result of a known law; curves too.
SweepFacts SampleFacts();

/// Values of an attribute, in order: ValuesIn(svg, "data-x").
std::vector<double> ValuesIn(const std::string& svg, const std::string& name);

/// The points of a series with this name in a picture.
std::string SeriesIn(const std::string& svg, const std::string& name);

}  // namespace isoflop
