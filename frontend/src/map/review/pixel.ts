import type { Layer } from "../../api/types";
import type { Pixel, PixelRow } from "./hooks";
import type { Place } from "./state";

/** Stored values of a probability layer are 0–250. */
export const PROBABILITY_SCALE = 250;

export const scaleOf = (role: string): number => (role === "probability" ? PROBABILITY_SCALE : 1);

/** The centre of the pixel some columns to the east and rows to the south. */
export function stepped(pixel: Pixel, columns: number, rows: number): Place {
  const corner = (n: number): [number, number] => pixel.ring[n] ?? pixel.center;
  const [a, b, d] = [corner(0), corner(1), corner(3)];
  return {
    lon: pixel.center[0] + columns * (b[0] - a[0]) + rows * (d[0] - a[0]),
    lat: pixel.center[1] + columns * (b[1] - a[1]) + rows * (d[1] - a[1]),
  };
}

export function degreesText({ lat, lon }: Place): string {
  const part = (value: number, plus: string, minus: string): string =>
    `${Math.abs(value).toFixed(6)}° ${value < 0 ? minus : plus}`;
  return `${part(lat, "N", "S")}  ${part(lon, "E", "W")}`;
}

export function metresText({ x, y }: Pixel): string {
  const shown = (value: number): string =>
    value.toLocaleString("en-US", { maximumFractionDigits: 1 }).replaceAll(",", "\u202f");
  return `${shown(x)} E  ${shown(y)} N`;
}

/** A value as a person reads it, with its unit. */
export function valueText(layer: Pick<Layer, "role" | "style">, value: number | null): string {
  if (value === null) return "No value here: outside the map";
  if (layer.role === "probability") return (value / PROBABILITY_SCALE).toFixed(2);
  return [value, layer.style?.unit].filter((part) => part !== undefined).join(" ");
}

/** Probabilities of the classes of one job, the likeliest first. */
export function sharesOf(rows: readonly PixelRow[]): { code: number; share: number }[] {
  return rows
    .flatMap(({ layer, value }) =>
      layer.role === "probability" && layer.class_code != null && value !== null
        ? [{ code: layer.class_code, share: value / PROBABILITY_SCALE }]
        : [],
    )
    .sort((a, b) => b.share - a.share);
}

export interface Histogram {
  start: number;
  width: number;
  counts: number[];
}

/** Stored values below which `low` and `high` (0–1) of the pixels lie: a stretch by share. */
export function percentiles(
  histogram: Histogram,
  low: number,
  high: number,
): [number, number] | null {
  const total = histogram.counts.reduce((sum, n) => sum + n, 0);
  if (total === 0) return null;
  const at = (share: number): number => {
    let sum = 0;
    for (const [bin, n] of histogram.counts.entries()) {
      if (n > 0 && sum + n >= share * total) {
        return histogram.start + histogram.width * (bin + (share * total - sum) / n);
      }
      sum += n;
    }
    return histogram.start + histogram.width * histogram.counts.length;
  };
  const [from, to] = [at(low), at(high)].map((value) => Math.round(value * 10) / 10);
  return from !== undefined && to !== undefined && from < to ? [from, to] : null;
}
