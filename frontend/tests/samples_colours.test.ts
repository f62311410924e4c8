import { describe, expect, it } from "vitest";
import { difference, labOf, rgbOf, tooClose } from "../src/samples/colours";

describe("colours", () => {
  // Pairs of the published test data of CIEDE2000 (Sharma, Wu, Dalal 2005, table 1).
  it.each([
    [[50, 2.6772, -79.7751], [50, 0, -82.7485], 2.0425],
    [[50, -1.3802, -84.2814], [50, 0, -82.7485], 1.0],
    [[50, 2.5, 0], [73, 25, -18], 27.1492],
    [[60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644],
    [[2.0776, 0.0795, -1.135], [0.9033, -0.0636, -0.5514], 0.9082],
  ] as const)("measures %j against %j as published", (one, other, expected) => {
    expect(difference([...one], [...other])).toBeCloseTo(expected, 3);
  });

  it("knows black, white and grey", () => {
    expect(labOf(rgbOf("#ffffff"))[0]).toBeCloseTo(100, 2);
    expect(labOf(rgbOf("#000000"))[0]).toBeCloseTo(0, 2);
    expect(labOf(rgbOf("#808080"))[1]).toBeCloseTo(0, 1);
  });

  it("warns of red and green of one lightness, not of light and dark", () => {
    const close = tooClose([
      { code: 1, color: "#b04040" },
      { code: 2, color: "#5e6b1f" },
      { code: 3, color: "#ffffff" },
    ]);
    expect(close.map(({ one, other }) => [one, other])).toEqual([[1, 2]]);
    expect(
      tooClose([
        { code: 1, color: "#1f5e46" },
        { code: 2, color: "#e9c46a" },
      ]),
    ).toEqual([]);
  });
});
