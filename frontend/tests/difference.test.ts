import { expect, test } from "vitest";
import {
  area,
  type ClassLayer,
  changes,
  comparable,
  order,
  summary,
  type Transitions,
} from "../src/map/difference/model";

const CLASSES = [
  { code: 1, name: "Forest", color: "#000000" },
  { code: 2, name: "Crop", color: "#ffffff" },
];
const TABLE: Transitions = {
  before: CLASSES,
  after: CLASSES,
  pixels: [
    [90, 2],
    [8, 100],
  ],
  area_km2: [
    [0.9, 0.02],
    [0.08, 1],
  ],
  changed_km2: 0.1,
  changed_share: 0.05,
};

test("changes come by size and leave out what stayed", () => {
  expect(changes(TABLE).map(({ from, to }) => [from.code, to.code])).toEqual([
    [2, 1],
    [1, 2],
  ]);
});

test("only two class layers can be compared", () => {
  const layer = (role: string, product: string | null): ClassLayer => ({
    id: role + product,
    name: "",
    role,
    product,
    release: 1,
  });
  const all = [layer("class", null), layer("class", "change"), layer("confidence", null)];
  expect(comparable(all)).toEqual([all[0]]);
  expect(order("a", "a")).toBeNull();
  expect(order("a", "b")).toEqual({ before: "a", after: "b" });
});

test("figures say what they are", () => {
  expect(summary(TABLE)).toBe("5.00 % changed, 0.1 km².");
  expect(summary({ ...TABLE, changed_share: null })).toContain("no pixel in common");
  expect(area(1234.5)).toBe("1,235 km²");
});
