#!/usr/bin/env bash
# vega-statistics 2.0.0 (npm; the regressions of Vega 6.4 and of Vega-Lite 6.4) and
# d3-regression 2.2.0: "pow" of x and "exp" of ln x fit the same curve differently.
#
# y = a x^b is y = a e^(b t) with t = ln x: both methods promise a curve of that form, and
# both have closed forms in ln y. One would guess that a trend line of losses is the same
# whether the axis holds N or ln N.
#
# Seen: "pow" is least squares of ln y on ln x, all points alike; "exp" weights every
# point by y. For six losses that halve for each factor of four in N, with 20 % of
# noise, the exponent is -0.5206 by "pow" and -0.5084 by "exp" of ln x. Neither is
# least squares of y itself. rSquared is of y in both, so it does not tell which was
# minimised. Draw trend lines of scaling laws with "pow" on N, or compute them outside.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . vega-statistics@2.0.0 \
  d3-regression@2.2.0
cat >probe.mjs <<'END'
import * as vega from 'vega-statistics';
import * as d3 from 'd3-regression';

const x = [1, 2, 4, 8, 16, 32];
const noise = [0.1, -0.2, 0.15, -0.05, 0.2, -0.2];
const y = x.map((n, i) => 5 * n ** -0.5 * Math.exp(noise[i]));
const rows = x.map((n, i) => ({ x: n, t: Math.log(n), y: y[i] }));

// Weighted least squares of ln y on ln x.
const slope = (weight) => {
  let s = 0, st = 0, sy = 0, stt = 0, sty = 0;
  for (const r of rows) {
    const w = weight(r), l = Math.log(r.y);
    s += w; st += w * r.t; sy += w * l; stt += w * r.t * r.t; sty += w * r.t * l;
  }
  return (s * sty - st * sy) / (s * stt - st * st);
};
const of = (key) => (r) => r[key];
const slopes = {
  'vega pow of x': vega.regressionPow(rows, of('x'), of('y')).coef[1],
  'vega exp of ln x': vega.regressionExp(rows, of('t'), of('y')).coef[1],
  'd3 pow of x': d3.regressionPow().x(of('x')).y(of('y'))(rows).b,
  'd3 exp of ln x': d3.regressionExp().x(of('t')).y(of('y'))(rows).b,
  'all alike': slope(() => 1),
  'weighted by y': slope(of('y')),
};
for (const [name, value] of Object.entries(slopes)) {
  console.log(`${name}: ${value.toFixed(6)}`);
}
const same = (a, b) => Math.abs(slopes[a] - slopes[b]) < 1e-9;
if (!same('vega pow of x', 'all alike') || !same('d3 pow of x', 'all alike') ||
    !same('vega exp of ln x', 'weighted by y') ||
    !same('d3 exp of ln x', 'weighted by y') ||
    same('all alike', 'weighted by y')) {
  throw new Error('no longer so');
}
END
node probe.mjs
