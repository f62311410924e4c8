import type { Point, Polygon } from "geojson";

/** A cell of a confusion matrix: what the map says and what the reference says. */
export interface CellKey {
  assessment: string;
  row: number;
  column: number;
}

export interface NamedClass {
  code: number;
  name: string;
  color: string;
}

export interface CellSample {
  id: string;
  geometry: Point | Polygon;
  properties: {
    mapped: number;
    class_code: number | null;
    status: string;
    source: string;
    external_id: string;
    sample_set: string;
    pixels: number;
    revision: number;
  };
}

export interface CellAnswer {
  count: number;
  missing: number;
  features: CellSample[];
}

/** `row:column` of a permalink, when it names a cell. */
export function readCell(text: string | null): { row: number; column: number } | null {
  const found = /^(\d{1,3}):(\d{1,3})$/.exec(text ?? "");
  return found ? { row: Number(found[1]), column: Number(found[2]) } : null;
}

export function cellAddress({ assessment, row, column }: CellKey): string {
  return `/api/v1/assessments/${assessment}/samples/?row=${row}&column=${column}`;
}

function named(classes: NamedClass[], code: number): string {
  return classes.find((entry) => entry.code === code)?.name ?? `class ${code}`;
}

/** The cell in words: "Grassland on the map, cropland in the reference". */
export function cellTitle(classes: NamedClass[], row: number, column: number): string {
  if (row === column) return `${named(classes, row)}, map and reference agree`;
  return `${named(classes, row)} on the map, ${named(classes, column)} in the reference`;
}

/** How many there are, and what became of the others. */
export function cellNote({ count, missing, features }: CellAnswer): string {
  const words = [`${count.toLocaleString("en")} ${count === 1 ? "sample" : "samples"}`];
  if (missing) words.push(`${missing.toLocaleString("en")} deleted since`);
  const hidden = count - missing - features.length;
  if (hidden > 0) words.push(`the first ${features.length.toLocaleString("en")} are shown`);
  return words.join(", ");
}

/** Samples whose label was changed after the matrix was made. */
export function isRelabelled(sample: CellSample, column: number): boolean {
  return sample.properties.class_code !== column;
}
