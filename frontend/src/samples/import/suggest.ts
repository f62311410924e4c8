/** Guesses that a person may change: which column, which class. Rules only. */
import type { ClassEntry } from "../model";
import type { Column } from "./types";

/** What becomes of a value: a class by its code, a new class, left out, or not decided yet. */
export type Choice = number | "create" | "leave" | null;

const CLASS_NAMES = /^(class|class_?(id|code|name)|code|label|lc|lulc|klasse|classe|type)$/i;
const CLASS_PARTS = /class|klass|clase|label|cover|lulc|legend|bedeckung|nutzung/i;
const GUESSES = {
  group_field: /^(group|cluster|polygon_?id|poly_?id|parcel(_?id)?|block|tract|field_?id)$/i,
  from_field: /^(valid_?from|from(_?date)?|start(_?date)?|begin)$/i,
  to_field: /^(valid_?to|to(_?date)?|end(_?date)?)$/i,
} as const;

/** Letters and digits alone, without case, accents and separators. */
export const folded = (text: string): string =>
  text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();

/** The class that the import itself would give to a value: its name, else its code. */
export function exactClass(value: string, classes: readonly ClassEntry[]): number | null {
  const named = classes.find((entry) => entry.name === value);
  if (named) return named.code;
  const code = /^-?\d{1,9}$/.test(value.trim()) ? Number(value) : null;
  return classes.find((entry) => entry.code === code)?.code ?? null;
}

/** A class for a value of a file, by name or code or both; null when nothing is near. */
export function suggestClass(value: string, classes: readonly ClassEntry[]): number | null {
  const exact = exactClass(value, classes);
  if (exact !== null) return exact;
  const words = folded(value);
  const same = classes.filter((entry) => folded(entry.name) === words);
  if (same.length === 1) return same[0]?.code ?? null;
  const [, code, rest] = /^0*(\d{1,3}) (.+)$/.exec(words) ?? [];
  const both = classes.find(
    (entry) => String(entry.code) === code && folded(entry.name) === (rest ?? ""),
  );
  if (both) return both.code;
  const short = words.replace(/s$/, "");
  const near = classes.filter(({ name }) => folded(name).replace(/s$/, "") === short);
  return near.length === 1 ? (near[0]?.code ?? null) : null;
}

/** What to do with each value at first; in an empty nomenclature all of them make classes. */
export function firstChoices(
  values: readonly string[],
  classes: readonly ClassEntry[],
): Record<string, Choice> {
  const rest: Choice = classes.length ? null : "create";
  return Object.fromEntries(values.map((value) => [value, suggestClass(value, classes) ?? rest]));
}

/** The column that most likely holds the class: by its values first, then by its name. */
export function suggestClassField(
  columns: readonly Column[],
  classes: readonly ClassEntry[],
): string {
  const scored = columns
    .filter((column) => column.values?.length)
    .map((column) => ({ name: column.name, score: scoreOf(column, classes) }))
    .sort((one, other) => other.score - one.score);
  const [best] = scored;
  return best && best.score > 0 ? best.name : "";
}

function scoreOf(column: Column, classes: readonly ClassEntry[]): number {
  const values = column.values ?? [];
  const known = values.filter(({ value }) => suggestClass(value, classes) !== null).length;
  const named = CLASS_NAMES.test(column.name) ? 1 : CLASS_PARTS.test(column.name) ? 0.8 : 0;
  // A few whole numbers agree with codes by chance: the name of a column weighs more.
  const byValues = column.type === "text" ? 0.9 : 0.3;
  return named + (known / values.length) * byValues;
}

export function suggestField(columns: readonly Column[], field: keyof typeof GUESSES): string {
  return columns.find(({ name }) => GUESSES[field].test(name))?.name ?? "";
}
