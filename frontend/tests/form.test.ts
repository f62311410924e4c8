import { describe, expect, it } from "vitest";
import {
  bodyOf,
  type Control,
  controlsOf,
  FieldError,
  IdempotencyKeys,
  parseValue,
  pathFor,
} from "../src/launch/form";

const control = (path: string, value: string, type: Control["type"] = "text", checked = false) => ({
  path,
  value,
  type,
  checked,
});

describe("bodyOf", () => {
  it("nests dotted paths and leaves empty fields out", () => {
    const body = bodyOf(
      [
        control("parameters.sample_set", "abc", "one"),
        control("parameters.folds.k", "4", "integer"),
        control("parameters.folds.buffer_m", "", "number"),
        control("parameters.scenes.datetime", "2017-01-01/2019-12-31"),
        control("aoi", ""),
      ],
      { project: "p", workflow: "train_and_map" },
    );
    expect(body).toEqual({
      project: "p",
      workflow: "train_and_map",
      parameters: {
        sample_set: "abc",
        folds: { k: 4 },
        scenes: { datetime: "2017-01-01/2019-12-31" },
      },
    });
  });

  it("makes one list of checked boxes, in the order of the form", () => {
    const body = bodyOf(
      [
        control("parameters.outputs", "class", "many", true),
        control("parameters.outputs", "probability", "many", false),
        control("parameters.outputs", "confidence", "many", true),
      ],
      {},
    );
    expect(body).toEqual({ parameters: { outputs: ["class", "confidence"] } });
  });

  it("reads controls from the page", () => {
    const form = document.createElement("form");
    form.innerHTML = `
      <input data-path="parameters.seed" data-type="integer" value="7">
      <input type="checkbox" data-path="parameters.outputs" data-type="many" value="class" checked>
      <input data-path="parameters.off" value="x" disabled>`;
    expect(bodyOf(controlsOf(form), {})).toEqual({ parameters: { seed: 7, outputs: ["class"] } });
  });
});

describe("parseValue", () => {
  it("names the field of a wrong number", () => {
    expect(() => parseValue("parameters.folds.k", "integer", "4.5")).toThrow(FieldError);
    expect(parseValue("x", "number", "0.5")).toBe(0.5);
  });

  it("reads lists and JSON", () => {
    expect(parseValue("x", "list", "3, 8 9")).toEqual([3, 8, 9]);
    expect(parseValue("x", "json", '{"n_estimators": 50}')).toEqual({ n_estimators: 50 });
    expect(() => parseValue("x", "json", "{")).toThrow(FieldError);
  });
});

describe("IdempotencyKeys", () => {
  it("gives a second click the same key and a changed form another", () => {
    let n = 0;
    const keys = new IdempotencyKeys(() => {
      n += 1;
      return `key-${n}`;
    });
    const first = keys.keyFor({ a: 1 });
    expect(keys.keyFor({ a: 1 })).toBe(first);
    expect(keys.keyFor({ a: 2 })).not.toBe(first);
  });
});

describe("pathFor", () => {
  const paths = [
    "parameters.sample_set",
    "parameters.folds.k",
    "aoi",
    "parameters.scenes.datetime",
  ];

  it("finds the field an error speaks of", () => {
    expect(pathFor("parameters.folds.k", paths)).toBe("parameters.folds.k");
    expect(pathFor("sample_set", paths)).toBe("parameters.sample_set");
    expect(pathFor("parameters.outputs.0", [...paths, "parameters.outputs"])).toBe(
      "parameters.outputs",
    );
    expect(pathFor("quota", paths)).toBeNull();
  });
});
