import { VectorTile } from "@mapbox/vector-tile";
import type { Coords, DoneCallback, LatLng, Map as LeafletMap } from "leaflet";
import { DomUtil, GridLayer } from "leaflet";
import { PbfReader } from "pbf";
import { hit, type Shape, shapesOf } from "./vector_shapes";

/** Wider than an image tile: fewer requests for the same window. */
const SIZE = 512;

export interface VectorTilesOptions {
  layer: string;
  /** The address of a tile; `z` counts 256-px tiles as everywhere. */
  address(z: number, x: number, y: number): string;
  paint(context: CanvasRenderingContext2D, shapes: readonly Shape[]): void;
  visible?(shape: Shape): boolean;
  onTrouble?(failed: boolean): void;
}

interface Tile {
  canvas: HTMLCanvasElement;
  shapes: Shape[];
  stop: AbortController;
  z: number;
}

/** Vector tiles drawn on one canvas each; parsed once, painted again when the state changes. */
export class VectorTiles {
  private readonly tiles = new Map<string, Tile>();
  private readonly grid: InstanceType<typeof GridLayer>;
  private frame = 0;

  constructor(
    private readonly map: LeafletMap,
    private readonly options: VectorTilesOptions,
  ) {
    const create = (coords: Coords, done: DoneCallback): HTMLElement => this.create(coords, done);
    const Grid = GridLayer.extend({ createTile: create });
    this.grid = new (Grid as unknown as new (o: object) => InstanceType<typeof GridLayer>)({
      tileSize: SIZE,
      minZoom: 1,
      keepBuffer: 1,
      updateWhenZooming: false,
      className: "vector-tiles",
    });
    this.grid.on("tileunload", (event) => {
      const { coords } = event as unknown as { coords: Coords };
      const name = nameOf(coords);
      this.tiles.get(name)?.stop.abort();
      this.tiles.delete(name);
    });
    this.grid.addTo(map);
  }

  /** Paints what is there once more: another selection, other colours, edited samples. */
  repaint(): void {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      for (const tile of this.tiles.values()) this.paint(tile);
    });
  }

  /** Asks for every tile again: another filter, or a set that changed as a whole. */
  reload(): void {
    this.grid.redraw();
  }

  /** What lies at a place of the map, within reach of a fingertip or a pointer. */
  at(place: LatLng, reach = 8): Shape | null {
    const z = this.map.getZoom();
    const pixel = this.map.project(place, z);
    const coords = { x: Math.floor(pixel.x / SIZE), y: Math.floor(pixel.y / SIZE), z };
    const tile = this.tiles.get(nameOf(coords));
    if (!tile) return null;
    const inTile = { x: pixel.x - coords.x * SIZE, y: pixel.y - coords.y * SIZE };
    return hit(tile.shapes, inTile, reach, this.options.visible);
  }

  private create(coords: Coords, done: DoneCallback): HTMLElement {
    const canvas = DomUtil.create("canvas") as HTMLCanvasElement;
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    canvas.width = SIZE * ratio;
    canvas.height = SIZE * ratio;
    const tile: Tile = { canvas, shapes: [], stop: new AbortController(), z: coords.z };
    this.tiles.set(nameOf(coords), tile);
    this.fill(tile, coords).then(
      () => done(undefined, canvas),
      (error: Error) => done(error, canvas),
    );
    return canvas;
  }

  private async fill(tile: Tile, { x, y, z }: Coords): Promise<void> {
    const edge = 2 ** (z - 1);
    if (y < 0 || y >= edge) return;
    const column = ((x % edge) + edge) % edge;
    try {
      const address = this.options.address(z - 1, column, y);
      const answer = await fetch(address, {
        credentials: "same-origin",
        signal: tile.stop.signal,
      });
      if (!answer.ok) throw new Error(`The tile was answered with ${answer.status}.`);
      const data = await answer.arrayBuffer();
      const layers = data.byteLength ? new VectorTile(new PbfReader(data)).layers : {};
      tile.shapes = shapesOf(layers[this.options.layer], SIZE);
      this.paint(tile);
      this.options.onTrouble?.(false);
    } catch (error) {
      if (!tile.stop.signal.aborted) this.options.onTrouble?.(true);
      throw error;
    }
  }

  private paint({ canvas, shapes }: Tile): void {
    const context = canvas.getContext("2d");
    if (!context) return;
    const ratio = canvas.width / SIZE;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, SIZE, SIZE);
    this.options.paint(context, shapes);
  }
}

const nameOf = ({ x, y, z }: { x: number; y: number; z: number }): string => `${z}/${x}/${y}`;
