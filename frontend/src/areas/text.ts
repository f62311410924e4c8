/** Outlines as text, so that an area can be drawn and changed with the keyboard alone. */
import {
  type Box,
  closed,
  opened,
  type Place,
  type Polygonal,
  polygonal,
  polygonsOf,
  type Ring,
  rectangleOf,
} from "../geo/measure";

export class CoordinatesError extends Error {}

const MAX_LINES = 600;

function numbersOf(line: string): number[] {
  return line
    .trim()
    .split(/[\s,;]+/)
    .filter(Boolean)
    .map(Number);
}

function placeOf(line: string, at: number): Place {
  const numbers = numbersOf(line);
  const [lon, lat] = numbers;
  if (numbers.length !== 2 || !numbers.every(Number.isFinite)) {
    throw new CoordinatesError(`Line ${at}: write longitude and latitude, as in 22.15, 45.20.`);
  }
  if (Math.abs(lon as number) > 180 || Math.abs(lat as number) > 90) {
    throw new CoordinatesError(
      `Line ${at}: longitude is -180 to 180, latitude -90 to 90, in degrees.`,
    );
  }
  return [lon as number, lat as number];
}

function boxOfLine(numbers: number[]): Box {
  const [west, south, east, north] = numbers as Box;
  if (!(west < east && south < north)) {
    throw new CoordinatesError("Write west, south, east, north; west and south come first.");
  }
  if (west < -180 || east > 180 || south < -90 || north > 90) {
    throw new CoordinatesError(
      "The box is out of range: longitude -180 to 180, latitude -90 to 90.",
    );
  }
  return [west, south, east, north];
}

/**
 * Reads `west, south, east, north` on one line, or a corner on each line; an empty line begins
 * another polygon. Null for an empty text.
 */
export function outlineOf(text: string): Polygonal | null {
  const lines = text.split("\n");
  const filled = lines.filter((line) => line.trim());
  if (filled.length === 0) return null;
  const first = numbersOf(filled[0] as string);
  if (filled.length === 1 && first.length === 4 && first.every(Number.isFinite)) {
    return rectangleOf(boxOfLine(first));
  }
  const rings: Ring[] = [[]];
  lines.forEach((line, n) => {
    if (line.trim()) (rings.at(-1) as Ring).push(placeOf(line, n + 1));
    else if ((rings.at(-1) as Ring).length > 0) rings.push([]);
  });
  const whole = rings.map(opened).filter((ring) => ring.length > 0);
  if (whole.some((ring) => ring.length < 3)) {
    throw new CoordinatesError("A polygon needs at least three corners, one on each line.");
  }
  return polygonal(whole.map((ring) => [closed(ring)]));
}

const short = (value: number): string => String(Number(value.toFixed(6)));

/** The text of an outline, or null when it has holes or is too long to be edited as text. */
export function textOf(geometry: Polygonal | null): string | null {
  const polygons = polygonsOf(geometry);
  if (polygons.some((rings) => rings.length > 1)) return null;
  const parts = polygons.map((rings) => opened(rings[0] ?? []));
  if (parts.reduce((sum, ring) => sum + ring.length, 0) > MAX_LINES) return null;
  return parts
    .map((ring) => ring.map(([lon, lat]) => `${short(lon as number)}, ${short(lat as number)}`))
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

const PLACE = /longitude (-?\d+(?:\.\d+)?(?:e-?\d+)?), latitude (-?\d+(?:\.\d+)?(?:e-?\d+)?)/;

/** The place that an error of the server speaks of. */
export function placeIn(text: string): Place | null {
  const found = PLACE.exec(text);
  return found ? [Number(found[1]), Number(found[2])] : null;
}
