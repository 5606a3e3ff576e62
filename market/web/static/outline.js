// The geometry of a drawn plot: pure, in degrees and metres, the same sums as
// certification/plots/shape.py, so that what is shown while drawing is what is registered.

const SEMI_MAJOR_M = 6378137, ECCENTRICITY2 = 0.00669437999014;
const DECIMALS = 7;

/** Metres per degree of longitude and latitude at `lat`, on the ellipsoid. */
export function metresPerDegree(lat) {
  const phi = (lat * Math.PI) / 180;
  const bend = Math.sqrt(1 - ECCENTRICITY2 * Math.sin(phi) ** 2);
  const degree = Math.PI / 180;
  return [
    degree * (SEMI_MAJOR_M / bend) * Math.cos(phi),
    (degree * SEMI_MAJOR_M * (1 - ECCENTRICITY2)) / bend ** 3,
  ];
}

const round = (number) => Number(number.toFixed(DECIMALS));

/** Corners (longitude, latitude) as a closed GeoJSON ring of a centimetre's precision. */
export function ring(corners) {
  const rounded = corners.map(([lon, lat]) => [round(lon), round(lat)]);
  return [...rounded, rounded[0]];
}

/** Whole square metres of a closed ring. */
export function areaM2(closed) {
  const crosses = crossProducts(closed);
  const whole = crosses.reduce((sum, one) => sum + one, 0);
  if (!whole) return 0;
  const base = closed[0][1];
  const lifted = crosses.reduce(
    (sum, one, n) => sum + (closed[n][1] + closed[n + 1][1] - 2 * base) * one, 0);
  const [perLon, perLat] = metresPerDegree(base + lifted / (3 * whole));
  return Math.round((Math.abs(whole) / 2) * perLon * perLat);
}

function crossProducts(closed) {
  const [x0, y0] = closed[0];
  return closed.slice(1).map(([x2, y2], n) => {
    const [x1, y1] = closed[n];
    return (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0);
  });
}

/** Pairs of sides that cross; side n goes from corner n to the next. Sides that meet do not. */
export function crossings(points) {
  const found = [];
  const many = points.length;
  for (let one = 0; one < many; one += 1) {
    for (let other = one + 2; other < many; other += 1) {
      if (one === 0 && other === many - 1) continue;
      if (cross(points[one], points[one + 1], points[other], points[(other + 1) % many])) {
        found.push([one, other]);
      }
    }
  }
  return found;
}

function cross(a, b, c, d) {
  const side = (p, q, r) => Math.sign((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]));
  return side(a, b, c) * side(a, b, d) <= 0 && side(c, d, a) * side(c, d, b) <= 0;
}

/** One place out of several fixes, the better ones weighing more; `metres` is how far it may err. */
export function meanFix(fixes) {
  const weights = fixes.map((fix) => 1 / Math.max(fix.metres, 0.5) ** 2);
  const whole = weights.reduce((sum, one) => sum + one, 0);
  const of = (name) => fixes.reduce((sum, fix, n) => sum + fix[name] * weights[n], 0) / whole;
  return { lon: of("lon"), lat: of("lat"), metres: Math.min(...fixes.map((fix) => fix.metres)) };
}

/** `[4, 2, 58.5]`: rai, ngan, square wah. */
export function raiNganWah(m2) {
  return [Math.floor(m2 / 1600), Math.floor((m2 % 1600) / 400), (m2 % 400) / 4];
}
