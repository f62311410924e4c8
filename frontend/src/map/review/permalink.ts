import {
  EMPTY,
  type Entry,
  type EntryKind,
  entryOf,
  type Mode,
  type Range,
  type ReviewState,
  type Side,
  type View,
} from "./state";

const MODES: readonly Mode[] = ["single", "swipe", "grid"];
const LETTERS: Record<EntryKind, string> = { layer: "l", scene: "s", static: "t" };
const KINDS = Object.keys(LETTERS) as EntryKind[];
const ID = /^[A-Za-z0-9-]{1,64}$/;

function numbers(text: string | null, length: number): number[] | null {
  if (!text) return null;
  const parts = text.split("/").map(Number);
  return parts.length === length && parts.every(Number.isFinite) ? parts : null;
}

function rangeOf(text: string): Range | null {
  const [low, high] = text.split("_").map(Number);
  return low !== undefined && high !== undefined && low < high ? [low, high] : null;
}

const escaped = (text: string): string =>
  encodeURIComponent(text).replace(/[*,.]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);

/** An entry as text: `l.<id>*o70*x5.6`; what has its default is left out. */
export function entryText(entry: Entry): string {
  const parts = [`${LETTERS[entry.kind]}.${entry.id}`];
  if (entry.bands !== entryOf(entry.kind, "").bands) parts.push(`b${escaped(entry.bands)}`);
  if (entry.release !== null) parts.push(`r${entry.release}`);
  if (!entry.visible) parts.push("h");
  if (entry.opacity !== 1) parts.push(`o${Math.round(entry.opacity * 100)}`);
  if (entry.hidden.length) parts.push(`x${entry.hidden.join(".")}`);
  if (entry.ramp) parts.push(`c${escaped(entry.ramp)}`);
  if (entry.stretch) parts.push(`s${entry.stretch.join("_")}`);
  if (entry.limits) parts.push(`t${entry.limits.join("_")}`);
  if (entry.side !== "both") parts.push(`d${entry.side}`);
  return parts.join("*");
}

function applied(entry: Entry, option: string): Entry {
  const value = option.slice(1);
  switch (option[0]) {
    case "b":
      return { ...entry, bands: decoded(value) || entry.bands };
    case "r":
      return /^\d{1,6}$/.test(value) ? { ...entry, release: Number(value) } : entry;
    case "h":
      return { ...entry, visible: false };
    case "o": {
      const share = Number(value) / 100;
      return share >= 0 && share <= 1 ? { ...entry, opacity: share } : entry;
    }
    case "x": {
      const codes = value.split(".").map(Number);
      return codes.every(Number.isInteger) ? { ...entry, hidden: codes } : entry;
    }
    case "c":
      return { ...entry, ramp: decoded(value) };
    case "s":
      return { ...entry, stretch: rangeOf(value) };
    case "t":
      return { ...entry, limits: rangeOf(value) };
    case "d":
      return ["left", "right"].includes(value) ? { ...entry, side: value as Side } : entry;
    default:
      return entry;
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

export function entryRead(text: string): Entry | null {
  const [head = "", ...options] = text.split("*");
  const [letter, id = ""] = head.split(".");
  const kind = KINDS.find((other) => LETTERS[other] === letter);
  if (!kind || !ID.test(id)) return null;
  return options.reduce(applied, entryOf(kind, id));
}

/** The stack of an address; `layer=` (with `opacity=`) is the short form other pages link with. */
function stackRead(query: URLSearchParams): readonly Entry[] | null {
  const text = query.get("stack");
  if (text !== null) return text.split(",").flatMap((part) => entryRead(part) ?? []);
  const id = query.get("layer");
  if (!id || !ID.test(id)) return null;
  const opacity = Number(query.get("opacity") ?? "1");
  return [entryOf("layer", id, { opacity: opacity >= 0 && opacity <= 1 ? opacity : 1 })];
}

function viewRead(text: string | null): View | null {
  const parts = numbers(text, 3);
  return parts && { zoom: parts[0] as number, lat: parts[1] as number, lon: parts[2] as number };
}

const listRead = (text: string | null): string[] => (text === null ? [] : text.split(","));

/** Reads the state of an address; what is missing or broken is as if it were not there. */
export function stateRead(query: URLSearchParams): ReviewState & { given: boolean } {
  const stack = stackRead(query);
  const point = numbers(query.get("point"), 2);
  const mode = query.get("mode") as Mode;
  const swipe = Number(query.get("swipe") ?? "50") / 100;
  return {
    ...EMPTY,
    given: stack !== null,
    stack: stack ?? [],
    view: viewRead(query.get("view")),
    mode: MODES.includes(mode) ? mode : "single",
    swipe: swipe >= 0 && swipe <= 1 ? swipe : 0.5,
    cells: listRead(query.get("cells")),
    point: point && { lat: point[0] as number, lon: point[1] as number },
    off: listRead(query.get("off")).filter(Boolean),
    panel: query.get("panel"),
  };
}

/** The parameters of an address that `stateRead` reads back; null takes one away. */
export function stateWrite(state: ReviewState): Record<string, string | null> {
  const { view, point } = state;
  return {
    layer: null,
    opacity: null,
    stack: state.stack.map(entryText).join(","),
    view: view && `${view.zoom}/${view.lat.toFixed(5)}/${view.lon.toFixed(5)}`,
    point: point && `${point.lat.toFixed(7)}/${point.lon.toFixed(7)}`,
    mode: state.mode === "single" ? null : state.mode,
    swipe: state.mode === "swipe" ? String(Math.round(state.swipe * 100)) : null,
    cells: state.mode === "grid" && state.cells.length ? state.cells.join(",") : null,
    off: state.off.length ? state.off.join(",") : null,
    panel: state.panel,
  };
}
