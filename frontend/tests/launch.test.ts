import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../src/api/client";
import {
  entriesOf,
  entriesPut,
  groupsFollow,
  marksPut,
  parametersPut,
} from "../src/launch/controls";
import { ringOf } from "../src/launch/draw_area";
import { buttonLabel, type Estimate, isLarge } from "../src/launch/estimate_view";
import { Estimator } from "../src/launch/estimator";
import { bodyOf, controlsOf } from "../src/launch/form";
import { madePut, waysBackPut } from "../src/launch/made";
import { found, Picker } from "../src/launch/picker";
import { bodiesOf, commandsOf, Scope } from "../src/launch/scope";
import { Starter } from "../src/launch/start";
import { beginningOf, differences, flattened, homeless, readDraft } from "../src/launch/state";

const FORM = `
  <div class="field" data-field="parameters.seed" data-default="0" data-label="Seed">
    <input id="f-seed" data-path="parameters.seed" data-type="integer" value="7"><span class="help"></span></div>
  <fieldset class="field" data-field="parameters.outputs" data-default='["class"]' data-label="Outputs">
    <input type="checkbox" data-path="parameters.outputs" data-type="many" value="class" checked>
    <input type="checkbox" data-path="parameters.outputs" data-type="many" value="confidence"></fieldset>
  <div class="field" data-field="parameters.classifier" data-default='"forest"' data-label="Classifier">
    <select id="f-c" data-path="parameters.classifier" data-type="one"><option value="forest">Forest</option><option value="extra">Extra</option></select></div>
  <fieldset data-when="parameters.classifier" data-is="forest"><div class="field" data-field="parameters.hyperparameters.n" data-default="300">
    <input id="f-n-forest" data-path="parameters.hyperparameters.n" data-type="integer" value="300"></div></fieldset>
  <fieldset data-when="parameters.classifier" data-is="extra" disabled hidden><div class="field" data-field="parameters.hyperparameters.n" data-default="100">
    <input id="f-n-extra" data-path="parameters.hyperparameters.n" data-type="integer" value="100"></div></fieldset>
  <div class="field" data-field="parameters.sample_set" data-default="null"><label for="f-s">Sample set</label>
    <select id="f-s" data-path="parameters.sample_set" data-type="one" data-pick="sample_set"><option value="">choose…</option>
    <option value="a" data-aside="training, 12 samples">Alps</option><option value="b" data-aside="training, 9 samples">Banat</option></select></div>`;

function form(): HTMLFormElement {
  const node = document.createElement("form");
  node.innerHTML = FORM;
  document.body.replaceChildren(node);
  return node;
}

function one<T extends Element>(node: ParentNode, selector: string): T {
  const found = node.querySelector<T>(selector);
  if (!found) throw new Error(`nothing matches ${selector}`);
  return found;
}

const parametersOf = (node: HTMLFormElement): unknown =>
  bodyOf(controlsOf(node), { parameters: {} }).parameters;

describe("the form", () => {
  it("takes the fields of the chosen variant only", () => {
    const node = form();
    one<HTMLSelectElement>(node, "#f-c").value = "extra";
    groupsFollow(node);
    expect(parametersOf(node)).toMatchObject({ classifier: "extra", hyperparameters: { n: 100 } });
  });

  it("says that nothing is checked where the default is something", () => {
    const node = form();
    for (const box of node.querySelectorAll<HTMLInputElement>("[type=checkbox]"))
      box.checked = false;
    expect(parametersOf(node)).toMatchObject({ outputs: [] });
  });

  it("marks what is not at its default, and takes it back", () => {
    const node = form();
    const flat = flattened(parametersOf(node));
    const reset = vi.fn();
    const changed = marksPut(node, (path) => flat.get(path), reset);
    expect(changed).toBe(1);
    const field = one<HTMLElement>(node, '[data-field="parameters.seed"]');
    expect(field.classList.contains("changed")).toBe(true);
    one<HTMLButtonElement>(field, ".field-reset").click();
    expect(reset).toHaveBeenCalledWith(field);
  });

  it("takes a template, and names the rows that are gone", () => {
    const node = form();
    const lost = parametersPut(node, { seed: 3, outputs: ["confidence"], sample_set: "gone" });
    expect(lost).toEqual(["parameters.sample_set"]);
    expect(parametersOf(node)).toMatchObject({ seed: 3, outputs: ["confidence"] });
  });

  it("keeps what was typed, variants apart", () => {
    const node = form();
    one<HTMLInputElement>(node, "#f-n-extra").value = "55";
    const entries = entriesOf(node);
    const fresh = form();
    entriesPut(fresh, entries);
    expect(one<HTMLInputElement>(fresh, "#f-n-extra").value).toBe("55");
    expect(one<HTMLInputElement>(fresh, "#f-n-forest").value).toBe("300");
  });
});

describe("the picker", () => {
  it("finds rows by all words and keeps the value in the select", () => {
    const node = form();
    const select = one<HTMLSelectElement>(node, "#f-s");
    const heard = vi.fn();
    node.addEventListener("input", heard);
    new Picker(select, {});
    const input = one<HTMLInputElement>(node, "[role=combobox]");
    input.value = "ban train";
    input.dispatchEvent(new Event("input", { bubbles: true }));
    expect(heard, "typing a search is no change of the form").not.toHaveBeenCalled();
    const rows = node.querySelectorAll("[role=option]");
    expect(rows).toHaveLength(1);
    input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    expect(select.value).toBe("b");
    expect(heard).toHaveBeenCalledOnce();
    expect(input.value).toBe("Banat");
  });

  it("is not case sensitive", () => {
    const rows = [{ value: "1", label: "Sud-Est", aside: "412 scenes" }];
    expect(found(rows, "SUD 412")).toHaveLength(1);
    expect(found(rows, "nord")).toHaveLength(0);
  });
});

describe("differences", () => {
  it("lists what changed; defaults count as said", () => {
    const rows = differences(
      { seed: 7, folds: { k: 5 }, outputs: ["class"] },
      { seed: 8, folds: { k: 5, method: "random" }, outputs: ["class"] },
      new Map<string, unknown>([["parameters.folds.method", "spatial_block"]]),
    );
    expect(rows).toEqual([
      { path: "parameters.folds.method", before: "spatial_block", after: "random" },
      { path: "parameters.seed", before: 7, after: 8 },
    ]);
  });

  it("names parameters that the form has no field for", () => {
    const paths = ["parameters.seed", "parameters.mask"];
    expect(homeless({ seed: 1, n_trees: 4, mask: { grown: 2 } }, paths)).toEqual([
      "parameters.n_trees",
    ]);
  });
});

describe("the draft", () => {
  const draft = { query: "from=1", at: 1, fields: {}, places: [], mode: "whole" };

  it("comes back on the same address only", () => {
    expect(readDraft(JSON.stringify(draft), "?from=1&aoi=x")?.at).toBe(1);
    expect(readDraft(JSON.stringify(draft), "?from=2")).toBeNull();
    expect(readDraft("no json", "")).toBeNull();
  });

  it("does not mind the order of a query", () => {
    expect(beginningOf("?b=2&a=1")).toBe(beginningOf("?a=1&b=2"));
  });
});

describe("a row made elsewhere", () => {
  const place = "/projects/p/launch/train_model/";
  const form = document.createElement("form");

  beforeEach(() => {
    form.innerHTML = `<select data-pick="feature_set"><option value="">choose…</option>
      <option value="old" selected>Old</option><option value="new">New</option></select>
      <a data-make="feature_set" href="/projects/p/features/new/">New feature set…</a>`;
  });

  afterEach(() => history.replaceState(null, "", "/"));

  it("is chosen once, and the address forgets it", () => {
    history.replaceState(null, "", `${place}?from=1&made=feature_set.new`);
    expect(madePut(form)).toBe(true);
    expect(form.querySelector("select")?.value).toBe("new");
    expect(location.search).toBe("?from=1");
    expect(madePut(form)).toBe(false);
  });

  it("that is not offered leaves the choice alone", () => {
    history.replaceState(null, "", `${place}?made=feature_set.gone`);
    expect(madePut(form)).toBe(false);
    expect(form.querySelector("select")?.value).toBe("old");
  });

  it("does not make the draft another one", () => {
    expect(beginningOf("?from=1&made=feature_set.new")).toBe(beginningOf("?from=1"));
  });

  it("is reached by a link that knows the way back", () => {
    history.replaceState(null, "", `${place}?aoi=1,2`);
    waysBackPut(form);
    waysBackPut(form);
    const address = new URL(form.querySelector("a")?.href ?? "");
    expect(address.pathname).toBe("/projects/p/features/new/");
    expect(address.searchParams.getAll("back")).toEqual([`${place}?aoi=1,2`]);
  });
});

describe("the scope", () => {
  const areas = [
    { id: "1", name: "Alba", km2: 100, kind: "area" as const },
    { id: "2", name: "Bihor", km2: 50, kind: "area" as const },
    { id: "3", name: "RO-01", km2: 20, kind: "unit" as const },
    { id: "4", name: "RO-02", km2: 30, kind: "unit" as const },
  ];

  it("gives one body a job", () => {
    const scope = new Scope(areas, ["1", "gone"], "area");
    scope.toggle("2");
    expect(bodiesOf({ workflow: "w" }, scope.reach)).toEqual([
      { workflow: "w", aoi: "1" },
      { workflow: "w", aoi: "2" },
    ]);
    expect(scope.words).toContain("150");
    scope.setMode("whole");
    expect(bodiesOf({ workflow: "w" }, scope.reach)).toEqual([{ workflow: "w" }]);
  });

  it("gives all units one job, and keeps what is ticked in the other mode", () => {
    const scope = new Scope(areas, ["1"], "area");
    scope.toggle("3");
    scope.toggle("4");
    expect(scope.mode).toBe("unit");
    expect(bodiesOf({ workflow: "w" }, scope.reach)).toEqual([
      { workflow: "w", units: ["3", "4"] },
    ]);
    expect(scope.words).toContain("one job");
    scope.setMode("area");
    expect(scope.ids).toEqual(["1"]);
    expect(commandsOf({ workflow: "w" }, "demo", { mode: "unit", ids: ["3", "4"] })).toContain(
      "--units 3 4 --wait",
    );
  });

  it("blocks without an area", () => {
    expect(new Scope(areas, [], "area").blocker).toContain("Choose an area");
    expect(new Scope(areas, [], "whole").blocker).toBeNull();
  });

  it("is written as commands, quoted for a shell", () => {
    const body = { workflow: "predict_map", parameters: { layer_name: "Ana's" } };
    const text = commandsOf(body, "demo", { mode: "area", ids: ["1", "2"] });
    expect(text.match(/run_job predict_map --project demo/g)).toHaveLength(2);
    expect(text).toContain("Ana'\\''s");
    expect(text).toContain("--aoi 2 --wait");
  });

  it("closes a drawn ring", () => {
    const corners = [
      { lat: 1, lng: 2 },
      { lat: 1, lng: 3 },
      { lat: 2, lng: 3 },
    ];
    expect(ringOf(corners)?.coordinates[0]).toHaveLength(4);
    expect(ringOf(corners.slice(1))).toBeNull();
  });
});

describe("the estimate", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("aborts the older question and tells the newest answer only", async () => {
    const signals: AbortSignal[] = [];
    const told: number[] = [];
    const estimator = new Estimator(
      async (signal) => signals.push(signal),
      (answer) => told.push(answer),
      () => undefined,
      100,
    );
    estimator.change();
    await vi.advanceTimersByTimeAsync(50);
    estimator.change();
    const settled = estimator.settled();
    await vi.advanceTimersByTimeAsync(200);
    await settled;
    expect(signals).toHaveLength(1);
    expect(told).toEqual([1]);
  });

  const some = (more: Partial<Estimate>): Estimate => ({
    blocks: 64,
    bytes_read: 0,
    core_seconds: 0,
    storage_bytes: 0,
    eta_seconds: { low: 1, high: 2 },
    cached_blocks: 0,
    warnings: [],
    notices: [],
    rates: { kind: "nominal", runs: 0 },
    workers: 1,
    jobs: 1,
    areas: [],
    ...more,
  });

  it("says on the button how much it starts, or how much hinders it", () => {
    expect(buttonLabel(some({}), 0, true)).toBe("Launch 64 blocks");
    expect(buttonLabel(some({ jobs: 3 }), 0, true)).toBe("Launch 3 jobs");
    expect(buttonLabel(some({}), 0, false)).toBe("Launch 1 job");
    expect(buttonLabel(null, 2, true)).toBe("2 blockers");
    expect(buttonLabel(null, 1, true)).toBe("1 blocker");
  });

  it("asks once more before large launches", () => {
    expect(isLarge(some({}))).toBe(false);
    expect(isLarge(some({ jobs: 2 }))).toBe(true);
    expect(isLarge(some({ blocks: 8_412 }))).toBe(true);
  });
});

describe("the start", () => {
  it("gives a body its key for good and goes on after a failure", async () => {
    const keys: string[] = [];
    let broken = true;
    const post = async (_: string, body: unknown, headers: Record<string, string> = {}) => {
      keys.push(headers["Idempotency-Key"] ?? "");
      if (broken && (body as { aoi: string }).aoi === "1")
        throw new ApiError({ status: 503, title: "", detail: "busy" });
      return { id: "j" };
    };
    const starter = new Starter(post as never);
    const bodies = [{ aoi: "1" }, { aoi: "2" }];
    const first = await starter.start(bodies, () => undefined);
    expect(first.jobs.map((job) => job.area)).toEqual(["2"]);
    expect(first.failed[0]?.area).toBe("1");
    broken = false;
    await starter.start(bodies.slice(0, 1), () => undefined);
    expect(keys[2]).toBe(keys[0]);
    expect(keys[1]).not.toBe(keys[0]);
  });
});
