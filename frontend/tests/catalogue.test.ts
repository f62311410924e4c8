import { describe, expect, it } from "vitest";
import { basisWords, calendarWords, median } from "../src/catalogue/calendar_words";
import { importedWords, shareDone, stageLines } from "../src/catalogue/import_words";
import { Marks, UndoStack, undoOf } from "../src/catalogue/marks";
import {
  addressOf,
  freezeBody,
  launchQuery,
  NO_SEARCH,
  periodText,
  queryOf,
  searchOf,
} from "../src/catalogue/search";
import { nearest, neighbour, pageOf, runOf, totalsWords } from "../src/catalogue/ticks";
import { rangeProblem, styleAddress, styleOf, styleQuery } from "../src/catalogue/tile_style";
import { keyStep, moved, TimeScale } from "../src/catalogue/timescale";
import type { ImportProgress, Period, Ticks } from "../src/catalogue/types";

const ticks: Ticks = {
  id: ["a", "b", "c", "d"],
  day: ["2018-03-01", "2018-03-11", "2018-03-11", "2018-06-01"],
  cloud: [10, null, 80, 0],
  state: "iief",
  shape: [0, 1, 0, 0],
  shapes: ["x", "y"],
};

describe("search", () => {
  it("goes to an address and back", () => {
    const search = {
      ...NO_SEARCH,
      where: "window",
      bbox: "5,50,6,51",
      collections: ["s2", "s1"],
      datetime: "2018-03-01/..",
      cloud: 0,
      state: "included",
      text: "31UFS",
    };
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(addressOf(search))) {
      if (value !== null) query.set(name, value);
    }
    expect(searchOf(query)).toEqual(search);
  });

  it("ignores what an address has wrong", () => {
    const query = new URLSearchParams("where=window&bbox=evil&cloud=900&state=half&datetime=soon");
    expect(searchOf(query)).toEqual(NO_SEARCH);
  });

  it("asks the API, with or without the period", () => {
    const search = { ...NO_SEARCH, where: "aoi-1", datetime: "2018-01-01/2018-12-31", cloud: 20 };
    expect(queryOf(search, "p")).toBe(
      "project=p&aoi=aoi-1&datetime=2018-01-01%2F2018-12-31&cloud_cover_max=20",
    );
    expect(queryOf(search, "p", "datetime")).not.toContain("datetime");
  });

  it("leads to the launch form only with filters that form knows", () => {
    expect(launchQuery({ ...NO_SEARCH, cloud: 20, collections: ["s2"] })).toBe(
      "collections=s2&cloud_cover_max=20",
    );
    expect(launchQuery({ ...NO_SEARCH, text: "x" })).toBeNull();
    expect(launchQuery({ ...NO_SEARCH, where: "window", bbox: "1,2,3,4" })).toBeNull();
  });

  it("is frozen with everything it filters by, and scenes marked by hand", () => {
    const search = { ...NO_SEARCH, where: "window", bbox: "1,2,3,4", cloud: 30, sensor: "s2" };
    expect(freezeBody(search, "p", "Name", ["a"])).toEqual({
      project: "p",
      name: "Name",
      scenes: { cloud_cover_max: 30 },
      narrowing: { sensor: "s2", bbox: "1,2,3,4", scenes: ["a"] },
    });
  });

  it("puts the ends of a period in order", () => {
    expect(periodText("2018-06-01", "2018-03-01")).toBe("2018-03-01/2018-06-01");
    expect(periodText("", "2018-03-01")).toBe("../2018-03-01");
    expect(periodText("", "")).toBe("");
  });
});

describe("ticks", () => {
  it("knows the run of a period", () => {
    expect(runOf(ticks, "2018-03-11", "2018-03-11")).toEqual([1, 3]);
    expect(runOf(ticks, "", "2018-03-10")).toEqual([0, 1]);
    expect(runOf(ticks, "2019-01-01", "")).toEqual([4, 4]);
  });

  it("finds the page of a scene", () => {
    expect(pageOf(ticks, "d", "", "", 2)).toBe(2);
    expect(pageOf(ticks, "d", "2018-03-11", "", 2)).toBe(2);
    expect(pageOf(ticks, "a", "2018-03-11", "", 2)).toBeNull();
  });

  it("steps within the period and stops at its ends", () => {
    expect(neighbour(ticks, "a", 1, "", "")).toBe("b");
    expect(neighbour(ticks, "d", 1, "", "")).toBeNull();
    expect(neighbour(ticks, null, 1, "2018-03-11", "")).toBe("b");
    expect(neighbour(ticks, "c", 1, "", "2018-03-31")).toBeNull();
  });

  it("takes the scene of a footprint that is nearest in time", () => {
    expect(nearest(ticks, "x", "2018-05-20")).toBe("d");
    expect(nearest(ticks, "y", null)).toBe("b");
    expect(nearest(ticks, "z", null)).toBeNull();
  });

  it("says what a selection would hold", () => {
    const totals = { count: 4, selectable: 3, excluded: 1, flagged: 0, first: null, last: null };
    expect(totalsWords(totals)).toBe("4 scenes · 3 in a selection · 1 left out");
  });
});

describe("time scale", () => {
  const scale = new TimeScale("2018-01-01", "2018-12-31", 730);

  it("goes from days to places and back", () => {
    expect(scale.x("2018-01-01")).toBe(0);
    expect(scale.dayAt(scale.x("2018-07-15") + 1)).toBe("2018-07-15");
    expect(scale.dayAt(9999)).toBe("2018-12-31");
  });

  it("marks months and names the year", () => {
    const marks = scale.marks().map((mark) => mark.text);
    expect(marks[0]).toBe("2018");
    expect(marks).toContain("Jul");
  });

  it("moves a brush by keys, never past its other end", () => {
    const limits: [string, string] = ["2018-01-01", "2018-12-31"];
    expect(keyStep("ArrowRight", true)).toBe(10);
    expect(keyStep("a", false)).toBe(0);
    expect(moved(["2018-03-01", "2018-03-05"], 0, 10, limits)).toEqual([
      "2018-03-05",
      "2018-03-05",
    ]);
    expect(moved(["2018-03-01", "2018-12-30"], 1, 30, limits)).toEqual([
      "2018-03-01",
      "2018-12-31",
    ]);
  });
});

describe("marks", () => {
  it("marks a range with Shift", () => {
    const marks = new Marks();
    marks.toggle("b", true, ["a", "b", "c", "d"]);
    marks.toggle("d", true, ["a", "b", "c", "d"], true);
    expect(marks.ids).toEqual(["b", "c", "d"]);
  });

  it("undoes in as few calls as there were states", () => {
    const before = [
      { id: "a", included: true, reason: "" },
      { id: "b", included: false, reason: "haze" },
      { id: "c", included: true, reason: "" },
    ];
    expect(undoOf(before)).toEqual([
      { scenes: ["a", "c"], included: true, reason: "" },
      { scenes: ["b"], included: false, reason: "haze" },
    ]);
    const stack = new UndoStack();
    stack.push([]);
    expect(stack.isEmpty).toBe(true);
    stack.push(before);
    expect(stack.pop()).toHaveLength(2);
    expect(stack.pop()).toEqual([]);
  });
});

describe("calendar in words", () => {
  const period = (valid: number, basis: Partial<Period>): Period => ({
    start: "2018-03-01",
    end: "2018-03-10",
    scenes: 1,
    valid,
    measured: 0,
    estimated: 0,
    unknown: 0,
    ...basis,
  });

  it("says where the figures come from", () => {
    const periods = [period(0.8, { measured: 1 }), period(0, {}), period(0.4, { estimated: 2 })];
    expect(basisWords(periods)).toBe("1 measured from masks, 2 estimated from cloud cover");
    const words = calendarWords({ of: "area", km2: 1, truncated: false, periods });
    expect(words).toContain("median 0.4, 1 of 3 without any");
    expect(median([])).toBe(0);
  });
});

describe("style of a scene", () => {
  it("goes to an address and back", () => {
    const style = { style: "B08", stretch: "range,0,0.4", opacity: 0.5 };
    const query = new URLSearchParams(styleAddress(style) as Record<string, string>);
    expect(styleOf(query)).toEqual(style);
    expect(styleQuery(style)).toBe("style=B08&stretch=range%2C0%2C0.4");
    expect(styleOf(new URLSearchParams("stretch=evil&opacity=7")).stretch).toBe("auto");
  });

  it("refuses a range that runs backwards", () => {
    expect(rangeProblem(1, 0)).not.toBeNull();
    expect(rangeProblem(Number.NaN, 1)).not.toBeNull();
    expect(rangeProblem(0, 1)).toBeNull();
  });
});

describe("import in words", () => {
  const told: ImportProgress = {
    job: "j",
    href: "x",
    status: "running",
    stage: "probe",
    items: 3000,
    files: 21000,
    rasters: { done: 21, total: 42 },
    counts: { created: null },
    error_count: null,
    errors: [],
    error: null,
  };

  it("tells the stages and how far they are", () => {
    expect(stageLines(told).map((line) => line.state)).toEqual(["done", "running", "waiting"]);
    expect(stageLines(told)[0]?.detail).toBe("3,000 items found");
    expect(shareDone(told)).toBeCloseTo(0.5);
    const failed = { ...told, status: "error" };
    expect(stageLines(failed)[1]?.state).toBe("failed");
  });

  it("sums up what was done", () => {
    const counts = { created: 5, updated: 0, unchanged: 2, flagged: 1 };
    expect(importedWords({ ...told, counts, error_count: 1 })).toBe(
      "5 imported, 2 unchanged, 1 flagged, 1 problem",
    );
  });
});
