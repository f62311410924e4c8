import type { BlockCounts, BlockState } from "../api/types";

/** The answer of `jobs/{id}/blocks/?form=compact`. */
export interface CompactBlocks {
  count: number;
  next: string | null;
  run: number;
  step: string | null;
  states: BlockState[];
  reused: number;
  results: [ix: number, iy: number, code: number, seconds: number][];
  lattice: Lattice | null;
  told: Record<string, Told>;
}

/** Corners of blocks in degrees: `lon` and `lat` row by row over the columns `ix`, rows `iy`. */
export interface Lattice {
  ix: number[];
  iy: number[];
  lon: number[];
  lat: number[];
}

export interface Told {
  class: string;
  signature: string;
  message: string;
  tries: number;
  dropped: string[];
}

export interface BlockInfo {
  index: number;
  ix: number;
  iy: number;
  state: BlockState;
  reused: boolean;
  seconds: number;
  told: Told | null;
}

export const STATES: readonly BlockState[] = [
  "pending",
  "running",
  "done",
  "skipped",
  "degraded",
  "quarantined",
  "waived",
];
const WORLD = 256;
const CLOCKWISE: readonly [number, number][] = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
];

/** Web mercator in pixels of zoom 0. */
export function worldOf(lon: number, lat: number): [number, number] {
  const sine = Math.sin((lat * Math.PI) / 180);
  return [
    ((lon + 180) / 360) * WORLD,
    (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * WORLD,
  ];
}

export const keyOf = (ix: number, iy: number): string => `${ix},${iy}`;

/** Between which two nodes a value lies, and how far; values beyond the ends are drawn out. */
function between(nodes: readonly number[], value: number): [number, number] {
  let [low, high] = [0, Math.max(0, nodes.length - 2)];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((nodes[middle] as number) <= value) low = middle;
    else high = middle - 1;
  }
  const first = nodes[low] as number;
  const second = nodes[low + 1] ?? first + 1;
  return [low, (value - first) / (second - first)];
}

/** The blocks of a step: state by number, and where each lies. Knows no map and no page. */
export class BlockModel {
  size = 0;
  /** Eight numbers a block: x and y of its corners in pixels of zoom 0, clockwise. */
  corners = new Float64Array(0);
  codes = new Uint8Array(0);
  reused = new Uint8Array(0);
  seconds = new Float32Array(0);
  ix = new Int32Array(0);
  iy = new Int32Array(0);
  placed = false;
  step: string | null = null;
  private index = new Map<string, number>();
  private told: Record<string, Told> = {};
  private lattice: Lattice | null = null;
  private nodes = new Float64Array(0);

  /** Takes over the pages of one answer; true when other blocks than before came. */
  load(pages: readonly CompactBlocks[]): boolean {
    const first = pages[0];
    const rows = pages.flatMap((page) => page.results);
    const fresh = rows.length !== this.size || first?.step !== this.step;
    this.size = rows.length;
    this.step = first?.step ?? null;
    this.codes = new Uint8Array(rows.length);
    this.reused = new Uint8Array(rows.length);
    this.seconds = new Float32Array(rows.length);
    this.ix = new Int32Array(rows.length);
    this.iy = new Int32Array(rows.length);
    this.index = new Map();
    this.told = first?.told ?? {};
    rows.forEach(([ix, iy, code, seconds], n) => {
      this.ix[n] = ix;
      this.iy[n] = iy;
      this.reused[n] = code >= (first?.reused ?? 8) ? 1 : 0;
      const name = first?.states[code % (first?.reused ?? 8)] ?? "pending";
      this.codes[n] = STATES.indexOf(name);
      this.seconds[n] = seconds;
      this.index.set(keyOf(ix, iy), n);
    });
    this.place(first?.lattice ?? null);
    return fresh;
  }

  indexOf(ix: number, iy: number): number {
    return this.index.get(keyOf(ix, iy)) ?? -1;
  }

  /** Sets a state; returns the number of the block, -1 for one that is not known. */
  set(ix: number, iy: number, state: BlockState): number {
    const at = this.indexOf(ix, iy);
    if (at >= 0) this.codes[at] = STATES.indexOf(state);
    return at;
  }

  state(at: number): BlockState {
    return STATES[this.codes[at] ?? 0] as BlockState;
  }

  info(at: number): BlockInfo | null {
    if (at < 0 || at >= this.size) return null;
    const [ix, iy] = [this.ix[at] as number, this.iy[at] as number];
    return {
      index: at,
      ix,
      iy,
      state: this.state(at),
      reused: this.reused[at] === 1,
      seconds: this.seconds[at] ?? 0,
      told: this.told[keyOf(ix, iy)] ?? null,
    };
  }

  counts(): BlockCounts & { reused: number } {
    const sums = new Array<number>(STATES.length).fill(0);
    let reused = 0;
    for (let n = 0; n < this.size; n += 1) {
      sums[this.codes[n] as number] = (sums[this.codes[n] as number] as number) + 1;
      reused += this.reused[n] as number;
    }
    const counts: BlockCounts = {};
    STATES.forEach((state, code) => {
      if (sums[code]) counts[state] = sums[code] as number;
    });
    return { ...counts, reused };
  }

  /** Numbers of the blocks in one of the states (all when none is named), in their order. */
  where(states: readonly BlockState[] = []): number[] {
    const wanted = new Set(states.map((state) => STATES.indexOf(state)));
    const found: number[] = [];
    for (let n = 0; n < this.size; n += 1) {
      if (wanted.size === 0 || wanted.has(this.codes[n] as number)) found.push(n);
    }
    return found;
  }

  /** The block at a place in pixels of zoom 0, or -1. */
  at(x: number, y: number): number {
    for (let n = 0; n < this.size && this.placed; n += 1) {
      if (this.holds(n * 8, x, y)) return n;
    }
    return -1;
  }

  /** Box in degrees around some blocks (all when none is named): west, south, east, north. */
  box(which: readonly number[] | null = null): [number, number, number, number] | null {
    if (!this.placed || this.size === 0) return null;
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    const all = which ?? Array.from({ length: this.size }, (_, n) => n);
    for (const n of all) {
      for (let c = n * 8; c < n * 8 + 8; c += 2) {
        left = Math.min(left, this.corners[c] as number);
        right = Math.max(right, this.corners[c] as number);
        top = Math.min(top, this.corners[c + 1] as number);
        bottom = Math.max(bottom, this.corners[c + 1] as number);
      }
    }
    const lat = (y: number): number =>
      (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / WORLD))) * 180) / Math.PI;
    const lon = (x: number): number => (x / WORLD) * 360 - 180;
    return all.length ? [lon(left), lat(bottom), lon(right), lat(top)] : null;
  }

  private holds(at: number, x: number, y: number): boolean {
    let inside = false;
    for (let i = 0, j = 6; i < 8; j = i, i += 2) {
      const [xi, yi] = [this.corners[at + i] as number, this.corners[at + i + 1] as number];
      const [xj, yj] = [this.corners[at + j] as number, this.corners[at + j + 1] as number];
      if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
    }
    return inside;
  }

  /** Place of the upper left corner of a cell of the grid, in pixels of zoom 0. */
  cornerAt(ix: number, iy: number): [number, number] {
    const { lattice, nodes } = this;
    if (!lattice) return [0, 0];
    const [column, east] = between(lattice.ix, ix);
    const [row, south] = between(lattice.iy, iy);
    const across = lattice.ix.length;
    const node = (down: number, right: number): number =>
      2 *
      (Math.min(row + down, lattice.iy.length - 1) * across + Math.min(column + right, across - 1));
    const [a, b, c, d] = [node(0, 0), node(0, 1), node(1, 0), node(1, 1)];
    const mix = (axis: 0 | 1): number =>
      ((nodes[a + axis] as number) * (1 - east) + (nodes[b + axis] as number) * east) *
        (1 - south) +
      ((nodes[c + axis] as number) * (1 - east) + (nodes[d + axis] as number) * east) * south;
    return [mix(0), mix(1)];
  }

  private place(lattice: Lattice | null): void {
    this.placed = lattice !== null;
    this.lattice = lattice;
    this.corners = new Float64Array(this.size * 8);
    if (!lattice) return;
    this.nodes = Float64Array.from(
      lattice.lon.flatMap((lon, n) => worldOf(lon, lattice.lat[n] as number)),
    );
    for (let n = 0; n < this.size; n += 1) {
      const [x, y] = [this.ix[n] as number, this.iy[n] as number];
      for (const [k, [right, down]] of CLOCKWISE.entries()) {
        this.corners.set(this.cornerAt(x + right, y + down), n * 8 + k * 2);
      }
    }
  }
}
