import type { Coords, Map as LeafletMap, TileEvent, TileLayer } from "leaflet";
import { tileLayer } from "leaflet";
import { type BBox, boundsOf } from "../setup";
import { diagnose, patience } from "./tile_errors";

export interface TileSettings {
  bbox: BBox;
  pane: string;
  tiles: string;
  query: string;
  opacity: number;
  /** Fetches a new address; refused, the person is told. */
  renew(): Promise<string>;
  /** A sentence for the map, or null when all is well again. */
  tell(text: string | null): void;
}

const MAX_ZOOM = 22;
const MOST_RENEWALS = 2;

function addressOf(template: string, query: string): string {
  return query ? `${template}?${query}` : template;
}

function tileAddress(template: string, { x, y, z }: Coords): string {
  const edge = 2 ** z;
  const column = ((x % edge) + edge) % edge;
  return template
    .replace("{z}", String(z))
    .replace("{x}", String(column))
    .replace("{y}", String(y));
}

/**
 * One entry's tiles on one map. Another style or address is put into the tiles that are there, so
 * nothing flickers; an address that has expired is renewed and the lost tiles are asked for again.
 */
export class EntryTiles {
  private static seen = false;
  private readonly layer: TileLayer;
  private readonly shown = new Map<HTMLImageElement, Coords>();
  private readonly failed = new Map<HTMLImageElement, Coords>();
  private template: string;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private attempts = 0;
  private renewals = 0;
  private told = false;
  private gone = false;

  constructor(
    map: LeafletMap,
    private readonly settings: TileSettings,
  ) {
    this.template = addressOf(settings.tiles, settings.query);
    this.layer = tileLayer(this.template, {
      pane: settings.pane,
      opacity: settings.opacity,
      maxZoom: MAX_ZOOM,
      bounds: boundsOf(settings.bbox) as never,
      className: "layer-tiles",
    });
    this.layer.on("tileloadstart", (event) => this.keep(event as TileEvent));
    this.layer.on("tileunload", (event) => this.drop(event as TileEvent));
    this.layer.on("tileload", (event) => this.arrived(event as TileEvent));
    this.layer.on("tileerror", (event) => this.lost(event as unknown as TileEvent));
    this.layer.addTo(map);
  }

  setOpacity(opacity: number): void {
    this.layer.setOpacity(opacity);
  }

  /** Takes another address; with `redraw` for the tiles that are there too, not only new ones. */
  setAddress(tiles: string, query: string, redraw: boolean): void {
    const template = addressOf(tiles, query);
    if (template === this.template) return;
    this.template = template;
    this.layer.setUrl(template, true);
    if (!redraw) return;
    for (const [tile, coords] of this.shown) tile.src = tileAddress(template, coords);
  }

  remove(): void {
    this.gone = true;
    clearTimeout(this.timer);
    this.layer.remove();
    if (this.told) this.settings.tell(null);
  }

  private keep({ tile, coords }: TileEvent): void {
    this.shown.set(tile as HTMLImageElement, coords);
  }

  private drop({ tile }: TileEvent): void {
    this.shown.delete(tile as HTMLImageElement);
    this.failed.delete(tile as HTMLImageElement);
  }

  private arrived({ tile }: TileEvent): void {
    if (!EntryTiles.seen) performance.mark("review:first-tile");
    EntryTiles.seen = true;
    this.failed.delete(tile as HTMLImageElement);
    if (this.failed.size > 0) return;
    this.attempts = 0;
    this.renewals = 0;
    this.say(null);
  }

  private lost({ tile, coords }: TileEvent): void {
    this.failed.set(tile as HTMLImageElement, coords);
    this.timer ??= setTimeout(() => void this.repair(), 60);
  }

  private say(text: string | null): void {
    if (text === null && !this.told) return;
    this.told = text !== null;
    this.settings.tell(text);
  }

  /** Finds out why tiles did not come (an image does not tell) and does something about it. */
  private async repair(): Promise<void> {
    const first = this.failed.values().next().value;
    if (this.gone || !first) {
      this.timer = undefined;
      return;
    }
    const { status, detail } = await this.ask(tileAddress(this.template, first));
    const { remedy, text } = diagnose(status, detail);
    if (this.gone) return;
    if (remedy === "renew") await this.renew();
    else if (remedy === "again") this.later(text || null);
    else this.end(text);
  }

  private async ask(address: string): Promise<{ status: number; detail: string }> {
    try {
      const answer = await fetch(address, { cache: "reload" });
      if (answer.ok) return { status: 200, detail: "" };
      const body = (await answer.json().catch(() => ({}))) as { detail?: string };
      return { status: answer.status, detail: body.detail ?? "" };
    } catch {
      return { status: 0, detail: "" };
    }
  }

  private async renew(): Promise<void> {
    this.renewals += 1;
    if (this.renewals > MOST_RENEWALS) {
      this.end("The server refuses the tile address; reload the page.");
      return;
    }
    try {
      const tiles = await this.settings.renew();
      if (this.gone) return;
      this.template = addressOf(tiles, this.template.split("?")[1] ?? "");
      this.layer.setUrl(this.template, true);
      this.again();
    } catch (error) {
      this.end(error instanceof Error ? error.message : "The tile address could not be renewed.");
    }
  }

  private later(text: string | null): void {
    if (text && this.attempts > 0) this.say(text);
    this.timer = setTimeout(() => this.again(), patience(this.attempts));
    this.attempts += 1;
  }

  private again(): void {
    this.timer = undefined;
    for (const [tile, coords] of this.failed) tile.src = tileAddress(this.template, coords);
  }

  private end(text: string): void {
    this.timer = undefined;
    this.failed.clear();
    this.say(text);
  }
}
