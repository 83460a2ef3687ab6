// Lines along which a function of two variables has one value.

#pragma once

#include <functional>
#include <vector>

namespace isoflop {

/// A place in whatever units the axes have.
struct Place {
  double x = 0.0;
  double y = 0.0;
};

/// Values of a function at the nodes of a grid.
struct Field {
  std::vector<double> x;       // ascending, at least two
  std::vector<double> y;       // ascending, at least two
  std::vector<double> values;  // at (x[i], y[j]): values[j * x.size() + i]
};

/// Evaluates `function` at the nodes.
Field Sampled(std::vector<double> x, std::vector<double> y,
              const std::function<double(double, double)>& function);

/// Returns the lines on which the field is `level`, by marching squares with
/// linear interpolation along the edges of the cells: exact for a function that
/// is linear in x and y. A line that closes ends where it begins. Cells with a
/// value that is not finite have none; in a cell whose opposite corners lie
/// above and the others below, the mean of the four decides which are joined.
/// Source: Lorensen & Cline 1987 (for cubes).
std::vector<std::vector<Place>> ContourLines(const Field& field, double level);

}  // namespace isoflop
