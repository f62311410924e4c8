import { beforeEach, describe, expect, it, vi } from "vitest";
import { amountsOf } from "../src/map/legend";
import { themeNow } from "../src/ui/theme";

describe("amounts", () => {
  it("are area and share by class code", () => {
    const amounts = amountsOf({ classes: [{ code: 1, area_km2: 0.52, share: 0.25 }] });
    expect(amounts.get(1)).toEqual({ code: 1, km2: 0.52, share: 0.25 });
    expect(amountsOf(null).size).toBe(0);
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
