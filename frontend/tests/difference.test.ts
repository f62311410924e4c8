import { expect, test } from "vitest";
import {
  area,
  type ClassLayer,
  changes,
  comparable,
  order,
  stackWhere,
  summary,
  type Transitions,
} from "../src/map/difference/model";
import { TransitionView } from "../src/map/difference/view";
import { entryOf } from "../src/map/review/state";

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
  codes: [
    [1, 2],
    [3, 1],
  ],
  changed_km2: 0.1,
  changed_share: 0.05,
};

const CHANGE = {
  id: "change",
  legend: [1, 2, 3].map((code) => ({ code, name: "", color: "#000000" })),
};

test("where one transition is, is shown by it alone", () => {
  const stack = [entryOf("layer", "change"), entryOf("layer", "map"), entryOf("scene", "s")];
  const before = new Set(["map"]);
  const shown = stackWhere(stack, CHANGE, 3, before);
  expect(shown.map(({ visible }) => visible)).toEqual([true, false, true]);
  expect(shown[0]?.hidden).toEqual([1, 2, 254]);
  const again = stackWhere(shown, CHANGE, null, before);
  expect(again[0]?.hidden).toEqual([]);
  expect(again.map(({ visible }) => visible)).toEqual([true, true, true]);
});

test("a cell of the table shows where, and shows all again when chosen once more", () => {
  const told: (number | null)[] = [];
  const view = new TransitionView(TABLE, (code) => told.push(code));
  const cells = view.node.querySelectorAll<HTMLButtonElement>("[aria-pressed]");
  expect(cells).toHaveLength(4); // each change in the list and in the matrix
  cells[0]?.click();
  const pressed = [...cells].filter((cell) => cell.getAttribute("aria-pressed") === "true");
  expect(pressed).toHaveLength(2);
  expect(cells[0]?.getAttribute("aria-label")).toContain("Crop became Forest");
  cells[0]?.click();
  expect(told).toEqual([3, null]);
});

test("a table without codes has no cells to choose", () => {
  const { codes: _, ...old } = TABLE;
  const view = new TransitionView(old, () => undefined);
  expect(view.node.querySelectorAll("[aria-pressed]")).toHaveLength(0);
  expect(view.node.textContent).toContain("0.08 km²");
});

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
