import { describe, expect, it } from "vitest";
import { readState, writeState } from "../src/map/permalink";

describe("permalink", () => {
  it("reads back what it wrote", () => {
    const state = {
      layer: "3f0c",
      view: { zoom: 14, lat: 45.205, lon: 22.152 },
      opacity: 0.7,
      point: { lat: 45.2051, lon: 22.1523 },
    };
    expect(readState(writeState("", state))).toEqual(state);
  });

  it("keeps parameters of others and leaves defaults out", () => {
    const text = writeState("?lang=en&opacity=0.5", {
      layer: null,
      view: null,
      opacity: 1,
      point: null,
    });
    expect(text).toBe("?lang=en");
  });

  it("takes broken input for absent", () => {
    expect(readState("?view=14/north/22&opacity=7&point=1")).toEqual({
      layer: null,
      view: null,
      opacity: 1,
      point: null,
    });
  });
});
