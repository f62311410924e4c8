import type { Geometry } from "geojson";

export type Status = "new" | "ok" | "suspect" | "rejected";

export const STATUSES: readonly Status[] = ["new", "ok", "suspect", "rejected"];

/** What a person edits on this page. */
export interface Values {
  class_code?: number | null;
  status?: Status;
  geometry?: Geometry;
}

/** A sample as `rows/` tells it; `geometry` only where it was asked for by id. */
export interface Row {
  id: string;
  class_code: number | null;
  status: Status;
  confidence: string;
  source: string;
  group: string;
  external_id: string;
  region: string | null;
  revision: number;
  kind: string;
  lon: number;
  lat: number;
  updated_at: string;
  updated_by: string | null;
  geometry?: Geometry;
  deleted?: boolean;
}

export interface ClassEntry {
  code: number;
  name: string;
  color: string;
}

export interface Stale {
  id: string;
  given: number;
  revision: number;
  edited_by: string | null;
  edited_at: string;
  current: { geometry: Geometry; properties: Row } | null;
}

export const NO_CLASS = "#9aa3ae";

export function classWords(classes: readonly ClassEntry[], code: number | null): string {
  if (code === null) return "no class";
  return `${code} ${classes.find((entry) => entry.code === code)?.name ?? "unknown class"}`;
}

export function classColor(classes: readonly ClassEntry[], code: number | null): string {
  return classes.find((entry) => entry.code === code)?.color ?? NO_CLASS;
}

/** The class a digit key stands for: the first nine classes in the order of their codes. */
export function classOfKey(classes: readonly ClassEntry[], key: string): ClassEntry | undefined {
  const place = Number(key);
  return Number.isInteger(place) && place >= 1 && place <= 9 ? classes[place - 1] : undefined;
}

/** A place to stand for a geometry: the point itself, else the middle of its bounds. */
export function middleOf(geometry: Geometry): [lon: number, lat: number] {
  const places = positionsOf(geometry);
  const lons = places.map(([lon]) => lon);
  const lats = places.map(([, lat]) => lat);
  return [(Math.min(...lons) + Math.max(...lons)) / 2, (Math.min(...lats) + Math.max(...lats)) / 2];
}

export function positionsOf(geometry: Geometry): [number, number][] {
  if (geometry.type === "GeometryCollection") return geometry.geometries.flatMap(positionsOf);
  const flat = (value: unknown): [number, number][] =>
    typeof (value as number[])[0] === "number"
      ? [value as [number, number]]
      : (value as unknown[]).flatMap(flat);
  return flat(geometry.coordinates);
}

export const same = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
