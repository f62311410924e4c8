/** Names of features: `<SENSOR>_<BASE>_<window>_<statistic>`. No DOM here. */

export type Kind = "asset" | "band" | "index" | "expression";

/** What is known of a source: how it begins names, and what it is the same as. */
export interface Known {
  kind: Kind | null;
  prefix: string;
  /** What a person calls an expression in names. */
  label?: string;
  /** Two sources of one identity give the same values. */
  identity: string;
}

const SIGNS: Record<string, string> = { "+": "plus", "-": "minus", "*": "times", "/": "by" };
const LONGEST_BASE = 60;
export const LONGEST_NAME = 120;

/** `03-15/06-15` as `0315-0615`, fixed dates as `20180315-20180615`, nothing for none. */
export function windowWord(window: string | null): string {
  return (window ?? "").replaceAll("-", "").replace("/", "-");
}

/** What stands for a source in names; an expression is spelled in letters. */
export function baseOf(source: string, known: Known): string {
  if (known.label) return known.label;
  if (known.kind === "index") return source.toUpperCase();
  if (known.kind === "asset" || known.kind === "band") return source;
  const spelled = source
    .replace(/\*\*/g, "pow")
    .replace(/[-+*/]/g, (sign) => SIGNS[sign] ?? "")
    .replace(/,/g, "_")
    .replace(/[^A-Za-z0-9_.]/g, "");
  return spelled.slice(0, LONGEST_BASE) || "expression";
}

export function nameOf(
  source: string,
  known: Known,
  window: string | null,
  statistic: string,
): string {
  const parts = [known.prefix, baseOf(source, known), windowWord(window), statistic];
  return parts.filter(Boolean).join("_").slice(0, LONGEST_NAME);
}

/** The name itself, or with the first number that makes it one of its own. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  for (let number = 2; ; number += 1) {
    const next = `${name.slice(0, LONGEST_NAME - 5)}_${number}`;
    if (!taken.has(next)) return next;
  }
}

/** A name for a copy of a set that no other set has. */
export function copyName(name: string, taken: readonly string[]): string {
  const base = name.replace(/ \(copy(?: \d+)?\)$/, "").slice(0, LONGEST_NAME - 12);
  const first = `${base} (copy)`;
  if (!taken.includes(first)) return first;
  for (let number = 2; ; number += 1) {
    const next = `${base} (copy ${number})`;
    if (!taken.includes(next)) return next;
  }
}
