import type { Point } from "leaflet";
import { type BlockModel, keyOf } from "../jobs/block_model";

/** Blocks of a patch that is drawn as one piece: small enough that it is flat. */
const PATCH = 16;
const MOST_PIXELS = 4_000_000;

/** Red, green, blue (0–255) and alpha (0–1). */
export type Rgba = readonly [number, number, number, number];

/** A colour as a style sheet writes it (#rrggbb), with an alpha. */
export function rgbaOf(color: string, alpha: number): Rgba {
  const value = Number.parseInt(color.replace("#", ""), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255, alpha];
}

interface Extent {
  left: number;
  top: number;
  columns: number;
  rows: number;
}

function extentOf(model: BlockModel): Extent | null {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let n = 0; n < model.size; n += 1) {
    left = Math.min(left, model.ix[n] as number);
    right = Math.max(right, model.ix[n] as number);
    top = Math.min(top, model.iy[n] as number);
    bottom = Math.max(bottom, model.iy[n] as number);
  }
  const [columns, rows] = [right - left + 1, bottom - top + 1];
  return columns > 0 && columns * rows <= MOST_PIXELS ? { left, top, columns, rows } : null;
}

/** Joins neighbours: [1, 2, 3, 7] are the runs 1–3 and 7–7. */
export function runsOf(values: readonly number[]): [number, number][] {
  const runs: [number, number][] = [];
  for (const value of [...values].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last && value <= last[1] + 1) last[1] = Math.max(last[1], value);
    else runs.push([value, value]);
  }
  return runs;
}

/**
 * Many small blocks drawn cheaply: their colours as an image of one pixel a block that is laid
 * over the map in flat patches, their edges as long lines. One path of thousands of boxes takes
 * a software renderer twenty times as long.
 */
export class BlockRaster {
  private extent: Extent | null = null;
  private image: ImageData | null = null;
  private readonly canvas = document.createElement("canvas");
  private lines: Float64Array[] = [];
  private patches = new Set<string>();

  constructor(private readonly model: BlockModel) {}

  /** Takes the places of the model's blocks; false when they lie too far apart for an image. */
  rebuild(): boolean {
    this.extent = this.model.placed ? extentOf(this.model) : null;
    this.lines = [];
    this.patches = new Set();
    if (!this.extent) return false;
    const { left, top, columns, rows } = this.extent;
    this.canvas.width = columns;
    this.canvas.height = rows;
    this.image = new ImageData(columns, rows);
    const across = new Map<number, number[]>();
    const down = new Map<number, number[]>();
    const push = (lists: Map<number, number[]>, key: number, value: number): void => {
      const list = lists.get(key);
      if (list) list.push(value);
      else lists.set(key, [value]);
    };
    for (let n = 0; n < this.model.size; n += 1) {
      const [ix, iy] = [this.model.ix[n] as number, this.model.iy[n] as number];
      for (const edge of [0, 1]) {
        push(across, iy + edge, ix);
        push(down, ix + edge, iy);
      }
      this.patches.add(keyOf(Math.floor((ix - left) / PATCH), Math.floor((iy - top) / PATCH)));
    }
    for (const [iy, list] of across) {
      for (const [from, to] of runsOf(list)) this.line(from, to + 1, (ix) => [ix, iy]);
    }
    for (const [ix, list] of down) {
      for (const [from, to] of runsOf(list)) this.line(from, to + 1, (iy) => [ix, iy]);
    }
    return true;
  }

  /** Gives each block its colour. */
  paint(colorOf: (at: number) => Rgba): void {
    if (!this.image || !this.extent) return;
    const { left, top, columns } = this.extent;
    const { data } = this.image;
    data.fill(0);
    for (let n = 0; n < this.model.size; n += 1) {
      const [red, green, blue, alpha] = colorOf(n);
      const row = (this.model.iy[n] as number) - top;
      const at = (row * columns + (this.model.ix[n] as number) - left) * 4;
      data[at] = red;
      data[at + 1] = green;
      data[at + 2] = blue;
      data[at + 3] = alpha * 255;
    }
    this.canvas.getContext("2d")?.putImageData(this.image, 0, 0);
  }

  draw(context: CanvasRenderingContext2D, scale: number, origin: Point, ratio: number): void {
    if (!this.extent) return;
    context.imageSmoothingEnabled = false;
    for (const patch of this.patches) this.drawPatch(context, patch, scale, origin, ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  drawLines(context: CanvasRenderingContext2D, scale: number, origin: Point): void {
    for (const line of this.lines) {
      context.beginPath();
      for (let k = 0; k < line.length; k += 2) {
        context.lineTo(
          (line[k] as number) * scale - origin.x,
          (line[k + 1] as number) * scale - origin.y,
        );
      }
      context.stroke();
    }
  }

  private line(from: number, to: number, at: (k: number) => [number, number]): void {
    const points: number[] = [];
    for (let k = from; k < to; k += PATCH) points.push(...this.model.cornerAt(...at(k)));
    points.push(...this.model.cornerAt(...at(to)));
    this.lines.push(Float64Array.from(points));
  }

  private drawPatch(
    context: CanvasRenderingContext2D,
    patch: string,
    scale: number,
    origin: Point,
    ratio: number,
  ): void {
    const { left, top, columns, rows } = this.extent as Extent;
    const [column, row] = patch.split(",").map(Number) as [number, number];
    const [sx, sy] = [column * PATCH, row * PATCH];
    const [wide, high] = [Math.min(PATCH, columns - sx), Math.min(PATCH, rows - sy)];
    const corner = (ix: number, iy: number): [number, number] => {
      const [x, y] = this.model.cornerAt(left + ix, top + iy);
      return [x * scale - origin.x, y * scale - origin.y];
    };
    const [x0, y0] = corner(sx, sy);
    const [x1, y1] = corner(sx + wide, sy);
    const [x2, y2] = corner(sx, sy + high);
    const { width, height } = context.canvas;
    const reach = Math.abs(x1 - x0) + Math.abs(x2 - x0) + Math.abs(y1 - y0) + Math.abs(y2 - y0);
    if (x0 > width + reach || y0 > height + reach || x0 < -2 * reach || y0 < -2 * reach) return;
    context.setTransform(
      (ratio * (x1 - x0)) / wide,
      (ratio * (y1 - y0)) / wide,
      (ratio * (x2 - x0)) / high,
      (ratio * (y2 - y0)) / high,
      ratio * x0,
      ratio * y0,
    );
    context.drawImage(this.canvas, sx, sy, wide, high, 0, 0, wide, high);
  }
}
