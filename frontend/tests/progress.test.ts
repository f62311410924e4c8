import { describe, expect, it } from "vitest";
import { actionsFor, etaBand, isTerminal, RateMeter, spokenProgress } from "../src/jobs/progress";

const progress = (done: number, total: number, failed = 0) => ({
  done,
  total,
  failed,
  fraction: total ? (done + failed) / total : 0,
});

describe("RateMeter", () => {
  it("needs two different counts before it says a rate", () => {
    const meter = new RateMeter();
    meter.add(0, 0);
    expect(meter.rate(1000)).toBeNull();
    meter.add(20, 10_000);
    expect(meter.rate(10_000)).toBeCloseTo(2);
  });

  it("says nothing from a few seconds, nor from the first correction of the page's figure", () => {
    const meter = new RateMeter();
    meter.add(40, 0);
    meter.add(52, 500);
    meter.add(56, 5000);
    expect(meter.rate(5000)).toBeNull();
    expect(meter.rate(10_500)).toBeCloseTo(0.4);
  });

  it("loses speed when nothing happens", () => {
    const meter = new RateMeter();
    meter.add(0, 0);
    meter.add(10, 5000);
    expect(meter.rate(50_000)).toBeCloseTo(0.2);
  });

  it("forgets what is older than a minute", () => {
    const meter = new RateMeter();
    meter.add(0, 0);
    meter.add(100, 10_000);
    meter.add(110, 100_000);
    meter.add(120, 110_000);
    expect(meter.rate(110_000)).toBeCloseTo(1);
  });

  it("starts again when a new run counts from zero", () => {
    const meter = new RateMeter();
    meter.add(50, 0);
    meter.add(0, 1000);
    expect(meter.rate(2000)).toBeNull();
  });
});

describe("etaBand", () => {
  it("is a band that narrows towards the end", () => {
    const early = etaBand(progress(10, 100), 1) as [number, number];
    const late = etaBand(progress(90, 100), 1) as [number, number];
    expect(early[0]).toBeLessThan(90);
    expect(early[1]).toBeGreaterThan(90);
    expect((early[1] - early[0]) / 90).toBeGreaterThan((late[1] - late[0]) / 10);
  });

  it("counts failed blocks as settled and says nothing without a rate", () => {
    expect(etaBand(progress(90, 100, 10), 1)).toBeNull();
    expect(etaBand(progress(10, 100), null)).toBeNull();
  });
});

describe("status", () => {
  it("offers only what can work", () => {
    expect(actionsFor("running")).toEqual(["pause", "cancel"]);
    expect(actionsFor("paused")).toEqual(["resume", "cancel"]);
    expect(actionsFor("error")).toEqual(["retry"]);
    expect(actionsFor("finished")).toEqual([]);
    expect(actionsFor("canceling")).toEqual([]);
  });

  it("knows the four ends", () => {
    expect(["finished", "canceled"].every((s) => isTerminal(s as never))).toBe(true);
    expect(isTerminal("canceling")).toBe(false);
  });

  it("speaks one short sentence", () => {
    expect(spokenProgress(progress(62, 100), [60, 120])).toBe("62 %, about 2 minutes");
    expect(spokenProgress(progress(0, 100), null)).toBe("0 %");
  });
});
