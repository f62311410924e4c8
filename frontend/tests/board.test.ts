import { describe, expect, it } from "vitest";
import { averageRate, LiveJobs } from "../src/board/live";
import { type BoardArea, type BoardData, BoardState } from "../src/board/state";

function area(id: string, west: number, more: Partial<BoardArea> = {}): BoardArea {
  return {
    kind: "area",
    id,
    name: id.toUpperCase(),
    area_km2: 10,
    stage: "mapped",
    state: "",
    open_remarks: 0,
    job: null,
    job_status: "",
    layer: null,
    extent: [west, 0, west + 1, 1],
    ...more,
  };
}

function data(...areas: BoardArea[]): BoardData {
  return {
    project: "p",
    slug: "demo",
    mayEdit: true,
    areas,
    stages: [{ key: "mapped", word: "Mapped", level: 2, count: areas.length }],
    states: [{ key: "failed", tone: "failed", word: "Failed", count: 1 }],
    jobs: [],
  };
}

describe("the choice of areas", () => {
  it("is one by a click, more with a modifier, none by a second click", () => {
    const state = new BoardState(data(area("a", 0), area("b", 2)));
    state.click("a", false);
    state.click("b", true);
    expect(state.selected.map((row) => row.id)).toEqual(["a", "b"]);
    expect(state.selectedKm2).toBe(20);
    expect(state.selectedBox).toEqual([0, 0, 3, 1]);
    state.click("b", false);
    state.click("b", false);
    expect(state.selected).toEqual([]);
  });

  it("is what a lasso encloses", () => {
    const state = new BoardState(data(area("a", 0), area("b", 2), area("c", 9)));
    const ring = [
      [-1, -1],
      [4, -1],
      [4, 2],
      [-1, 2],
    ];
    expect(state.lasso(ring)).toBe(2);
    expect(state.link).toBe("a,b");
  });

  it("stays over a newer board, without what is gone", () => {
    const state = new BoardState(data(area("a", 0), area("b", 2)));
    state.choose(["a", "b", "unknown"]);
    state.update(data(area("b", 2)));
    expect(state.selected.map((row) => row.id)).toEqual(["b"]);
  });

  it("launches units as units", () => {
    const state = new BoardState(data(area("u", 0, { kind: "unit" })));
    state.choose(["u"]);
    expect(state.noun).toBe("unit");
    expect(state.launchUrl()).toBe("/projects/demo/launch/train_and_map/?units=u");
  });

  it("leads to launch and review", () => {
    const state = new BoardState(data(area("a", 0, { layer: "L" }), area("b", 2)));
    state.choose(["a", "b"]);
    expect(state.launchUrl()).toBe("/projects/demo/launch/train_and_map/?aoi=a&aoi=b");
    expect(state.reviewUrl("9/1/2")).toBe("/projects/demo/map/?layer=L&view=9/1/2");
    state.choose(["b"]);
    expect(state.reviewUrl(null)).toBeNull();
  });

  it("is told in one sentence", () => {
    const state = new BoardState(data(area("a", 0, { state: "failed", open_remarks: 2 })));
    const [row] = state.areas;
    expect(row && state.sentence(row)).toBe("A: mapped · failed · 2 open remarks");
  });
});

describe("jobs under way", () => {
  const progress = (done: number, failed = 0) => ({
    done,
    total: 100,
    failed,
    fraction: done / 100,
  });

  it("change their row by counters and the board by a status", () => {
    const live = new LiveJobs();
    const message = (status: string, done: number, failed = 0) => ({
      type: "counters",
      seq: 1,
      job: "j",
      status,
      progress: progress(done, failed),
    });
    expect(live.take(message("running", 1), 0)).toBe("board");
    live.put("j", "running", progress(1), 0);
    expect(live.take(message("running", 5), 20_000)).toBe("row");
    expect(live.take(message("running", 6, 1), 21_000)).toBe("board");
    expect(live.take(message("finished", 100, 1), 22_000)).toBe("board");
  });

  it("tell pace and time left", () => {
    const live = new LiveJobs();
    for (let at = 0; at <= 30; at += 3) live.put("j", "running", progress(at), at * 1000);
    const words = live.words("j", 30_000, null);
    expect(words?.units).toBe("30 of 100");
    expect(words?.pace).toMatch(/^Running · 60 blocks\/min · /);
  });

  it("use the pace since the start while the last minute says nothing", () => {
    expect(averageRate(progress(50), 0, 0)).toBeNull();
    expect(averageRate(progress(50), 1, 100_001)).toBeCloseTo(0.5);
    expect(averageRate(progress(0), 1, 100_001)).toBeNull();
  });
});
