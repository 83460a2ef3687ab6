#!/usr/bin/env bash
# vega-lite 5.23.0 with vega 5.33.0 (npm): a colour that is a datum with a scale is
# refused by Vega-Lite's own schema, and drawn by its compiler as asked for.
#
# A figure in layers names each series by {"datum": "fit"} and wants its colour fixed by
# the scale beside it, as a field has one. One would guess that the published JSON
# Schema, by which editors and checks judge a specification, and the compiler, which
# warns of much less, agree about that.
#
# Seen: the compiler takes the scale, without a warning, and draws the line in its
# colour; the schema refuses the specification. With a field in the datum's place both
# take it; without the scale both take it, and the colour is another one. So what draws
# well may not validate: give rows a field that names their series.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . vega@5.33.0 \
  vega-lite@5.23.0 ajv@8.17.1 ajv-formats@3.0.1
cat >probe.mjs <<'END'
import { readFileSync } from 'node:fs';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import * as vega from 'vega';
import * as vegaLite from 'vega-lite';

const schema = 'node_modules/vega-lite/build/vega-lite-schema.json';
const ajv = new Ajv({ strict: false });
addFormats(ajv);
ajv.addFormat('color-hex', true);
const accepts = ajv.compile(JSON.parse(readFileSync(schema)));

const scale = { domain: ['fit'], range: ['#123456'] };
const colours = {
  'a field with a scale': { field: 'series', type: 'nominal', scale },
  'a datum with a scale': { datum: 'fit', type: 'nominal', scale },
  'a datum without': { datum: 'fit', type: 'nominal' },
};
const seen = [];
for (const [name, color] of Object.entries(colours)) {
  const spec = {
    data: { values: [1, 2].map((N) => ({ N, loss: 4 - N, series: 'fit' })) },
    mark: 'line',
    encoding: {
      x: { field: 'N', type: 'quantitative' },
      y: { field: 'loss', type: 'quantitative' },
      color,
    },
  };
  let said = 0;
  const count = () => { said += 1; return logger; };
  const silent = () => logger;
  const logger = { level: silent, error: count, warn: count, info: silent, debug: silent };
  const compiled = vegaLite.compile(spec, { logger }).spec;
  const view = new vega.View(vega.parse(compiled), { renderer: 'none' });
  const drawn = (await view.toSVG()).includes('#123456');
  console.log(`${name}: the schema ${accepts(spec) ? 'accepts' : 'refuses'} it, ` +
    `${said} warnings, ${drawn ? 'the colour asked for' : 'another colour'}`);
  seen.push(`${accepts(spec)} ${said} ${drawn}`);
}
if (seen.join(', ') !== 'true 0 true, false 0 true, true 0 false') {
  throw new Error('no longer so');
}
END
node probe.mjs
