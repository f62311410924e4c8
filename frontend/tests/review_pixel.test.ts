import { describe, expect, it, vi } from "vitest";
import type { Layer } from "../src/api/types";
import { datesOf, drawable, nearest, pointText, validCount } from "../src/charts/series";
import { distanceText, type NearSample, nearSection } from "../src/map/review/near_samples";
import { percentiles, sharesOf, stepped, valueText } from "../src/map/review/pixel";
import { valuesOf } from "../src/map/review/pixel_values";
import { type Source, Sources } from "../src/map/review/sources";
import { entryOf } from "../src/map/review/state";
import { swipeKey } from "../src/map/review/swipe";

const layer = (role: string, extra: Partial<Layer> = {}): Layer => ({
  id: role,
  name: `The ${role}`,
  role,
  job: "j",
  status: "published",
  bbox: [0, 0, 1, 1],
  tiles: "/tiles/t/{z}/{x}/{y}.png",
  legend: [],
  assets: { archives: [] },
  ...extra,
});
const legend = [
  { code: 1, name: "<b>Forest</b>", color: "#1F5E46" },
  { code: 2, name: "Other", color: "#E9C46A" },
];
const pixel = {
  crs: "EPSG:3035",
  x: 5,
  y: 5,
  row: 1,
  column: 1,
  center: [10.5, 50.5] as [number, number],
  ring: [
    [10, 51],
    [11, 51.1],
    [11, 50],
    [10, 50],
    [10, 51],
  ] as [number, number][],
};

describe("pixel", () => {
  it("moves by whole pixels along the grid", () => {
    const east = stepped(pixel, 1, 0);
    expect(east.lon).toBeCloseTo(11.5);
    expect(east.lat).toBeCloseTo(50.6);
    expect(stepped(pixel, 0, 2).lat).toBeCloseTo(48.5);
  });

  it("reads probabilities as shares, the likeliest first", () => {
    const rows = [
      { key: "a", layer: layer("probability", { class_code: 1 }), value: 50 },
      { key: "b", layer: layer("probability", { class_code: 2 }), value: 200 },
      { key: "c", layer: layer("confidence"), value: 60 },
    ];
    expect(sharesOf(rows)).toEqual([
      { code: 2, share: 0.8 },
      { code: 1, share: 0.2 },
    ]);
    expect(valueText(layer("confidence", { style: { unit: "margin" } }), 60)).toBe("60 margin");
    expect(valueText(layer("probability"), null)).toContain("outside");
  });

  it("shows class, margin, probabilities and data score together, names as text", () => {
    const rows = [
      { key: "k", layer: layer("class", { legend, release: 2 }), value: 1 },
      { key: "m", layer: layer("confidence"), value: 60 },
      { key: "p", layer: layer("probability", { class_code: 1 }), value: 200 },
      { key: "d", layer: layer("data_score", { style: { unit: "valid" } }), value: 17 },
      { key: "x", layer: layer("confidence", { job: "other" }), value: 9 },
    ];
    const reading = { place: { lat: 0, lon: 0 }, pixel: null, rows };
    const [section, rest] = valuesOf(reading, new Set(["k", "x"]));
    expect(section?.querySelector(".value-line")?.textContent).toBe("1 <b>Forest</b>Margin 60");
    expect(section?.querySelector("b")).toBeNull();
    expect(section?.querySelector(".probe-rows output")?.textContent).toBe("0.80");
    expect(section?.querySelector(".kv")?.textContent).toContain("17 valid");
    expect(rest?.textContent).toContain("9");
    expect(valuesOf(reading, new Set(["k"]))).toHaveLength(1);
  });

  it("stretches between shares of the pixels", () => {
    const histogram = { start: 0, width: 10, counts: [0, 50, 0, 50] };
    expect(percentiles(histogram, 0.1, 0.9)).toEqual([12, 38]);
    expect(percentiles({ ...histogram, counts: [0] }, 0.02, 0.98)).toBeNull();
  });
});

describe("series", () => {
  const series = {
    source: "NDVI",
    sources: ["NDVI", "B04"],
    series: [
      { datetime: "2018-07-01T10:00:00Z", value: 0.7, valid: true },
      { datetime: "2018-06-01T10:00:00Z", value: 0.1, valid: false, reason: "masked: cloud" },
      { datetime: "2018-05-01T10:00:00Z", value: null, valid: false, reason: "no data" },
    ],
  };

  it("draws what has a value, in time order, masked dates with their reason", () => {
    expect(drawable(series).map((point) => point.datetime.slice(5, 7))).toEqual(["06", "07"]);
    expect(validCount(series)).toBe(1);
    expect(datesOf(series)).toHaveLength(3);
    expect(pointText(datesOf(series)[1] as never)).toBe("2018-06-01: 0.1, masked: cloud");
  });

  it("finds the date that was clicked at", () => {
    expect(nearest(series.series, Date.parse("2018-06-10"))?.value).toBe(0.1);
    expect(nearest([], 0)).toBeUndefined();
  });
});

describe("swipe line", () => {
  it("moves by 1 % and with Shift by 10 %, and stays within the map", () => {
    expect(swipeKey("ArrowRight", false, 0.5)).toBe(0.51);
    expect(swipeKey("ArrowLeft", true, 0.5)).toBe(0.4);
    expect(swipeKey("ArrowLeft", true, 0.05)).toBe(0);
    expect(swipeKey("End", false, 0.5)).toBe(1);
    expect(swipeKey("a", false, 0.5)).toBeNull();
  });
});

describe("sources", () => {
  const source = (release: number, newest: number, expires = 0): Source => ({
    key: "",
    title: "",
    note: "",
    bbox: [0, 0, 1, 1],
    tiles: `/tiles/${release}`,
    expires,
    legend: [],
    layer: layer("class", { release, newest_release: newest }),
    scene: null,
  });
  const entry = entryOf("layer", "a");

  it("reads once for two who ask at once, and anew for a renewal in the same release", async () => {
    const read = vi.fn(async (_: unknown, shown: number | null) => source(shown ?? 1, 2));
    const sources = new Sources(read);
    const [a, b] = await Promise.all([sources.load(entry), sources.load(entry)]);
    expect(a).toBe(b);
    expect(read).toHaveBeenCalledTimes(1);
    await sources.renew(entry);
    expect(read.mock.calls.map((call) => call[1])).toEqual([null, 1]);
    expect([...sources.superseded([entry]).values()]).toEqual([2]);
    sources.forget(entry);
    await sources.load(entry);
    expect(read.mock.calls[2]?.[1]).toBeNull();
  });

  it("knows which addresses run out", async () => {
    const sources = new Sources(async () => source(1, 1, 100_000));
    await sources.load(entry);
    expect(sources.expiring([entry], 60_000, 30_000)).toEqual([]);
    expect(sources.expiring([entry], 60_000, 50_000)).toEqual([entry]);
  });

  it("asks again after a failure", async () => {
    const read = vi.fn().mockRejectedValueOnce(new Error("away")).mockResolvedValue(source(1, 1));
    const sources = new Sources(read);
    await expect(sources.load(entry)).rejects.toThrow("away");
    await expect(sources.load(entry)).resolves.toBeTruthy();
  });
});

const NEAR: NearSample = {
  id: "s1",
  sample_set: { id: "set", name: "Training" },
  purpose: "training",
  status: "ok",
  distance_m: 12.4,
  center: [22.15, 45.2],
  labels: true,
  label: { code: 1, name: "forest", color: "#00ff00" },
};

it("names the nearest samples and links to them", () => {
  const section = nearSection("romania", [NEAR]);
  const link = section.querySelector("a");
  expect(link?.getAttribute("href")).toBe(
    "/projects/romania/samples/?set=set&sample=s1&view=17/45.20000/22.15000",
  );
  expect(link?.textContent).toContain("1 forest");
  expect(section.textContent).toContain("12 m");
  expect(section.textContent).toContain("Checked · Training");
  expect(section.textContent).not.toContain("validation");
});

it("keeps a class hidden that the reader may not know", () => {
  const section = nearSection("romania", [{ ...NEAR, labels: false, label: null }]);
  expect(section.textContent).toContain("Class hidden");
  expect(section.textContent).toContain("validation stays blind");
  expect(nearSection("romania", []).textContent).toContain("no reference samples");
});

it("says distances as people do", () => {
  expect([0, 0.4, 12.6, 999.4, 1240, 25_300].map(distanceText)).toEqual([
    ...["here", "here", "13 m", "999 m", "1.2 km", "25 km"],
  ]);
});
