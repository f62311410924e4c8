/** What a vector tile holds, in pixels of the tile; and what lies under a pointer. No drawing. */
import type { VectorTileLayer } from "@mapbox/vector-tile";

export interface Place {
  x: number;
  y: number;
}

export interface Shape extends Place {
  /** Null when the point stands for several samples. */
  id: string | null;
  count: number;
  code: number | null;
  mixed: boolean;
  status: string | null;
  revision: number;
  /** Rings of a polygon large enough to be seen as one. */
  rings: Place[][] | null;
}

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const POLYGON = 3;
/** A polygon smaller than this is a dot. */
export const LEAST_PX = 7;

const text = (value: unknown): string | null => (typeof value === "string" ? value : null);
const number = (value: unknown): number | null => (typeof value === "number" ? value : null);

export function boundsOf(rings: readonly Place[][]): Box {
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const ring of rings) {
    for (const { x, y } of ring) {
      box.left = Math.min(box.left, x);
      box.top = Math.min(box.top, y);
      box.right = Math.max(box.right, x);
      box.bottom = Math.max(box.bottom, y);
    }
  }
  return box;
}

/** The features of a layer for a tile drawn `size` pixels wide. */
export function shapesOf(layer: VectorTileLayer | undefined, size: number): Shape[] {
  const shapes: Shape[] = [];
  for (let n = 0; n < (layer?.length ?? 0); n += 1) {
    const feature = (layer as VectorTileLayer).feature(n);
    const scale = size / feature.extent;
    const rings = feature
      .loadGeometry()
      .map((ring) => ring.map(({ x, y }) => ({ x: x * scale, y: y * scale })));
    const { properties } = feature;
    const box = boundsOf(rings);
    const large = Math.max(box.right - box.left, box.bottom - box.top) >= LEAST_PX;
    shapes.push({
      id: text(properties.id),
      count: number(properties.n) ?? 1,
      code: number(properties.class_code),
      mixed: properties.mixed === true,
      status: text(properties.status),
      revision: number(properties.revision) ?? 0,
      x: (box.left + box.right) / 2,
      y: (box.top + box.bottom) / 2,
      rings: feature.type === POLYGON && large ? rings : null,
    });
  }
  return shapes;
}

/** Whether a place is inside the rings, holes left out (even-odd rule). */
export function inside(rings: readonly Place[][], { x, y }: Place): boolean {
  let odd = false;
  for (const ring of rings) {
    for (let n = 0, before = ring.length - 1; n < ring.length; before = n, n += 1) {
      const a = ring[n] as Place;
      const b = ring[before] as Place;
      const crosses = a.y > y !== b.y > y;
      if (crosses && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) odd = !odd;
    }
  }
  return odd;
}

/** The shape at a place: the nearest dot within reach, else the polygon drawn last around it. */
export function hit(
  shapes: readonly Shape[],
  place: Place,
  reach: number,
  visible: (shape: Shape) => boolean = () => true,
): Shape | null {
  let nearest: Shape | null = null;
  let least = reach;
  let around: Shape | null = null;
  for (const shape of shapes) {
    if (!visible(shape)) continue;
    if (shape.rings) {
      if (inside(shape.rings, place)) around = shape;
      continue;
    }
    const distance = Math.hypot(shape.x - place.x, shape.y - place.y);
    if (distance <= least) {
      least = distance;
      nearest = shape;
    }
  }
  return nearest ?? around;
}

/** Radius of a dot: larger the more samples it stands for, but never hiding its neighbours. */
export function radiusOf(count: number): number {
  return count === 1 ? 4 : Math.min(7, 3.5 + Math.log2(count) * 0.55);
}
