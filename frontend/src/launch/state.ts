/** What is in a launch form, as values: flat, comparable, kept over a reload. No DOM here. */

import type { Mode } from "./scope";

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `{folds: {k: 4}}` as `folds.k → 4`; empty objects and nulls say nothing. */
export function flattened(value: unknown, prefix = "parameters"): Map<string, unknown> {
  const flat = new Map<string, unknown>();
  if (isObject(value)) {
    for (const [name, inner] of Object.entries(value)) {
      for (const [path, leaf] of flattened(inner, `${prefix}.${name}`)) flat.set(path, leaf);
    }
  } else if (value !== null && value !== undefined) flat.set(prefix, value);
  return flat;
}

export function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

export interface Difference {
  path: string;
  before: unknown;
  after: unknown;
}

/** Where two sets of parameters differ; what one does not say counts as its default. */
export function differences(
  before: unknown,
  after: unknown,
  defaults: Map<string, unknown>,
): Difference[] {
  const [a, b] = [flattened(before), flattened(after)];
  const paths = [...new Set([...a.keys(), ...b.keys()])].sort();
  const said = (flat: Map<string, unknown>, path: string): unknown =>
    flat.get(path) ?? defaults.get(path) ?? null;
  return paths
    .map((path) => ({ path, before: said(a, path), after: said(b, path) }))
    .filter((row) => !same(row.before, row.after));
}

/** A value in one line, for lists of differences. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return "automatic";
  if (Array.isArray(value)) return value.map(shown).join(", ") || "none";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export interface Entry {
  value: string;
  checked: boolean;
}

export interface Draft {
  /** The query it was begun with: another link begins another form. */
  query: string;
  at: number;
  fields: Record<string, Entry>;
  places: string[];
  mode: Mode;
}

export const draftKey = (project: string, workflow: string): string =>
  `launch-draft:${project}:${workflow}`;

/** The query as far as it says what a form begins with; scope and choices are part of the draft. */
export function beginningOf(search: string): string {
  const query = new URLSearchParams(search);
  for (const name of ["aoi", "units", "scope", "made"]) query.delete(name);
  query.sort();
  return query.toString();
}

export function readDraft(text: string | null, search: string): Draft | null {
  if (!text) return null;
  try {
    const draft = JSON.parse(text) as Draft;
    const whole = typeof draft.fields === "object" && Array.isArray(draft.places);
    const fits = whole && draft.query === beginningOf(search);
    return fits ? draft : null;
  } catch {
    return null;
  }
}

/** Values of template parameters that no field of the form can take, by path. */
export function homeless(parameters: unknown, paths: Iterable<string>): string[] {
  const known = new Set(paths);
  return [...flattened(parameters).keys()].filter(
    (path) => !known.has(path) && ![...known].some((one) => path.startsWith(`${one}.`)),
  );
}
