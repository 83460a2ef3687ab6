// What several figures have in common.

#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "analysis/page/figures.h"
#include "lib/plot/figure.h"

namespace isoflop {

Axis ParamsAxis();
Axis TokensAxis();
Axis FlopsAxis();

/// "loss (nats per token)"
Axis LossAxis(const ReportSource& source);

/// Returns the unit of the losses, in words.
std::string LossUnitOf(const ReportSource& source);

/// Returns `count` values from low to high, evenly spread in logarithms.
/// REQUIRES: 0 < low < high, count > 1.
std::vector<double> LogSpaced(double low, double high, int count);

/// Returns the line of a function over these x.
std::vector<Place> Traced(const std::vector<double>& x,
                          const std::function<double(double)>& function);

/// Returns points[i] for the i that ThinPoints keeps of them, at most
/// kMostPoints.
std::vector<DataPoint> Thinned(const std::vector<DataPoint>& points);

/// Returns what 95 % of the resampled laws say at each x.
std::vector<BandSeries::Row> BandOf(
    const std::vector<Chinchilla>& draws, const std::vector<double>& x,
    const std::function<double(const Chinchilla&, double)>& value);

/// Returns a sentence on the points that were not drawn, or nothing.
std::string LeftOutInWords(const Figure& figure);

/// "9.28e11"
std::string FlopsText(double flops);

/// "1 decade", "0.3 decades"
std::string DecadesText(double decades);

}  // namespace isoflop
