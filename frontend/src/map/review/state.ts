/** What the review page shows, as plain values: no DOM, no Leaflet. The stack is top first. */
/** `static` is an item of the catalogue that does not change: elevation, slope. */
export type EntryKind = "layer" | "scene" | "static";
export type Side = "both" | "left" | "right";
export type Mode = "single" | "swipe" | "grid";
export type Range = readonly [low: number, high: number];

export interface Entry {
  kind: EntryKind;
  id: string;
  /** A layer's release; null follows the current one. */
  release: number | null;
  /** A scene's style: `rgb`, `nir` or an asset key; of a static layer "" is its first asset. */
  bands: string;
  visible: boolean;
  /** 0–1. */
  opacity: number;
  /** Class codes left out of the picture. */
  hidden: readonly number[];
  /** Name of a ramp, with a minus in front when reversed; "" is the layer's own. */
  ramp: string;
  stretch: Range | null;
  limits: Range | null;
  /** Where it is drawn while swiping. */
  side: Side;
}

export interface View {
  lat: number;
  lon: number;
  zoom: number;
}

export interface Place {
  lat: number;
  lon: number;
}

export interface ReviewState {
  stack: readonly Entry[];
  view: View | null;
  mode: Mode;
  /** Share of the width left of the line, 0–1. */
  swipe: number;
  /** Key of the entry of each linked map; "" is the whole stack. */
  cells: readonly string[];
  point: Place | null;
  /** Overlays (also `countries` and `graticule`) that are switched off. */
  off: readonly string[];
  /** Panel at the right that is open. */
  panel: string | null;
}

export const CELLS = 4;
export const UNCLASSIFIABLE = 254;

export const EMPTY: ReviewState = {
  stack: [],
  view: null,
  mode: "single",
  swipe: 0.5,
  cells: [],
  point: null,
  off: [],
  panel: null,
};

export function entryOf(kind: EntryKind, id: string, more: Partial<Entry> = {}): Entry {
  return {
    kind,
    id,
    release: null,
    bands: kind === "scene" ? "rgb" : "",
    visible: true,
    opacity: 1,
    hidden: [],
    ramp: "",
    stretch: null,
    limits: null,
    side: "both",
    ...more,
  };
}

/** Names an entry of a stack; the same layer may stand in it twice with two releases. */
export function keyOf(entry: Pick<Entry, "kind" | "id" | "release" | "bands">): string {
  const more = entry.kind === "layer" ? (entry.release ?? "") : entry.bands;
  return `${entry.kind}.${entry.id}.${more}`;
}

export function find(stack: readonly Entry[], key: string): Entry | undefined {
  return stack.find((entry) => keyOf(entry) === key);
}

/** Puts an entry on top; one that is there already becomes visible and stays in its place. */
export function added(stack: readonly Entry[], entry: Entry, at = 0): readonly Entry[] {
  const key = keyOf(entry);
  if (find(stack, key)) return changed(stack, key, { visible: true });
  return [...stack.slice(0, at), entry, ...stack.slice(at)];
}

export function removed(stack: readonly Entry[], key: string): readonly Entry[] {
  return stack.filter((entry) => keyOf(entry) !== key);
}

export function changed(
  stack: readonly Entry[],
  key: string,
  changes: Partial<Entry>,
): readonly Entry[] {
  const next = stack.map((entry) => (keyOf(entry) === key ? { ...entry, ...changes } : entry));
  // Two entries must not become one (a release that is already there).
  const seen = new Set<string>();
  return next.filter((entry) => !seen.has(keyOf(entry)) && seen.add(keyOf(entry)));
}

/** Moves an entry to a position; positions beyond the ends are the ends. */
export function moved(stack: readonly Entry[], key: string, to: number): readonly Entry[] {
  const from = stack.findIndex((entry) => keyOf(entry) === key);
  const entry = stack[from];
  if (!entry) return stack;
  const rest = stack.filter((other) => other !== entry);
  const at = Math.max(0, Math.min(rest.length, to));
  return [...rest.slice(0, at), entry, ...rest.slice(at)];
}

export function toggledClass(entry: Entry, code: number): readonly number[] {
  return entry.hidden.includes(code)
    ? entry.hidden.filter((other) => other !== code)
    : [...entry.hidden, code].sort((a, b) => a - b);
}

/** The query that asks the tile server for these colours; "" for the layer's own. */
export function styleQuery(entry: Entry, codes: readonly number[]): string {
  const query = new URLSearchParams();
  if (entry.kind === "scene") return "";
  if (codes.length > 0) {
    if (entry.hidden.length === 0) return "";
    const shown = [...new Set([...codes, UNCLASSIFIABLE])].filter(
      (code) => !entry.hidden.includes(code),
    );
    return `classes=${shown.sort((a, b) => a - b).join(",")}`;
  }
  if (entry.ramp) query.set("ramp", entry.ramp);
  if (entry.stretch) query.set("stretch", entry.stretch.join(","));
  if (entry.limits) query.set("limits", entry.limits.join(","));
  return query.toString().replaceAll("%2C", ",");
}

/** Which side of the line each visible entry is on; unless told, the top one is on the right. */
export function sidesOf(stack: readonly Entry[]): Map<string, Side> {
  const visible = stack.filter((entry) => entry.visible);
  const told = visible.some((entry) => entry.side !== "both");
  return new Map(
    visible.map((entry, at) => {
      const side: Side = told ? entry.side : at === 0 ? "right" : "left";
      return [keyOf(entry), side] as const;
    }),
  );
}

/** The topmost entry that is drawn on a side. */
export function topOn(stack: readonly Entry[], side: "left" | "right"): Entry | undefined {
  const sides = sidesOf(stack);
  return stack.find((entry) => ["both", side].includes(sides.get(keyOf(entry)) ?? ""));
}

/** A stack in which swiping compares two things: the next hidden entry is shown when alone. */
export function readyToCompare(stack: readonly Entry[]): readonly Entry[] {
  if (stack.filter((entry) => entry.visible).length > 1) return stack;
  const scene = stack.find((entry) => !entry.visible && entry.kind === "scene");
  const next = scene ?? stack.find((entry) => !entry.visible);
  return next ? changed(stack, keyOf(next), { visible: true }) : stack;
}

/** What each linked map shows: what was chosen, else the entries of the stack in turn. */
export function cellsOf(state: ReviewState): string[] {
  const keys = state.stack.map(keyOf);
  return Array.from({ length: CELLS }, (_, n) => {
    const chosen = state.cells[n];
    if (chosen !== undefined && (chosen === "" || keys.includes(chosen))) return chosen;
    return keys[n] ?? "";
  });
}

export function swiped(share: number): number {
  return Math.round(Math.max(0, Math.min(1, share)) * 100) / 100;
}
