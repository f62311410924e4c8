import { describe, expect, it } from "vitest";
import { noticesOf } from "../src/features/checks";
import type { PageData } from "../src/features/data";
import { Past } from "../src/features/history";
import * as model from "../src/features/model";
import * as naming from "../src/features/naming";
import { Saver } from "../src/features/saver";
import { grouped } from "../src/features/statistics";
import { Store } from "../src/features/store";

const ORDER = ["min", "p010", "p050", "p090", "std", "amplitude"];
const KNOWN: Record<string, naming.Known> = {
  B04: { kind: "asset", prefix: "S2", identity: "B04" },
  B08: { kind: "asset", prefix: "S2", identity: "B08" },
  nir: { kind: "band", prefix: "S2", identity: "B08" },
  ndvi: { kind: "index", prefix: "S2", identity: "(B08 - B04) / (B08 + B04)" },
};
const lookup: model.Lookup = (source) =>
  KNOWN[source] ?? { kind: "expression", prefix: "", identity: source };
const names = (state: model.SetState): string[] => state.features.map((one) => one.name);
const began = (...sources: string[]): model.SetState =>
  model.withSources(model.BEGINNING, sources, lookup);

describe("names of features", () => {
  it("say sensor, base, window and statistic", () => {
    const ndvi = lookup("ndvi");
    expect(naming.nameOf("ndvi", ndvi, "03-15/06-15", "p050")).toBe("S2_NDVI_0315-0615_p050");
    expect(naming.nameOf("B08", lookup("B08"), null, "std")).toBe("S2_B08_std");
    expect(naming.nameOf("nir", lookup("nir"), "2018-03-15/2018-06-15", "mean")).toBe(
      "S2_nir_20180315-20180615_mean",
    );
  });

  it("spell an expression, so that a sum and a difference differ", () => {
    expect(naming.nameOf("B08 - B04", lookup("B08 - B04"), null, "p050")).toBe("B08minusB04_p050");
    expect(naming.baseOf("B08 + B04", lookup("B08 + B04"))).toBe("B08plusB04");
    expect(naming.baseOf("B08 ** 2", lookup("B08 ** 2"))).toBe("B08pow2");
    const named = { ...lookup("B08 - B04"), label: "DIFF" };
    expect(naming.nameOf("B08 - B04", named, null, "p050")).toBe("DIFF_p050");
  });

  it("stay within the length that the server takes, also with a number", () => {
    const long = "x".repeat(400);
    const name = naming.nameOf(long, lookup(long), "03-15/06-15", "p050");
    expect(name.length).toBeLessThanOrEqual(naming.LONGEST_NAME);
    const full = "y".repeat(naming.LONGEST_NAME);
    expect(naming.freeName(full, new Set([full])).length).toBeLessThanOrEqual(naming.LONGEST_NAME);
  });

  it("of a copy are free", () => {
    expect(naming.copyName("Base", ["Base"])).toBe("Base (copy)");
    expect(naming.copyName("Base (copy)", ["Base", "Base (copy)"])).toBe("Base (copy 2)");
  });
});

describe("the expansion", () => {
  it("makes every statistic of every source in every window", () => {
    const state = model.withWindow(began("B04", "ndvi"), "03-15/06-15", lookup);
    expect(state.features).toHaveLength(12);
    expect(names(state).slice(0, 6)).toEqual([
      "S2_B04_p010",
      "S2_B04_p050",
      "S2_B04_p090",
      "S2_B04_0315-0615_p010",
      "S2_B04_0315-0615_p050",
      "S2_B04_0315-0615_p090",
    ]);
    expect(state.features[0]).not.toHaveProperty("window");
    expect(state.features[3]?.window).toBe("03-15/06-15");
  });

  it("keeps the order of the grid, whatever was clicked first", () => {
    const late = model.withStatistic(began("B04", "B08"), "min", lookup, ORDER);
    const early = model.withSources(
      model.withStatistic(model.BEGINNING, "min", lookup, ORDER),
      ["B04", "B08"],
      lookup,
    );
    expect(late.features).toEqual(early.features);
    expect(names(late)[0]).toBe("S2_B04_min");
  });

  it("keeps exceptions when something else is added", () => {
    const cell = { source: "B04", window: null, statistic: "p010" };
    const fewer = model.toggled(began("B04"), cell, lookup);
    expect(model.has(fewer, cell)).toBe(false);
    const wider = model.withStatistic(fewer, "std", lookup, ORDER);
    expect(names(wider)).toEqual(["S2_B04_p050", "S2_B04_p090", "S2_B04_std"]);
    expect(names(model.toggled(wider, cell, lookup))[0]).toBe("S2_B04_p010");
  });

  it("takes features away with their source, statistic or window", () => {
    const state = model.withWindow(began("B04", "B08"), "03-15/06-15", lookup);
    expect(model.withoutSources(state, ["B04"]).features).toHaveLength(6);
    expect(model.withoutStatistic(state, "p050").features).toHaveLength(8);
    expect(model.withoutWindow(state, null).features).toHaveLength(6);
  });

  it("adds nothing twice and leaves renamed features alone", () => {
    const named = model.renamed(began("B04"), 0, "low red");
    const again = model.withWindow(model.withSources(named, ["B04"], lookup), null, lookup);
    expect(names(again)).toEqual(["low red", "S2_B04_p050", "S2_B04_p090"]);
  });

  it("never gives a name that a feature has", () => {
    const named = model.renamed(began("B04"), 0, "S2_B08_p010");
    expect(names(model.withSources(named, ["B08"], lookup))).toContain("S2_B08_p010_2");
  });

  it("of a copy keeps names and order, and can be widened", () => {
    const features = [
      { name: "green up", source: "ndvi", statistic: "p090", window: "03-15/06-15" },
      { name: "red", source: "B04", statistic: "p010" },
    ];
    const state = model.stateOf(features, ORDER);
    expect(state.features).toEqual(features);
    expect(state.windows).toEqual([null, "03-15/06-15"]);
    expect(state.statistics).toEqual(["p010", "p090"]);
    const wider = model.withSources(state, ["B08"], lookup);
    expect(wider.features.slice(0, 2)).toEqual(features);
    expect(wider.features).toHaveLength(6);
  });
});

describe("what is wrong", () => {
  const feature = { name: "a", source: "B08", statistic: "p050" };

  it("is a name that is empty, too long or given twice", () => {
    const long = "x".repeat(naming.LONGEST_NAME + 1);
    const rows = [
      feature,
      { ...feature, statistic: "p010" },
      { ...feature, name: " ", statistic: "min" },
      { ...feature, name: long, statistic: "std" },
    ];
    const faults = model.faultsOf(rows, lookup);
    expect([...faults.keys()]).toEqual([0, 1, 2, 3]);
    expect(faults.get(1)?.text).toBe("Another feature has this name.");
    expect([...faults.values()].every((fault) => fault.level === "failed")).toBe(true);
  });

  it("is told of a duplicate, which can still be saved", () => {
    const rows = [feature, { ...feature, name: "b", source: "nir" }];
    const faults = model.faultsOf(rows, lookup);
    expect([...faults]).toEqual([[1, { level: "attention", text: "Same values as a." }]]);
    const other = [feature, { ...feature, name: "b", window: "03-15/06-15" }];
    expect(model.faultsOf(other, lookup).size).toBe(0);
  });

  it("is found by the number in the server's text", () => {
    expect(model.faultPlace("Feature 3 (x (1)): Column 7: unknown")).toEqual({
      at: 2,
      text: "Column 7: unknown",
    });
    expect(model.faultPlace("Feature 2, window: no window")).toEqual({ at: 1, text: "no window" });
    expect(model.faultPlace("features: too many").at).toBeNull();
  });

  it("is listed with what stops saving first", () => {
    const state = model.withStatistic(began("B08", "nir"), "amplitude", lookup, ORDER);
    const report = {
      sources: [
        { ...REPORT, source: "B08", error: "unknown name 'B08'; bands here: nir." },
        { ...REPORT, source: "nir" },
      ],
      windows: [{ window: null, dates: 4, clear: 2.5, years: [2018], error: "" }],
      same_as: { id: "1", name: "Base" },
    };
    const faults = new Map([[0, { level: "failed" as const, text: "x" }]]);
    const more = { lookup, statistics: [{ name: "amplitude", dates_min: 6 }], self: "" };
    const texts = noticesOf(state, report, faults, more).map((row) => `${row.level}: ${row.text}`);
    expect(texts[0]).toBe("failed: 1 feature to mend in the list.");
    expect(noticesOf(state, report, faults, more)[0]?.at).toBe(0);
    expect(texts).toContain("attention: nir gives the same values as B08.");
    expect(texts).toContain("attention: No scene of the project offers B08.");
    expect(texts).toContain("attention: Window whole selection holds 4 dates: few for amplitude.");
    expect(texts).toContain("attention: The set “Base” holds exactly these features.");
    const wider = model.withSources(state, ["B08 / B05"], lookup);
    const fault = { ...REPORT, source: "B08 / B05", error: "unknown name 'B05'; bands here: nir." };
    const unknown = noticesOf(wider, { ...report, sources: [fault] }, new Map(), more);
    expect(unknown.map((row) => row.text)).toContain(
      "No scene of the project offers B08 / B05: unknown name 'B05'.",
    );
    const own = noticesOf(state, report, faults, { ...more, self: "1" });
    expect(own.some((row) => row.text.includes("exactly these"))).toBe(false);
  });
});

const OFFERED = { kind: "asset" as const, title: "", prefix: "S2", collections: [], scenes: 1 };
const REPORT = {
  kind: "asset" as const,
  canonical: "B08",
  collections: [],
  prefix: "S2",
  error: "",
  column: null,
};

describe("undo", () => {
  it("goes back and forth, and a new step ends the way forth", () => {
    const past = new Past(1);
    past.step(2, "two");
    past.step(3, "three");
    expect([past.undo(), past.now, past.redoes]).toEqual(["three", 2, "three"]);
    expect([past.redo(), past.now]).toEqual(["three", 3]);
    past.undo();
    past.step(9, "nine");
    expect([past.now, past.redoes, past.undoes]).toEqual([9, "", "nine"]);
    expect([past.undo(), past.undo(), past.undo(), past.now]).toEqual(["nine", "two", "", 1]);
  });
});

describe("the store", () => {
  const offered = [
    { ...OFFERED, name: "B08", title: "Near infrared" },
    { ...OFFERED, name: "nir", kind: "band" as const, title: "B08" },
    { ...OFFERED, name: "red", kind: "band" as const, title: "B04, SR_B4" },
    { ...OFFERED, name: "ndvi", kind: "index" as const, expression: "(B08 - B04) / (B08 + B04)" },
  ];

  it("knows a common name of one band and an index as what they are made of", () => {
    const { lookup: known } = new Store(model.BEGINNING, offered);
    expect(known("nir").identity).toBe(known("B08").identity);
    expect(known("red").identity).toBe("red");
    expect(known("ndvi").identity).toBe("(B08 - B04) / (B08 + B04)");
  });

  it("learns prefix and identity of an expression and keeps its label", () => {
    const store = new Store(model.BEGINNING, offered);
    const source = "(B08-B04)/(B08+B04)";
    const report = { ...REPORT, source, canonical: "(B08 - B04) / (B08 + B04)" };
    store.learn({ ...report, kind: "expression" }, "GREEN");
    store.learn({ ...report, kind: "expression" });
    expect(store.lookup(source)).toEqual({
      kind: "expression",
      prefix: "S2",
      label: "GREEN",
      identity: store.lookup("ndvi").identity,
    });
  });

  it("takes a name typed letter by letter back at once", () => {
    const store = new Store(began("B04"), offered);
    for (const name of ["l", "lo", "low"])
      store.amend(model.renamed(store.state, 0, name), "renamed", "name 0");
    expect(names(store.state)[0]).toBe("low");
    store.undo();
    expect(names(store.state)[0]).toBe("S2_B04_p010");
    store.redo();
    expect(names(store.state)[0]).toBe("low");
  });
});

describe("a set is saved", () => {
  const data: PageData = {
    project: "p",
    listUrl: "/projects/p/features/",
    back: "",
    sources: [],
    statistics: [],
    sets: [],
    open: null,
    copies: false,
  };
  const open = { id: "7", name: "Base", features: [], usedBy: [] };

  it("as a new one, or in place while no model uses it", () => {
    const call = new Saver(data).call("Spring", model.renamed(began("B04"), 0, " low "));
    expect([call.method, call.path]).toEqual(["POST", "/api/v1/feature-sets/"]);
    expect(call.body).toMatchObject({ project: "p", name: "Spring" });
    expect((call.body as { features: model.Feature[] }).features[0]?.name).toBe("low");
    expect(new Saver({ ...data, open }).call("x", began()).method).toBe("PATCH");
    expect(new Saver({ ...data, open, copies: true }).call("x", began()).method).toBe("POST");
  });

  it("and leads to the list, or back with the set chosen", () => {
    expect(new Saver(data).next("9")).toBe("/projects/p/features/?set=9");
    const back = "/projects/p/launch/train_model/?aoi=1&made=feature_set.3";
    const next = new URL(new Saver({ ...data, back }).next("9"), "http://x");
    expect(next.searchParams.get("aoi")).toBe("1");
    expect(next.searchParams.getAll("made")).toEqual(["feature_set.9"]);
  });
});

describe("statistics", () => {
  it("all appear once, also one that has no words here", () => {
    const rows = ["p050", "std", "novel"].map((name) => ({ name, dates_min: 3 }));
    const groups = grouped(rows);
    expect(groups.map(([title]) => title)).toEqual(["Level", "Spread", "Other"]);
    expect(groups.flatMap(([, all]) => all.map((row) => row.name))).toEqual(
      rows.map((row) => row.name),
    );
  });
});
