import { beforeEach, describe, expect, it, vi } from "vitest";

import type { Layer } from "../src/api/types";
import { drawable, validCount } from "../src/charts/series";
import { amountsOf, legendOf } from "../src/map/legend";
import { probabilityRows, valueLine } from "../src/map/probe";
import { themeNow } from "../src/ui/theme";

const layer = (role: string, extra: Partial<Layer> = {}): Layer => ({
  id: "1",
  name: "Map",
  role,
  status: "published",
  bbox: [0, 0, 1, 1],
  tiles: "/tiles/t/{z}/{x}/{y}.png",
  legend: [
    { code: 1, name: "Forest", color: "#1F5E46" },
    { code: 2, name: "Other", color: "#E9C46A" },
  ],
  assets: { archives: [] },
  ...extra,
});

describe("legend", () => {
  it("shows a class as swatch, code, name and area", () => {
    const amounts = amountsOf({ classes: [{ code: 1, area_km2: 0.52, share: 0.52 }] });
    const rows = legendOf(layer("class"), amounts).querySelectorAll("li");
    expect(rows).toHaveLength(2);
    expect(rows[0]?.querySelector("rect")?.getAttribute("fill")).toBe("#1F5E46");
    expect(rows[0]?.textContent?.replaceAll("\u202f", " ")).toBe("1Forest0.52 km²");
  });

  it("draws values as a ramp with its ends", () => {
    const style = { kind: "ramp", ramp: ["#000000", "#ffffff"], labels: ["0", "100"] };
    const box = legendOf(layer("confidence", { style, legend: [] }), new Map());
    expect(box.querySelector(".ramp-labels")?.textContent).toBe("0100");
  });

  it("never lets a name become markup", () => {
    const evil = layer("class", { legend: [{ code: 1, name: "<img src=x>", color: "#000000" }] });
    expect(legendOf(evil, new Map()).querySelector("img")).toBeNull();
  });
});

describe("series", () => {
  const series = {
    source: "NDVI",
    sources: ["NDVI", "B04"],
    series: [
      { datetime: "2018-07-01", value: 0.7, valid: true },
      { datetime: "2018-06-01", value: 0.1, valid: false },
      { datetime: "2018-05-01", value: null, valid: false },
    ],
  };

  it("draws what has a value, in time order, masked dates too", () => {
    expect(drawable(series).map((point) => point.datetime)).toEqual(["2018-06-01", "2018-07-01"]);
    expect(validCount(series)).toBe(1);
  });
});

describe("probe", () => {
  it("names the class with its own colour", () => {
    const line = valueLine(layer("class"), { value: 2 });
    expect(line.textContent).toBe("2 Other");
    expect(line.querySelector("rect")?.getAttribute("fill")).toBe("#E9C46A");
  });

  it("says plainly that there is nothing", () => {
    expect(valueLine(layer("class"), { value: null }).textContent).toContain("outside the map");
  });

  it("reads a probability as a share of 250", () => {
    const line = valueLine(layer("probability"), { value: 125 });
    expect(line.textContent?.replaceAll("\u202f", " ")).toBe("50.0 %");
  });

  it("lists the likeliest class first", () => {
    const shares = new Map([
      [1, 0.2],
      [2, 0.8],
    ]);
    const names = probabilityRows(layer("class"), shares)?.querySelectorAll("span");
    expect(names?.[0]?.textContent).toBe("Other");
    expect(probabilityRows(layer("class"), new Map())).toBeNull();
  });
});

describe("theme", () => {
  it("prefers the stored choice to the system", () => {
    expect(themeNow("light", true)).toBe("light");
    expect(themeNow(null, true)).toBe("dark");
    expect(themeNow("mauve", false)).toBe("light");
  });
});

describe("shim", () => {
  beforeEach(() => vi.resetModules());

  it("hands out the one Leaflet of the page", async () => {
    const geoJSON = (): void => undefined;
    window.L = { geoJSON } as never;
    const shim = await import("../src/leaflet/shim");
    expect(shim.geoJSON).toBe(geoJSON);
  });
});
