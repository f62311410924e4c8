import type { Map as LeafletMap } from "leaflet";
import type { Source, Sources } from "./sources";
import { type Entry, keyOf, type Side, styleQuery } from "./state";
import { EntryTiles } from "./tiles";

const LOWEST = 210;

interface Drawn {
  entry: Entry;
  pane: HTMLElement;
  tiles: EntryTiles;
  /** Release and colours of the tiles that are there. */
  look: string;
}

const lookOf = (source: Source, query: string): string => `${source.layer?.release ?? ""}?${query}`;

export type Report = (key: string, text: string | null) => void;

export const codesOf = (source: Source): number[] =>
  source.legend.flatMap((row) => (row.code === undefined ? [] : [row.code]));

let made = 0;

/** Draws a stack into one map: a pane for each entry, so that order and clipping cost nothing. */
export class StackView {
  private readonly drawn = new Map<string, Drawn>();
  private wanted: readonly Entry[] = [];

  constructor(
    private readonly map: LeafletMap,
    private readonly sources: Sources,
    private readonly report: Report,
  ) {}

  /** Shows the visible entries of a stack, the first on top. */
  show(stack: readonly Entry[]): void {
    this.wanted = stack.filter((entry) => entry.visible);
    const keys = new Set(this.wanted.map(keyOf));
    for (const key of [...this.drawn.keys()]) if (!keys.has(key)) this.erase(key);
    for (const [at, entry] of this.wanted.entries()) this.place(entry, at);
  }

  /** Cuts each entry at `share` of the width by its side; null shows everything whole. */
  clip(share: number | null, sides: ReadonlyMap<string, Side> = new Map()): void {
    const size = this.map.getSize();
    const from = this.map.containerPointToLayerPoint([0, 0]);
    const to = this.map.containerPointToLayerPoint(size);
    const line = from.x + size.x * (share ?? 0);
    for (const [key, { pane }] of this.drawn) {
      const side = sides.get(key) ?? "both";
      const whole = share === null || side === "both";
      const [west, east] = side === "left" ? [from.x, line] : [line, to.x];
      const corners = [
        [west, from.y],
        [east, from.y],
        [east, to.y],
        [west, to.y],
      ];
      const path = corners.map(([x, y]) => `${x}px ${y}px`).join(", ");
      pane.style.clipPath = whole ? "" : `polygon(${path})`;
    }
  }

  remove(): void {
    this.wanted = [];
    for (const key of [...this.drawn.keys()]) this.erase(key);
  }

  private place(entry: Entry, at: number): void {
    const source = this.sources.get(entry);
    if (!source) return; // it is being loaded; the page shows the stack again when it has come
    const key = keyOf(entry);
    const found = this.drawn.get(key) ?? this.draw(entry, source);
    found.pane.style.zIndex = String(LOWEST + this.wanted.length - at);
    if (found.entry.opacity !== entry.opacity) found.tiles.setOpacity(entry.opacity);
    found.entry = entry;
    const query = styleQuery(entry, codesOf(source));
    const look = lookOf(source, query);
    found.tiles.setAddress(source.tiles, query, look !== found.look);
    found.look = look;
  }

  private draw(entry: Entry, source: Source): Drawn {
    made += 1;
    const name = `entry-${made}`;
    const key = keyOf(entry);
    const pane = this.map.createPane(name);
    pane.dataset.entry = key;
    const query = styleQuery(entry, codesOf(source));
    const tiles = new EntryTiles(this.map, {
      bbox: source.bbox,
      pane: name,
      tiles: source.tiles,
      query,
      opacity: entry.opacity,
      renew: async () => (await this.sources.renew(entry)).tiles,
      tell: (text) => this.report(key, text),
    });
    const drawn = { entry, pane, tiles, look: lookOf(source, query) };
    this.drawn.set(key, drawn);
    return drawn;
  }

  private erase(key: string): void {
    const found = this.drawn.get(key);
    if (!found) return;
    found.tiles.remove();
    found.pane.remove();
    this.drawn.delete(key);
  }
}
