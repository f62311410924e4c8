import { freeName, type Known, LONGEST_NAME, nameOf } from "./naming";

/** The feature set under the hands: what was chosen, and the features it expands into. No DOM. */

export interface Feature {
  name: string;
  source: string;
  statistic: string;
  /** Absent: the whole selection. */
  window?: string;
}

/** Null is the whole selection. */
export type Window = string | null;

export interface SetState {
  readonly sources: readonly string[];
  readonly statistics: readonly string[];
  readonly windows: readonly Window[];
  readonly features: readonly Feature[];
}

export interface Cell {
  source: string;
  window: Window;
  statistic: string;
}

export type Lookup = (source: string) => Known;

export const MOST_FEATURES = 2000;
export const MOST_SOURCES = 200;
export const MOST_WINDOWS = 50;
export const BEGINNING: SetState = {
  sources: [],
  statistics: ["p010", "p050", "p090"],
  windows: [null],
  features: [],
};

const windowOf = (feature: Feature): Window => feature.window ?? null;

const fits = (feature: Feature, cell: Cell): boolean =>
  feature.source === cell.source &&
  feature.statistic === cell.statistic &&
  windowOf(feature) === cell.window;

export function has(state: SetState, cell: Cell): boolean {
  return state.features.some((feature) => fits(feature, cell));
}

/** Where a cell stands among the features of its source: by window, then by statistic. */
function rank(state: SetState, window: Window, statistic: string): number {
  return state.windows.indexOf(window) * 1000 + state.statistics.indexOf(statistic);
}

/** Sources keep the order in which they were chosen; within one the grid's order holds. */
function place(state: SetState, features: readonly Feature[], cell: Cell): number {
  const mine = rank(state, cell.window, cell.statistic);
  let after = -1;
  for (const [at, one] of features.entries()) {
    const before = rank(state, windowOf(one), one.statistic) < mine;
    if (one.source === cell.source && before) after = at;
  }
  if (after >= 0) return after + 1;
  const first = features.findIndex((one) => one.source === cell.source);
  return first >= 0 ? first : features.length;
}

function filled(state: SetState, cells: readonly Cell[], lookup: Lookup): SetState {
  const features = [...state.features];
  const names = new Set(features.map((feature) => feature.name));
  for (const cell of cells) {
    if (features.some((feature) => fits(feature, cell))) continue;
    const { source, window, statistic } = cell;
    const name = freeName(nameOf(source, lookup(source), window, statistic), names);
    names.add(name);
    const made = { name, source, statistic, ...(window === null ? {} : { window }) };
    features.splice(place(state, features, cell), 0, made);
  }
  return { ...state, features };
}

const cellsOf = (
  sources: readonly string[],
  windows: readonly Window[],
  statistics: readonly string[],
): Cell[] =>
  sources.flatMap((source) =>
    windows.flatMap((window) => statistics.map((statistic) => ({ source, window, statistic }))),
  );

export function withSources(state: SetState, sources: readonly string[], lookup: Lookup): SetState {
  const added = sources.filter((source) => !state.sources.includes(source));
  const wider = { ...state, sources: [...state.sources, ...added] };
  return filled(wider, cellsOf(added, state.windows, state.statistics), lookup);
}

export function withoutSources(state: SetState, sources: readonly string[]): SetState {
  return {
    ...state,
    sources: state.sources.filter((source) => !sources.includes(source)),
    features: state.features.filter((feature) => !sources.includes(feature.source)),
  };
}

/** `order`: all statistics as the catalogue lists them. */
export function withStatistic(
  state: SetState,
  statistic: string,
  lookup: Lookup,
  order: readonly string[],
): SetState {
  if (state.statistics.includes(statistic)) return state;
  const statistics = [...state.statistics, statistic].sort(
    (a, b) => order.indexOf(a) - order.indexOf(b),
  );
  const wider = { ...state, statistics };
  return filled(wider, cellsOf(state.sources, state.windows, [statistic]), lookup);
}

export function withoutStatistic(state: SetState, statistic: string): SetState {
  return {
    ...state,
    statistics: state.statistics.filter((one) => one !== statistic),
    features: state.features.filter((feature) => feature.statistic !== statistic),
  };
}

export function withWindow(state: SetState, window: Window, lookup: Lookup): SetState {
  if (state.windows.includes(window)) return state;
  const windows =
    window === null ? [null, ...state.windows] : [...state.windows, window].sort(wholeFirst);
  const wider = { ...state, windows };
  return filled(wider, cellsOf(state.sources, [window], state.statistics), lookup);
}

function wholeFirst(a: Window, b: Window): number {
  return (a ?? "").length - (b ?? "").length || (a ?? "").localeCompare(b ?? "");
}

export function withoutWindow(state: SetState, window: Window): SetState {
  return {
    ...state,
    windows: state.windows.filter((one) => one !== window),
    features: state.features.filter((feature) => windowOf(feature) !== window),
  };
}

/** Takes a cell into the set, or out of it. */
export function toggled(state: SetState, cell: Cell, lookup: Lookup): SetState {
  if (!has(state, cell)) return filled(state, [cell], lookup);
  return { ...state, features: state.features.filter((feature) => !fits(feature, cell)) };
}

export function renamed(state: SetState, at: number, name: string): SetState {
  const features = state.features.map((one, number) => (number === at ? { ...one, name } : one));
  return { ...state, features };
}

export function removed(state: SetState, at: number): SetState {
  return { ...state, features: state.features.filter((_, number) => number !== at) };
}

/** The grid of features that are there: a copy keeps their names and their order. */
export function stateOf(features: readonly Feature[], order: readonly string[]): SetState {
  const unique = <T>(values: T[]): T[] => [...new Set(values)];
  return {
    sources: unique(features.map((feature) => feature.source)),
    statistics: unique(features.map((feature) => feature.statistic)).sort(
      (a, b) => order.indexOf(a) - order.indexOf(b),
    ),
    windows: unique(features.map(windowOf)).sort(wholeFirst),
    features: features.map((feature) => ({ ...feature })),
  };
}

export interface Fault {
  /** A duplicate can be saved, a wrong name cannot. */
  level: "failed" | "attention";
  text: string;
}

function nameFault(name: string, times: number): string {
  if (!name.trim()) return "Give the feature a name.";
  if (name.length > LONGEST_NAME) return `A name has at most ${LONGEST_NAME} characters.`;
  return times > 1 ? "Another feature has this name." : "";
}

/** What is wrong with which feature, by its place in the list. */
export function faultsOf(features: readonly Feature[], lookup: Lookup): Map<number, Fault> {
  const times = new Map<string, number>();
  for (const { name } of features) times.set(name, (times.get(name) ?? 0) + 1);
  const seen = new Map<string, string>();
  const faults = new Map<number, Fault>();
  for (const [at, feature] of features.entries()) {
    const values = JSON.stringify([
      lookup(feature.source).identity,
      feature.statistic,
      feature.window ?? null,
    ]);
    const wrong = nameFault(feature.name, times.get(feature.name) ?? 0);
    const twin = seen.get(values);
    if (wrong) faults.set(at, { level: "failed", text: wrong });
    else if (twin) faults.set(at, { level: "attention", text: `Same values as ${twin}.` });
    if (twin === undefined) seen.set(values, feature.name);
  }
  return faults;
}

/** Sources that give the same values as one chosen before them: [source, the earlier one]. */
export function twinsOf(sources: readonly string[], lookup: Lookup): [string, string][] {
  const first = new Map<string, string>();
  const pairs: [string, string][] = [];
  for (const source of sources) {
    const { identity } = lookup(source);
    const earlier = first.get(identity);
    if (earlier === undefined) first.set(identity, source);
    else pairs.push([source, earlier]);
  }
  return pairs;
}

/** Features as the API takes them. */
export function featuresSent(state: SetState): Feature[] {
  return state.features.map((feature) => ({ ...feature, name: feature.name.trim() }));
}

/** The feature that a text of the server speaks of ("Feature 3 (x): …"), and what it says. */
export function faultPlace(text: string): { at: number | null; text: string } {
  const found = /^Feature (\d+)(?: \([\s\S]*?\)|, \w+)?: ([\s\S]*)$/.exec(text);
  return found ? { at: Number(found[1]) - 1, text: found[2] ?? text } : { at: null, text };
}
