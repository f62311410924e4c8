/** Measures of polygons in degrees: area, crossings, what lies inside. No map, no DOM. */
import type { Geometry, MultiPolygon, Polygon, Position } from "geojson";

export type Ring = Position[];
export type Place = [lon: number, lat: number];
export type Box = [west: number, south: number, east: number, north: number];

const E2 = 0.00669438002290079; // of GRS 80, as of WGS 84 to nine digits
const E = Math.sqrt(E2);
const AUTHALIC_RADIUS_KM = 6371.0071809;
const RADIANS = Math.PI / 180;

function q(lat: number): number {
  const sine = Math.sin(lat);
  const inner = E * sine;
  return (1 - E2) * (sine / (1 - inner * inner) - Math.log((1 - inner) / (1 + inner)) / (2 * E));
}

const Q_POLE = q(Math.PI / 2);

/** Sine of the authalic latitude: areas of the ellipsoid measured on a sphere. */
function authalicSine(lat: number): number {
  return q(lat * RADIANS) / Q_POLE;
}

/** Signed area of a ring in km²; the ring may be open or closed. */
function ringArea(ring: Ring): number {
  let sum = 0;
  for (let n = 0; n < ring.length; n += 1) {
    const [lonA, latA] = ring[n] as Place;
    const [lonB, latB] = ring[(n + 1) % ring.length] as Place;
    sum += (lonB - lonA) * RADIANS * (authalicSine(latA) + authalicSine(latB));
  }
  return (sum / 2) * AUTHALIC_RADIUS_KM ** 2;
}

export function polygonsOf(geometry: Geometry | null | undefined): Ring[][] {
  if (geometry?.type === "Polygon") return [geometry.coordinates];
  if (geometry?.type === "MultiPolygon") return geometry.coordinates;
  return [];
}

export function areaKm2(geometry: Geometry | null | undefined): number {
  let sum = 0;
  for (const rings of polygonsOf(geometry)) {
    rings.forEach((ring, n) => {
      sum += (n === 0 ? 1 : -1) * Math.abs(ringArea(ring));
    });
  }
  return sum;
}

export function vertexCount(geometry: Geometry | null | undefined): number {
  return polygonsOf(geometry).reduce(
    (sum, rings) => sum + rings.reduce((own, ring) => own + Math.max(0, ring.length - 1), 0),
    0,
  );
}

export function boxOf(geometry: Geometry | null | undefined): Box | null {
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const rings of polygonsOf(geometry)) {
    for (const [lon, lat] of (rings[0] ?? []) as Place[]) {
      box[0] = Math.min(box[0], lon);
      box[1] = Math.min(box[1], lat);
      box[2] = Math.max(box[2], lon);
      box[3] = Math.max(box[3], lat);
    }
  }
  return Number.isFinite(box[0]) ? box : null;
}

export function boxUnion(boxes: Box[]): Box | null {
  if (boxes.length === 0) return null;
  return boxes.reduce((a, b) => [
    Math.min(a[0], b[0]),
    Math.min(a[1], b[1]),
    Math.max(a[2], b[2]),
    Math.max(a[3], b[3]),
  ]);
}

export function rectangleOf([west, south, east, north]: Box): Polygon {
  const ring: Ring = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
  return { type: "Polygon", coordinates: [ring] };
}

const cross = (o: Place, a: Place, b: Place): number =>
  (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);

/** Where two segments cross inside both, else null. */
function meeting(a: Place, b: Place, c: Place, d: Place): Place | null {
  const [one, two] = [cross(c, d, a), cross(c, d, b)];
  const [three, four] = [cross(a, b, c), cross(a, b, d)];
  if (one * two >= 0 || three * four >= 0) return null;
  const share = one / (one - two);
  return [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])];
}

const MAX_CHECKED = 1500;

/** The first place where the outline crosses itself; long outlines are left to the server. */
export function crossingOf(geometry: Geometry | null | undefined): Place | null {
  const segments: [Place, Place][] = [];
  for (const rings of polygonsOf(geometry)) {
    for (const ring of rings) {
      for (let n = 0; n + 1 < ring.length; n += 1) {
        segments.push([ring[n] as Place, ring[n + 1] as Place]);
      }
    }
  }
  if (segments.length > MAX_CHECKED) return null;
  for (let i = 0; i < segments.length; i += 1) {
    const [a, b] = segments[i] as [Place, Place];
    for (let j = i + 1; j < segments.length; j += 1) {
      const [c, d] = segments[j] as [Place, Place];
      const place = meeting(a, b, c, d);
      if (place) return place;
    }
  }
  return null;
}

/** Whether a place lies inside a ring (even-odd rule). */
export function insideRing([x, y]: Place, ring: Ring): boolean {
  let inside = false;
  for (let n = 0, m = ring.length - 1; n < ring.length; m = n, n += 1) {
    const [xa, ya] = ring[n] as Place;
    const [xb, yb] = ring[m] as Place;
    if (ya > y !== yb > y && x < ((xb - xa) * (y - ya)) / (yb - ya) + xa) inside = !inside;
  }
  return inside;
}

export function centreOf([west, south, east, north]: Box): Place {
  return [(west + east) / 2, (south + north) / 2];
}

/** A ring without its repeated last position. */
export function opened(ring: Ring): Ring {
  const [first, last] = [ring[0], ring.at(-1)];
  const closed = ring.length > 1 && first?.[0] === last?.[0] && first?.[1] === last?.[1];
  return closed ? ring.slice(0, -1) : ring;
}

export function closed(ring: Ring): Ring {
  const open = opened(ring);
  return open[0] ? [...open, open[0]] : open;
}

export type Polygonal = Polygon | MultiPolygon;

/** A geometry of the given polygons, as simple as can be; null for none. */
export function polygonal(polygons: Ring[][]): Polygonal | null {
  const [first] = polygons;
  if (!first) return null;
  return polygons.length === 1
    ? { type: "Polygon", coordinates: first }
    : { type: "MultiPolygon", coordinates: polygons };
}
