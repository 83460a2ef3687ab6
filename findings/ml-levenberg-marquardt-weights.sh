#!/usr/bin/env bash
# ml-levenberg-marquardt 5.1.0 (npm): weights of 2 return the starting values.
#
# levenbergMarquardt({x, y}, f, {weights}) minimises the sum of squared weighted
# residuals, says its README. One would guess that a factor which all weights have in
# common changes nothing but the error: the minimum is where it was.
#
# Seen, for a straight line through four points, from (1, 1): weights of 1 end at the
# line of least squares, (-0.06, 1.14). Weights of 2 end at (1, 1), the starting values,
# after all iterations, with no word of failure; weights of 0.01 have hardly moved after
# 500. With the last point weighted four times as much, 0.5 and 2 end at the minimum of
# sum (w r)^2, and 1 and 4 at (1, 1). So weights of 1 / standard error, hundreds where
# losses are known to a few thousandths, give back whatever the fit began with: divide
# weights by their largest, and compare what comes out with what went in.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . ml-levenberg-marquardt@5.1.0
cat >probe.mjs <<'END'
import { levenbergMarquardt } from 'ml-levenberg-marquardt';

const x = [0, 1, 2, 3];
const y = [0, 1.2, 1.8, 3.6];
const line = ([a, b]) => (t) => a + b * t;
const fit = (weights) => levenbergMarquardt({ x, y }, line, {
  initialValues: [1, 1], weights, maxIterations: 500, errorTolerance: 1e-14,
}).parameterValues;

const near = (found, a, b) =>
  Math.abs(found[0] - a) < 1e-4 && Math.abs(found[1] - b) < 1e-4;
const cases = [
  ['1', 1, -0.06, 1.14],
  ['2', 2, 1, 1],
  ['0.01', 0.01, 1, 1],
  ['0.5, 0.5, 0.5, 2', [0.5, 0.5, 0.5, 2], -0.122609, 1.233913],
  ['1, 1, 1, 4', [1, 1, 1, 4], 1, 1],
];
let changed = false;
for (const [name, weights, a, b] of cases) {
  const found = fit(weights);
  console.log(`weights ${name}: ${found[0].toFixed(4)}, ${found[1].toFixed(4)}`);
  changed ||= !near(found, a, b);
}
if (changed) throw new Error('no longer so');
END
node probe.mjs
