import { describe, expect, it } from "vitest";
import { area, bytes, duration, durationBand } from "../src/ui/format";

const plain = (text: string): string => text.replaceAll("\u202f", " ");

describe("format", () => {
  it("says durations as people do", () => {
    expect(plain(duration(40))).toBe("40 s");
    expect(plain(duration(360))).toBe("6 min");
    expect(plain(duration(4 * 3600 + 600))).toBe("4:10 h");
    expect(duration(Number.NaN)).toBe("–");
  });

  it("names the unit of a band once", () => {
    expect(plain(durationBand(300, 420))).toBe("5 – 7 min");
    expect(plain(durationBand(60, 600))).toBe("60 s – 10 min");
    expect(plain(durationBand(300, 300))).toBe("5 min");
  });

  it("scales bytes and areas", () => {
    expect(plain(bytes(214_000_000_000))).toBe("214 GB");
    expect(plain(bytes(1_500))).toBe("1.5 kB");
    expect(plain(area(0.52))).toBe("0.52 km²");
    expect(plain(area(301_400.4))).toBe("301,400 km²");
  });
});
