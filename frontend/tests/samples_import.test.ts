import { describe, expect, it } from "vitest";
import { fileObstacle } from "../src/areas/uploads";
import { reportCsv, reportRows, resultWords, stepToMend } from "../src/samples/import/report";
import {
  BEGIN,
  columnProblems,
  decided,
  inspected,
  optionsOf,
  tally,
  undecided,
  type Wizard,
  withClassField,
  withLayer,
} from "../src/samples/import/state";
import {
  exactClass,
  firstChoices,
  suggestClass,
  suggestClassField,
} from "../src/samples/import/suggest";
import type { Column, Inspection, Layer } from "../src/samples/import/types";
import { freezeWords } from "../src/samples/versions";

const CLASSES = [
  { code: 1, name: "forest", color: "#117733" },
  { code: 2, name: "Bare soil", color: "#ddcc77" },
  { code: 11, name: "grasslands", color: "#88ccee" },
];

function column(name: string, values: string[] | null, more: Partial<Column> = {}): Column {
  return {
    name,
    type: "text",
    empty: 0,
    distinct: values?.length ?? 5000,
    examples: values?.slice(0, 2) ?? ["s1"],
    low: null,
    high: null,
    values: values?.map((value) => ({ value, count: 2 })) ?? null,
    ...more,
  };
}

const place = (name: string, low: number, high: number): Column =>
  column(name, null, { type: "number", low, high });

function layer(columns: Column[], more: Partial<Layer> = {}): Layer {
  return {
    name: null,
    rows: 4,
    refused: 0,
    geometry_types: { Point: 4 },
    crs: "EPSG:3035",
    x_field: null,
    y_field: null,
    columns,
    sample: [],
    ...more,
  };
}

const looked = (inspection: Inspection, state: Wizard = BEGIN): Wizard =>
  inspected(state, { job: "j1", fileName: "odd.csv", inspection }, CLASSES);

const table = (columns: Column[], more: Partial<Layer> = {}): Wizard =>
  looked({ driver: "CSV", layers: [layer(columns, { crs: null, ...more })] });

describe("suggestions", () => {
  it("know a class by code, by name, and by both together", () => {
    expect(exactClass("forest", CLASSES)).toBe(1);
    expect(suggestClass("11", CLASSES)).toBe(11);
    expect(suggestClass("FOREST", CLASSES)).toBe(1);
    expect(suggestClass("bare_soil", CLASSES)).toBe(2);
    expect(suggestClass("02 - Bare Soil", CLASSES)).toBe(2);
    expect(suggestClass("Grassland", CLASSES)).toBe(11);
  });

  it("leave open what is not near, and what only looks like a code", () => {
    expect(suggestClass("Wald", CLASSES)).toBeNull();
    expect(suggestClass("1 meadow", CLASSES)).toBeNull();
    expect(suggestClass("12", CLASSES)).toBeNull();
  });

  it("make classes of everything when the nomenclature is empty", () => {
    expect(firstChoices(["a", "b"], [])).toEqual({ a: "create", b: "create" });
    expect(firstChoices(["forest", "b"], CLASSES)).toEqual({ forest: 1, b: null });
  });

  it("find the class column by its values or its name, never a column of ids", () => {
    const ids = column("sample_id", null);
    const plot = column("plot", ["1", "2"], { type: "integer" });
    const cover = column("Bedeckung", ["Wald", "forest"]);
    expect(suggestClassField([ids, plot, cover], CLASSES)).toBe("Bedeckung");
    expect(suggestClassField([ids, column("note", ["x", "y"])], CLASSES)).toBe("");
  });
});

describe("columns", () => {
  it("of a vector file without a CRS ask for one in place", () => {
    const state = looked({
      driver: "GPKG",
      layers: [layer([column("class", ["forest"])], { crs: null })],
    });
    expect(columnProblems(state).crs).toContain("does not say its CRS");
    const named = { ...state, mapping: { ...state.mapping, crs: "EPSG:3035" } };
    expect(columnProblems(named)).toEqual({});
    expect(optionsOf(named)).toMatchObject({ crs: "EPSG:3035", class_field: "class" });
  });

  it("with metres in a table are not taken for degrees", () => {
    const columns = [place("E", 5_200_000, 5_300_000), place("N", 2_500_000, 2_600_000)];
    const state = table([...columns, column("class", ["forest"])], { x_field: "E", y_field: "N" });
    expect(columnProblems(state).crs).toContain("no degrees");
    const mapping = { ...state.mapping, crs: "EPSG:3035" };
    expect(columnProblems({ ...state, mapping })).toEqual({});
  });

  it("with one false coordinate are still degrees", () => {
    const columns = [place("x", 22.1, 22_000), place("y", 45.1, 45.2)];
    const state = table([...columns, column("class", ["forest"])], { x_field: "x", y_field: "y" });
    expect(columnProblems(state)).toEqual({});
  });

  it("of a table must be chosen when their names say nothing, and hold numbers", () => {
    const state = table([place("Ost", 1, 2), place("Nord", 1, 2), column("class", ["forest"])]);
    expect(Object.keys(columnProblems(state))).toEqual(["x_field", "y_field"]);
    const mapping = { ...state.mapping, x_field: "Ost", y_field: "class" };
    expect(columnProblems({ ...state, mapping }).y_field).toContain("“forest”");
  });

  it("refuse a class column of ids and an empty one", () => {
    const state = looked({
      driver: "GeoJSON",
      layers: [layer([column("id", null), column("none", [])])],
    });
    expect(columnProblems(withClassField(state, "id", CLASSES)).class_field).toContain("5,000");
    expect(columnProblems(withClassField(state, "none", CLASSES)).class_field).toContain("empty");
    expect(columnProblems(state).class_field).toContain("Choose the column");
  });
});

describe("the wizard", () => {
  const two = (): Wizard =>
    looked({
      driver: "GPKG",
      layers: [
        layer([column("k", ["forest", "Wald"])], { name: "first" }),
        layer([column("class", ["7"])], { name: "second", crs: "EPSG:4326" }),
      ],
    });

  it("keeps what was decided when a person goes back, and when the same file is read again", () => {
    const state = decided(withClassField(two(), "k", CLASSES), ["Wald"], 1);
    const back = { ...state, step: "file" as const };
    const again = inspected(
      back,
      { job: "j2", fileName: "odd.csv", inspection: two().inspection as Inspection },
      CLASSES,
    );
    expect(again.choices).toEqual({ forest: 1, Wald: 1 });
    expect([again.job, again.step]).toEqual(["j2", "columns"]);
    expect(withClassField(again, "k", CLASSES).choices).toEqual(again.choices);
  });

  it("begins anew with another layer or another file", () => {
    const other = withLayer(two(), 1, CLASSES);
    expect(other.mapping.class_field).toBe("class");
    expect(other.choices).toEqual({ 7: null });
    expect(optionsOf(other)).toMatchObject({ layer: "second", class_field: "class" });
    const renamed = inspected(
      other,
      { job: "j3", fileName: "b.gpkg", inspection: two().inspection as Inspection },
      CLASSES,
    );
    expect(renamed.layer).toBe(0);
  });

  it("counts rows by what becomes of them and names what is open", () => {
    const state = withClassField(two(), "k", CLASSES);
    expect(undecided(state)).toEqual(["Wald"]);
    expect(tally(state)).toEqual({ kept: 2, fresh: 0, left: 0, open: 2 });
    expect(tally(decided(state, ["Wald"], "create")).fresh).toBe(2);
  });

  it("sends classes, values left out and new ones as the API wants them", () => {
    const state = withClassField(two(), "k", CLASSES);
    const left = optionsOf(decided(state, ["Wald"], "leave"));
    expect(left).toEqual({
      class_field: "k",
      layer: "first",
      class_map: { forest: 1, Wald: null },
    });
    const fresh = optionsOf({ ...decided(state, ["Wald"], "create"), lenient: true });
    expect(fresh).toMatchObject({
      class_map: { forest: 1 },
      create_classes: true,
      skip_invalid: true,
    });
  });
});

describe("the report", () => {
  const rows = [
    { row: 3, outcome: "refused", message: "its geometry crosses itself near (1, 2)" },
    { row: 1, outcome: "imported", message: "" },
  ];

  it("says of each refused row what to do", () => {
    const [first, second] = reportRows({ result: { rows } });
    expect(first?.advice).toContain("Repair the geometry");
    expect(second?.advice).toBe("");
  });

  it("lists the rows of an import that wrote nothing", () => {
    const errors = { rows: ["row 2: has no geometry", "row 9: x 'a' is not a number"] };
    expect(reportRows({ result: { errors } }).map(({ row }) => row)).toEqual([2, 9]);
  });

  it("becomes a table that no spreadsheet runs", () => {
    const message = '=cmd|"x", y';
    const text = reportCsv(
      reportRows({ result: { rows: [{ row: 1, outcome: "refused", message }] } }),
    );
    expect(text.split("\r\n")[1]).toMatch(/^1,refused,"'=cmd\|""x"", y",/);
  });

  it("tells counts, and why nothing was added", () => {
    expect(resultWords({ result: { imported: 1, refused: 2 } })).toBe(
      "1 sample imported, 2 refused.",
    );
    expect(resultWords({ result: { message: "The same rows." } })).toBe("The same rows.");
  });

  it("leads back to the step where the mistake can be mended", () => {
    expect(stepToMend("Class 'x' is not in nomenclature 'n'; it has: 1 a.")?.step).toBe("classes");
    expect(stepToMend("a.gpkg: has no CRS: give crs, for example EPSG:3035.")?.field).toBe("crs");
    expect(stepToMend("a.csv: has no column 'k' (class_field)")?.step).toBe("columns");
    expect(stepToMend("the GeoPackage is damaged; export it again.")).toBeNull();
  });
});

describe("a file", () => {
  it("is refused before the upload when it is too large, empty or of another kind", () => {
    const kinds = [".csv", ".gpkg"];
    const of = (name: string, size: number): string | null =>
      fileObstacle({ name, size }, 100, kinds, "table");
    expect(of("a.csv", 101)).toContain("more than the limit");
    expect(of("a.csv", 0)).toContain("is empty");
    expect(of("a.kml", 1)).toContain("is no table (.csv, .gpkg)");
    expect(of("a.csv", 100)).toBeNull();
  });
});

describe("a freeze", () => {
  it("says beforehand what it takes and what stays out", () => {
    const now = { count: 10, version: 2, class_counts: { 1: 4, 2: 5 } };
    expect(freezeWords(now)).toContain("9 of 10 samples become version 3.");
    expect(freezeWords(now)).toContain("1 without a label");
    expect(freezeWords({ count: 9, version: null, class_counts: { 1: 9 } })).toBe(
      "9 of 9 samples become version 1.",
    );
  });

  it("of a validation set tells no counts of labels", () => {
    expect(freezeWords({ count: 9, version: null, class_counts: {} })).not.toContain("9");
  });
});
