import { describe, expect, it } from "vitest";
import { hit, inside, radiusOf, type Shape, shapesOf } from "../src/map/vector_shapes";

const dot = (id: string | null, x: number, y: number, more: Partial<Shape> = {}): Shape => ({
  id,
  x,
  y,
  count: 1,
  code: 1,
  mixed: false,
  status: "new",
  revision: 1,
  rings: null,
  ...more,
});
const square = (left: number, top: number, edge: number) => [
  { x: left, y: top },
  { x: left + edge, y: top },
  { x: left + edge, y: top + edge },
  { x: left, y: top + edge },
];

describe("shapes of a tile", () => {
  const layer = (features: object[]) =>
    ({
      length: features.length,
      feature: (n: number) => ({ extent: 4096, ...features[n] }),
    }) as never;

  it("are scaled to the tile, and small polygons are dots", () => {
    const [point, small, large] = shapesOf(
      layer([
        {
          type: 1,
          properties: { id: "a", n: 1, class_code: 3 },
          loadGeometry: () => [[{ x: 2048, y: 0 }]],
        },
        { type: 3, properties: { id: "b" }, loadGeometry: () => [square(0, 0, 16)] },
        { type: 3, properties: { id: "c" }, loadGeometry: () => [square(0, 0, 1024)] },
      ]),
      512,
    );
    expect(point).toMatchObject({ id: "a", x: 256, y: 0, code: 3, count: 1 });
    expect(small).toMatchObject({ rings: null, x: 1, y: 1 });
    expect(large?.rings?.[0]?.[2]).toEqual({ x: 128, y: 128 });
  });

  it("stand for several samples without an id", () => {
    const [many] = shapesOf(
      layer([
        { type: 1, properties: { n: 12, mixed: true }, loadGeometry: () => [[{ x: 8, y: 8 }]] },
      ]),
      512,
    );
    expect(many).toMatchObject({ id: null, count: 12, mixed: true, code: null });
    expect(shapesOf(undefined, 512)).toEqual([]);
  });
});

describe("hit", () => {
  it("takes the nearest dot within reach before the polygon around it", () => {
    const field = dot("field", 50, 50, { rings: [square(0, 0, 100)] });
    const shapes = [field, dot("near", 52, 50), dot("far", 60, 50)];
    expect(hit(shapes, { x: 53, y: 50 }, 8)?.id).toBe("near");
    expect(hit(shapes, { x: 20, y: 20 }, 8)?.id).toBe("field");
    expect(hit(shapes, { x: 200, y: 20 }, 8)).toBeNull();
    expect(hit(shapes, { x: 53, y: 50 }, 8, (shape) => shape.id !== "near")?.id).toBe("far");
  });

  it("leaves holes out", () => {
    const rings = [square(0, 0, 100), square(40, 40, 20)];
    expect(inside(rings, { x: 10, y: 10 })).toBe(true);
    expect(inside(rings, { x: 50, y: 50 })).toBe(false);
  });

  it("grows with what a dot stands for, up to a limit", () => {
    expect(radiusOf(1)).toBeLessThan(radiusOf(10));
    expect(radiusOf(1e6)).toBe(7);
  });
});
