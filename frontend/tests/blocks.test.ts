import { describe, expect, it } from "vitest";
import { groupRetry } from "../src/jobs/actions";
import { BlockModel, type CompactBlocks, worldOf } from "../src/jobs/block_model";
import { pageOf } from "../src/jobs/block_table";
import { levelQuery } from "../src/jobs/log_view";
import { sharesOf } from "../src/jobs/progress";
import { rgbaOf, runsOf } from "../src/map/block_raster";
import { tileAddress } from "../src/map/building_layer";

const STATES = ["pending", "running", "done", "skipped", "degraded", "quarantined", "waived"];

function page(changes: Partial<CompactBlocks> = {}): CompactBlocks {
  return {
    count: 4,
    next: null,
    run: 1,
    step: "predict",
    states: STATES as CompactBlocks["states"],
    reused: 8,
    results: [
      [10, -5, 2, 1.5],
      [11, -5, 10, 0],
      [10, -4, 5, 0],
      [11, -4, 1, 0],
    ],
    lattice: { ix: [10, 12], iy: [-5, -3], lon: [10, 10.2, 10, 10.2], lat: [50, 50, 49.8, 49.8] },
    told: {
      "10,-4": { class: "input", signature: "s", message: "Unreadable.", tries: 3, dropped: [] },
    },
    ...changes,
  };
}

function loaded(changes: Partial<CompactBlocks> = {}): BlockModel {
  const model = new BlockModel();
  model.load([page(changes)]);
  return model;
}

describe("BlockModel", () => {
  it("reads states, reuse, seconds and what was told", () => {
    const model = loaded();
    expect(model.info(model.indexOf(11, -5))).toMatchObject({ state: "done", reused: true });
    expect(model.info(model.indexOf(10, -4))?.told?.message).toBe("Unreadable.");
    expect(model.info(0)?.seconds).toBe(1.5);
    expect(model.info(99)).toBeNull();
    expect(model.counts()).toEqual({ done: 2, quarantined: 1, running: 1, reused: 1 });
    expect(model.where(["quarantined", "running"])).toEqual([2, 3]);
  });

  it("puts the corner between the given ones where it belongs", () => {
    const model = loaded();
    const [x, y] = model.cornerAt(11, -5);
    const [wantedX, wantedY] = worldOf(10.1, 50);
    expect(x).toBeCloseTo(wantedX, 6);
    expect(y).toBeCloseTo(wantedY, 6);
    expect(model.corners[2]).toBeCloseTo(wantedX, 6);
  });

  it("finds the block under a place, and none beside them", () => {
    const model = loaded();
    expect(model.at(...worldOf(10.15, 49.85))).toBe(model.indexOf(11, -4));
    expect(model.at(...worldOf(11, 49.85))).toBe(-1);
  });

  it("changes states in place and says when a block is not known", () => {
    const model = loaded();
    expect(model.set(11, -4, "done")).toBe(3);
    expect(model.state(3)).toBe("done");
    expect(model.set(99, 99, "done")).toBe(-1);
  });

  it("knows whether other blocks came", () => {
    const model = new BlockModel();
    expect(model.load([page()])).toBe(true);
    expect(model.load([page()])).toBe(false);
    expect(model.load([page({ step: "post" })])).toBe(true);
  });

  it("frames its blocks, and nothing when they lie nowhere", () => {
    const [west, south, east, north] = loaded().box() ?? [];
    expect(west).toBeCloseTo(10, 6);
    expect(south).toBeCloseTo(49.8, 6);
    expect(east).toBeCloseTo(10.2, 6);
    expect(north).toBeCloseTo(50, 6);
    const nowhere = loaded({ lattice: null });
    expect(nowhere.placed).toBe(false);
    expect(nowhere.box()).toBeNull();
    expect(nowhere.at(1, 1)).toBe(-1);
  });
});

describe("drawing", () => {
  it("joins neighbours into runs", () => {
    expect(runsOf([3, 1, 2, 7, 2])).toEqual([
      [1, 3],
      [7, 7],
    ]);
    expect(runsOf([])).toEqual([]);
  });

  it("takes colours of the style sheet apart", () => {
    expect(rgbaOf("#2b59d0", 0.5)).toEqual([43, 89, 208, 0.5]);
  });

  it("keeps the version of a growing layer in the address of its tiles", () => {
    const address = tileAddress("/tiles/t/{z}/{x}/{y}.png?v=7", { z: 3, x: 4, y: 2 } as never);
    expect(address).toBe("/tiles/t/3/4/2.png?v=7");
  });
});

describe("page", () => {
  it("turns to the page that holds a row", () => {
    const rows = Array.from({ length: 250 }, (_, n) => n);
    expect(pageOf(rows, 120)).toMatchObject({ page: 1, pages: 3 });
    expect(pageOf(rows, 120).shown[0]).toBe(100);
    expect(pageOf([], 0)).toEqual({ page: 0, pages: 1, shown: [] });
  });

  it("asks the log for its level", () => {
    expect(levelQuery("notable")).toEqual({ routine: "false" });
    expect(levelQuery("error")).toEqual({ level: "error" });
    expect(levelQuery("all")).toEqual({});
  });

  it("retries a cause, with more memory only where it helps", () => {
    const group = { class: "oom", signature: "s", count: 2, message: "", advice: "" };
    expect(groupRetry({ ...group, memory_mb: 8192 })).toEqual({
      group: { class: "oom", signature: "s" },
      memory_mb: 8192,
    });
    expect(groupRetry({ ...group, memory_mb: 0 })).not.toHaveProperty("memory_mb");
  });

  it("lays reused, done and failed parts end to end", () => {
    const progress = { done: 60, total: 100, failed: 10, fraction: 0.7 };
    const parts = sharesOf(progress, { reused: 20 } as never);
    expect(parts.map(({ kind, share }) => [kind, Number(share.toFixed(2))])).toEqual([
      ["reused", 0.2],
      ["done", 0.4],
      ["lost", 0.1],
    ]);
  });
});
