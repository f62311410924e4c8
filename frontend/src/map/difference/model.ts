import type { LegendEntry } from "../../api/types";
import { type Entry, UNCLASSIFIABLE } from "../review/state";

export interface Transitions {
  before: LegendEntry[];
  after: LegendEntry[];
  /** What the change layer calls a transition; a table made before this was kept has none. */
  codes?: number[][];
  pixels: number[][];
  area_km2: number[][];
  changed_km2: number;
  changed_share: number | null;
}

export interface ClassLayer {
  id: string;
  name: string;
  role: string;
  product: string | null;
  release: number;
}

export interface Change {
  from: LegendEntry;
  to: LegendEntry;
  km2: number;
  pixels: number;
  /** The code of the change layer, when it is known. */
  code: number | null;
}

/** Layers that can be compared: classes, and not themselves a comparison. */
export function comparable<T extends ClassLayer>(layers: T[]): T[] {
  return layers.filter((layer) => layer.role === "class" && layer.product !== "change");
}

/** What the job is asked for; null while the two sides are not two layers. */
export function order(before: string, after: string): Record<string, string> | null {
  return before && after && before !== after ? { before, after } : null;
}

/** The changes, the largest first; what stayed is not among them. */
export function changes(table: Transitions): Change[] {
  const found: Change[] = [];
  for (const [i, from] of table.before.entries()) {
    for (const [j, to] of table.after.entries()) {
      const pixels = table.pixels[i]?.[j] ?? 0;
      if (!pixels || from.code === to.code) continue;
      const code = table.codes?.[i]?.[j] ?? null;
      found.push({ from, to, pixels, code, km2: table.area_km2[i]?.[j] ?? 0 });
    }
  }
  return found.sort((a, b) => b.pixels - a.pixels);
}

/**
 * The stack that shows where: of the change layer one code alone, of the other layers nothing.
 * Without a code everything comes back; `before` are the ids of layers that were visible.
 */
export function stackWhere(
  stack: readonly Entry[],
  layer: { id: string; legend: readonly LegendEntry[] },
  code: number | null,
  before: ReadonlySet<string>,
): readonly Entry[] {
  const codes = [...layer.legend.flatMap((row) => row.code ?? []), UNCLASSIFIABLE];
  const hidden = code === null ? [] : codes.filter((other) => other !== code);
  return stack.map((entry) => {
    if (entry.kind !== "layer") return entry;
    if (entry.id === layer.id) return { ...entry, visible: true, hidden };
    return { ...entry, visible: code === null && (entry.visible || before.has(entry.id)) };
  });
}

export function summary({ changed_km2, changed_share }: Transitions): string {
  if (changed_share === null) return "The two maps have no pixel in common.";
  return `${(100 * changed_share).toFixed(2)} % changed, ${area(changed_km2)}.`;
}

export function area(km2: number): string {
  const digits = km2 >= 100 ? 0 : km2 >= 1 ? 2 : 4;
  return `${km2.toLocaleString("en", { maximumFractionDigits: digits })} km²`;
}
