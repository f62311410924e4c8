import { describe, expect, it } from "vitest";
import * as filters from "../src/samples/filters";
import { classOfKey, middleOf } from "../src/samples/model";
import * as selection from "../src/samples/selection";

const list = (state: selection.Selection): string[] => [...state.ids];
const ORDER = ["a", "b", "c", "d"];

describe("selection", () => {
  it("ranges from the anchor in both directions", () => {
    const from = selection.only("c");
    expect(list(selection.ranged(from, ORDER, "d"))).toEqual(["c", "d"]);
    const back = selection.ranged(selection.ranged(from, ORDER, "d"), ORDER, "a");
    expect(list(back)).toEqual(["a", "b", "c"]);
    expect(list(selection.ranged(selection.only("gone"), ORDER, "b"))).toEqual(["b"]);
  });

  it("toggles, adds and takes away", () => {
    const two = selection.toggled(selection.only("a"), "b");
    expect(list(two)).toEqual(["a", "b"]);
    expect(list(selection.toggled(two, "a"))).toEqual(["b"]);
    expect(list(selection.added(two, ["b", "d"]))).toEqual(["a", "b", "d"]);
    expect(selection.without(two, new Set(["b"])).focus).toBeNull();
    expect(list(selection.renamed(two, "a", "z"))).toEqual(["z", "b"]);
  });

  it("steps with the arrows and stops at the ends", () => {
    expect(selection.stepped(selection.NOTHING, ORDER, 1)).toBe("a");
    expect(selection.stepped(selection.NOTHING, ORDER, -1)).toBe("d");
    expect(selection.stepped(selection.only("d"), ORDER, 1)).toBe("d");
    expect(selection.stepped(selection.only("b"), ORDER, -1)).toBe("a");
    expect(selection.stepped(selection.only("b"), [], 1)).toBeNull();
  });
});

describe("filters", () => {
  it("come back from the address as they went in", () => {
    const wanted: filters.Filters = {
      ...filters.NO_FILTERS,
      classes: ["1", filters.NONE],
      statuses: ["ok"],
      text: "plot 7",
      inWindow: true,
      ordering: "-updated_at",
      page: 3,
    };
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(filters.addressOf(wanted))) {
      if (value !== null) query.set(name, value);
    }
    expect(filters.filtersOf(query)).toEqual(wanted);
    expect(filters.filtersOf(new URLSearchParams("page=-2"))).toEqual(filters.NO_FILTERS);
  });

  it("ask the API for the window only when it is wished", () => {
    const here = "1,2,3,4";
    expect(filters.askedOf(filters.NO_FILTERS, here).toString()).toBe("");
    const inside = filters.changed(filters.NO_FILTERS, { inWindow: true });
    expect(filters.askedOf(inside, here).get("bbox")).toBe(here);
    expect(filters.isFiltered(inside)).toBe(true);
    expect(filters.isFiltered(filters.NO_FILTERS)).toBe(false);
  });

  it("go to the first page when they change, and turn the order at the second click", () => {
    const third = filters.changed(filters.NO_FILTERS, { page: 3 });
    expect(filters.changed(third, { statuses: ["ok"] }).page).toBe(1);
    const up = filters.ordered(third, "status");
    expect([up.ordering, filters.ordered(up, "status").ordering]).toEqual(["status", "-status"]);
    expect(filters.flipped(["1"], "2")).toEqual(["1", "2"]);
    expect(filters.flipped(["1", "2"], "1")).toEqual(["2"]);
  });
});

describe("model", () => {
  const classes = [1, 2, 9].map((code) => ({ code, name: `c${code}`, color: "#000000" }));

  it("gives digit keys to classes by their place", () => {
    expect(classOfKey(classes, "3")?.code).toBe(9);
    expect(classOfKey(classes, "4")).toBeUndefined();
    expect(classOfKey(classes, "0")).toBeUndefined();
    expect(classOfKey(classes, "x")).toBeUndefined();
  });

  it("finds the middle of a shape", () => {
    expect(middleOf({ type: "Point", coordinates: [3, 4] })).toEqual([3, 4]);
    const ring = [
      [0, 0],
      [4, 0],
      [4, 2],
      [0, 0],
    ];
    expect(middleOf({ type: "Polygon", coordinates: [ring] })).toEqual([2, 1]);
  });
});
