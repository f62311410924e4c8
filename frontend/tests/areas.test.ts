import { describe, expect, it } from "vitest";
import { found, Picked, withoutOverseas } from "../src/areas/picking";
import { type Area, AreaStore, findingsOf, freeName } from "../src/areas/store";
import { outlineOf, placeIn, textOf } from "../src/areas/text";
import { fileObstacle, refusedRows, uploadKey } from "../src/areas/uploads";
import {
  areaKm2,
  boxOf,
  crossingOf,
  insideRing,
  type Polygonal,
  rectangleOf,
  vertexCount,
} from "../src/geo/measure";

const LIMITS = { maxKm2: 10_000, maxVertices: 100 };
const BOW_TIE: Polygonal = {
  type: "Polygon",
  coordinates: [
    [
      [0, 0],
      [1, 1],
      [1, 0],
      [0, 1],
      [0, 0],
    ],
  ],
};

function area(id: string, name: string): Area {
  const geometry = rectangleOf([22, 45, 22.1, 45.1]);
  const properties = { name, project: "p", area_km2: 10, revision: 1 };
  return { type: "Feature", id, geometry, properties };
}

describe("measures", () => {
  it("agree with the ellipsoid of the server", () => {
    expect(areaKm2(rectangleOf([22.14, 45.2, 22.16, 45.21]))).toBeCloseTo(1.7466, 3);
    expect(areaKm2(rectangleOf([22.1, 45.3, 22.12, 45.32]))).toBeCloseTo(3.4862, 3);
  });

  it("take holes away and add parts", () => {
    const outer = rectangleOf([0, 0, 2, 2]).coordinates[0] ?? [];
    const hole = rectangleOf([0.5, 0.5, 1, 1]).coordinates[0] ?? [];
    const whole = areaKm2({ type: "Polygon", coordinates: [outer] });
    const holed = areaKm2({ type: "Polygon", coordinates: [outer, hole] });
    expect(holed).toBeLessThan(whole);
    expect(areaKm2({ type: "MultiPolygon", coordinates: [[outer], [outer]] })).toBeCloseTo(
      2 * whole,
    );
  });

  it("find the place of a crossing, none in a sound outline", () => {
    expect(crossingOf(BOW_TIE)).toEqual([0.5, 0.5]);
    expect(crossingOf(rectangleOf([0, 0, 1, 1]))).toBeNull();
  });

  it("know what lies inside", () => {
    const ring = rectangleOf([0, 0, 1, 1]).coordinates[0] ?? [];
    expect(insideRing([0.5, 0.5], ring)).toBe(true);
    expect(insideRing([1.5, 0.5], ring)).toBe(false);
    expect(boxOf(rectangleOf([0, 1, 2, 3]))).toEqual([0, 1, 2, 3]);
    expect(vertexCount(rectangleOf([0, 1, 2, 3]))).toBe(4);
  });
});

describe("outlines as text", () => {
  it("reads a box, corners and several polygons", () => {
    expect(outlineOf("22, 45, 23, 46")).toEqual(rectangleOf([22, 45, 23, 46]));
    const triangle = outlineOf("0 0\n1 0\n1 1");
    expect(triangle?.coordinates[0]).toHaveLength(4);
    expect(outlineOf("0 0\n1 0\n1 1\n\n5 5\n6 5\n6 6")?.type).toBe("MultiPolygon");
    expect(outlineOf("  \n ")).toBeNull();
  });

  it.each([
    ["0 0\n1 0", "at least three corners"],
    ["0 0\nx 0\n1 1", "Line 2"],
    ["0 0\n200 0\n1 1", "Line 2: longitude"],
    ["23, 45, 22, 46", "west and south come first"],
  ])("says what is wrong with %j", (text, words) => {
    expect(() => outlineOf(text)).toThrow(words);
  });

  it("writes what it reads, but no holes", () => {
    const text = "0, 0\n1, 0\n1, 1";
    expect(textOf(outlineOf(text))).toBe(text);
    const ring = rectangleOf([0, 0, 1, 1]).coordinates[0] ?? [];
    expect(textOf({ type: "Polygon", coordinates: [ring, ring] })).toBeNull();
  });

  it("finds the place in a sentence of the server", () => {
    const text = "The polygon crosses itself near longitude 22.15, latitude -45.2; move it.";
    expect(placeIn(text)).toEqual([22.15, -45.2]);
    expect(placeIn("no place")).toBeNull();
  });
});

describe("findings", () => {
  it("name the crossing with its place", () => {
    const [found] = findingsOf(BOW_TIE, LIMITS);
    expect(found).toMatchObject({ level: "error", place: [0.5, 0.5] });
    expect(found?.text).toContain("crosses itself near longitude 0.5000, latitude 0.5000");
  });

  it("name what is too large or has no area", () => {
    expect(findingsOf(rectangleOf([0, 0, 5, 5]), LIMITS)[0]?.text).toContain("limit of 10,000 km²");
    const flat = outlineOf("0 0\n1 0\n2 0");
    expect(findingsOf(flat, LIMITS)[0]?.text).toContain("no area");
    expect(findingsOf(rectangleOf([0, 0, 0.1, 0.1]), LIMITS)).toEqual([]);
  });
});

describe("the store", () => {
  it("sorts by name as people count and narrows by what is typed", () => {
    const store = new AreaStore();
    store.put([area("a", "Area 10"), area("b", "Area 2"), area("c", "North")]);
    expect(store.shown.map((row) => row.properties.name)).toEqual(["Area 2", "Area 10", "North"]);
    store.narrow("nor");
    expect(store.shown).toHaveLength(1);
  });

  it("steps through the shown rows and forgets what was removed", () => {
    const store = new AreaStore(["a"]);
    store.put([area("a", "A"), area("b", "B")]);
    store.choose("a");
    expect(store.step(1)?.id).toBe("b");
    expect(store.step(-1)?.id).toBe("a");
    store.remove("a");
    expect(store.selected).toBeNull();
    expect(store.outside.size).toBe(0);
  });

  it("offers names that are free", () => {
    expect(freeName("Area", ["Area 1", "Area 2"])).toBe("Area 3");
  });
});

describe("picking", () => {
  const part = (west: number, south: number, size: number): number[][][] =>
    rectangleOf([west, south, west + size, south + size]).coordinates as number[][][];

  it("leaves out what lies overseas and keeps near islands", () => {
    const country: Polygonal = {
      type: "MultiPolygon",
      coordinates: [part(-54, 3, 3), part(0, 44, 6), part(9, 42, 1)],
    };
    expect(withoutOverseas(country).coordinates).toHaveLength(2);
  });

  it("finds by the beginning first, without accents", () => {
    const geometry = rectangleOf([0, 0, 1, 1]);
    const choices = ["Oman", "Romania", "România Mică"].map((name) => ({
      id: name,
      name,
      geometry,
    }));
    expect(found(choices, "roman").map((row) => row.name)).toEqual(["Romania", "România Mică"]);
    expect(found(choices, "oman")[0]?.name).toBe("Oman");
  });

  it("says what it will create and why it cannot", () => {
    const picked = new Picked(1);
    expect(picked.obstacle).toContain("at least one");
    const geometry = rectangleOf([0, 0, 1, 1]);
    picked.toggle({ id: "a", name: "A", geometry });
    expect([picked.obstacle, picked.action]).toEqual([null, "Create one area"]);
    picked.toggle({ id: "b", name: "B", geometry });
    expect(picked.obstacle).toContain("limit of 1");
    picked.merged = true;
    expect(picked.body("p")).toMatchObject({ project: "p", merged_name: "A, B" });
  });
});

describe("uploads", () => {
  const limit = 200 * 1024 ** 2;

  it.each([
    [null, "Choose a file"],
    [{ name: "a.kml", size: 10 }, "no GeoJSON"],
    [{ name: "a.gpkg", size: 0 }, "empty"],
    [{ name: "a.gpkg", size: limit + 1024 ** 2 }, "201 MB, more than the limit of 200 MB"],
  ])("refuses %j", (file, words) => {
    expect(fileObstacle(file, limit)).toContain(words);
  });

  it("lists refused rows of a finished and of a failed import", () => {
    const rows = [
      { row: 2, outcome: "refused", message: "no geometry" },
      { row: 1, outcome: "created", message: "" },
    ];
    expect(refusedRows({ result: { rows } })).toEqual([{ row: 2, message: "no geometry" }]);
    const errors = { rows: ["row 7: it crosses itself", "row 3: empty"] };
    expect(refusedRows({ result: { errors } }).map((row) => row.row)).toEqual([3, 7]);
    expect(refusedRows({ result: null })).toEqual([]);
  });

  it("gives one key to one file with its options", () => {
    const file = { name: "Gebiet ä.gpkg", size: 5, lastModified: 1 };
    expect(uploadKey(file, {}, "s")).toBe(uploadKey(file, {}, "s"));
    expect(uploadKey(file, {}, "s")).not.toBe(uploadKey(file, { skip_invalid: "true" }, "s"));
    expect(uploadKey(file, {}, "s")).toMatch(/^[\x20-\x7e]+$/);
  });
});
