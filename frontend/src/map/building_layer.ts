import type { Coords, DoneCallback, Map as LeafletMap } from "leaflet";
import { DomUtil, GridLayer, latLngBounds } from "leaflet";
import type { BBox } from "./setup";

const FADE_MS = 180;

export interface GrowingSource {
  /** XYZ template; another one when what it shows has changed. */
  tiles: string;
  bbox: BBox;
  minZoom: number;
}

export function tileAddress(template: string, { z, x, y }: Coords): string {
  return template.replace("{z}", String(z)).replace("{x}", String(x)).replace("{y}", String(y));
}

/**
 * Tiles of a layer that is still being made. A new version is loaded behind the old picture and
 * takes its place, so that nothing flashes; the server says "unchanged" for most of them.
 */
export class GrowingLayer {
  private readonly tiles = new Map<HTMLElement, Coords>();
  private readonly layer: InstanceType<typeof GridLayer>;
  private source: GrowingSource;
  /** Loads under way; when it falls to zero, the picture is that of the last version. */
  private loading = 0;
  onShown: (() => void) | null = null;

  constructor(map: LeafletMap, source: GrowingSource) {
    this.source = source;
    const load = this.load.bind(this);
    const Growing = GridLayer.extend({
      createTile(coords: Coords, done: DoneCallback): HTMLElement {
        const tile = DomUtil.create("div", "growing-tile");
        load(tile, coords, done);
        return tile;
      },
    });
    const [west, south, east, north] = source.bbox;
    const Layer = Growing as unknown as new (options: object) => InstanceType<typeof GridLayer>;
    this.layer = new Layer({
      bounds: latLngBounds([south, west], [north, east]),
      minZoom: source.minZoom,
      maxZoom: 22,
      className: "result-tiles",
    });
    this.layer.on("tileunload", (event) => {
      this.tiles.delete((event as unknown as { tile: HTMLElement }).tile);
    });
    this.layer.addTo(map);
  }

  update(source: GrowingSource): void {
    const changed = source.tiles !== this.source.tiles;
    this.source = source;
    if (!changed) return;
    for (const [tile, coords] of this.tiles) this.load(tile, coords);
    if (this.loading === 0) this.onShown?.();
  }

  setVisible(visible: boolean): void {
    this.layer.setOpacity(visible ? 1 : 0);
  }

  private load(tile: HTMLElement, coords: Coords, done?: DoneCallback): void {
    this.tiles.set(tile, coords);
    const image = new Image(256, 256);
    image.alt = "";
    this.loading += 1;
    image.addEventListener("load", () => {
      this.replace(tile, image);
      done?.(undefined, tile);
      this.settled();
    });
    image.addEventListener("error", () => {
      done?.(new Error("The tile did not come."), tile);
      this.settled();
    });
    image.src = tileAddress(this.source.tiles, coords);
  }

  private settled(): void {
    this.loading -= 1;
    if (this.loading === 0) this.onShown?.();
  }

  private replace(tile: HTMLElement, image: HTMLImageElement): void {
    const old = [...tile.children];
    tile.append(image);
    setTimeout(() => {
      for (const node of old) node.remove();
    }, FADE_MS);
  }
}
