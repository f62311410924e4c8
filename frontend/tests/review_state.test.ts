import { describe, expect, it } from "vitest";
import { firstStack } from "../src/map/review/first_stack";
import { entryRead, entryText, stateRead, stateWrite } from "../src/map/review/permalink";
import {
  added,
  cellsOf,
  changed,
  EMPTY,
  entryOf,
  keyOf,
  moved,
  type ReviewState,
  readyToCompare,
  sidesOf,
  styleQuery,
  toggledClass,
  topOn,
} from "../src/map/review/state";
import { diagnose, patience } from "../src/map/review/tile_errors";

const map = entryOf("layer", "aaaa-1");
const margin = entryOf("layer", "bbbb-2", { visible: false });
const scene = entryOf("scene", "cccc-3");
const stack = [map, margin, scene];

function link(state: ReviewState): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(stateWrite(state)))
    if (value !== null) query.set(name, value);
  return new URLSearchParams(query.toString());
}

describe("permalink of the stack", () => {
  it("reads back everything it wrote", () => {
    const state: ReviewState = {
      stack: [
        { ...map, opacity: 0.7, hidden: [0, 5, 12], release: 3, side: "right" },
        { ...margin, ramp: "-viridis", stretch: [10, 90.5], limits: [-1, 40] },
        { ...scene, bands: "B8A*x,1.~", side: "left" },
      ],
      view: { zoom: 14, lat: 45.20512, lon: 22.15212 },
      mode: "grid",
      swipe: 0.5,
      cells: [keyOf(map), ""],
      point: { lat: 45.2051234, lon: 22.1523456 },
      off: ["countries"],
      panel: "pixel",
    };
    expect(stateRead(link(state))).toEqual({ ...state, given: true });
    const swiping = { ...EMPTY, mode: "swipe", swipe: 0.23 } as const;
    expect(stateRead(link(swiping))).toMatchObject({ mode: "swipe", swipe: 0.23 });
  });

  it("takes one layer by its short form, as other pages link to it", () => {
    const read = stateRead(new URLSearchParams("layer=aaaa-1&opacity=0.40"));
    expect(read.stack).toEqual([{ ...map, opacity: 0.4 }]);
    expect(stateRead(new URLSearchParams()).given).toBe(false);
    expect(stateRead(new URLSearchParams("stack=")).given).toBe(true);
  });

  it("takes broken input for absent", () => {
    expect(entryRead("l.<script>")).toBeNull();
    expect(entryRead("z.aaaa-1")).toBeNull();
    expect(entryRead("l.aaaa-1*o900*s9_1*rx*b%E0%A4%A*?")).toEqual(map);
    const read = stateRead(new URLSearchParams("view=14/north/22&mode=mars&swipe=300&point=1"));
    expect(read).toMatchObject({ view: null, mode: "single", swipe: 0.5, point: null });
  });

  it("leaves defaults out", () => {
    expect(entryText(map)).toBe("l.aaaa-1");
  });
});

describe("stack", () => {
  it("moves within its ends and keeps the rest in order", () => {
    expect(moved(stack, keyOf(scene), 0)).toEqual([scene, map, margin]);
    expect(moved(stack, keyOf(map), 99)).toEqual([margin, scene, map]);
    expect(moved(stack, keyOf(map), -4)).toEqual(stack);
    expect(moved(stack, "nobody", 1)).toBe(stack);
  });

  it("shows an entry that is added twice instead of doubling it", () => {
    expect(added(stack, entryOf("layer", "bbbb-2"))).toEqual([
      map,
      { ...margin, visible: true },
      scene,
    ]);
  });

  it("never has one release twice", () => {
    const two = [map, { ...map, release: 2 }];
    expect(changed(two, keyOf(map), { release: 2 })).toHaveLength(1);
  });
});

describe("colours", () => {
  it("ask for the classes that are left, unclassifiable among them", () => {
    expect(styleQuery(map, [1, 2, 3])).toBe("");
    const without = { ...map, hidden: toggledClass(map, 2) };
    expect(styleQuery(without, [3, 1, 2])).toBe("classes=1,3,254");
    expect(toggledClass(without, 2)).toEqual([]);
    expect(styleQuery({ ...map, hidden: [1, 254] }, [1])).toBe("classes=");
  });

  it("ask for ramp, stretch and limits of values", () => {
    const drawn = { ...margin, ramp: "-grey", stretch: [1, 9], limits: [0, 5.5] } as const;
    expect(styleQuery(drawn, [])).toBe("ramp=-grey&stretch=1,9&limits=0,5.5");
    expect(styleQuery(scene, [])).toBe("");
  });
});

describe("comparing", () => {
  it("puts the top entry on the right and the others on the left unless told", () => {
    const sides = sidesOf(stack);
    expect([...sides.values()]).toEqual(["right", "left"]);
    expect(topOn(stack, "left")).toBe(scene);
    const told = [{ ...map, side: "left" } as const, scene];
    expect([...sidesOf(told).values()]).toEqual(["left", "both"]);
    expect(topOn(told, "right")).toBe(scene);
  });

  it("shows a second entry when there is only one, imagery first", () => {
    const alone = [map, margin, { ...scene, visible: false }];
    expect(readyToCompare(alone)[2]?.visible).toBe(true);
    expect(readyToCompare(stack)).toBe(stack);
    expect(readyToCompare([map])).toEqual([map]);
  });

  it("gives each linked map an entry, and the whole stack where there are none left", () => {
    const state = { ...EMPTY, stack };
    expect(cellsOf(state)).toEqual([keyOf(map), keyOf(margin), keyOf(scene), ""]);
    const chosen = { ...state, cells: ["", keyOf(map), "gone"] };
    expect(cellsOf(chosen)).toEqual(["", keyOf(map), keyOf(scene), ""]);
  });
});

describe("lost tiles", () => {
  it("are renewed, waited for or explained", () => {
    expect(diagnose(410).remedy).toBe("renew");
    expect(diagnose(503).remedy).toBe("again");
    expect(diagnose(0).text).toContain("connection");
    expect(diagnose(200)).toEqual({ remedy: "again", text: "" });
    expect(diagnose(422, "ramp is unknown").text).toBe("ramp is unknown");
    expect(diagnose(500).remedy).toBe("tell");
    expect(patience(0)).toBeLessThan(patience(3));
    expect(patience(20)).toBe(30_000);
  });
});

it("a new stack begins with the newest map, not with a comparison of maps", () => {
  const layer = (id: string, product: string, role = "class") => ({
    ...{ id, product, role, name: id, class_code: null, job: `job of ${id}`, release: 1 },
    ...{ published_at: null, bbox: null },
  });
  const layers = [layer("change", "change"), layer("map", ""), layer("older", "")];
  expect(firstStack({ layers, scene: null }).map(({ id }) => id)).toEqual(["map"]);
  expect(firstStack({ layers: layers.slice(0, 1), scene: "s" }).map(({ id }) => id)).toEqual(["s"]);
});

it("a static layer keeps raster, ramp and stretch in a link and in its tiles' address", () => {
  const terrain = entryOf("static", "dddd-4", {
    bands: "slope",
    ramp: "-viridis",
    stretch: [0, 45],
  });
  const text = entryText(terrain);
  expect(text).toBe("t.dddd-4*bslope*c-viridis*s0_45");
  expect(entryRead(text)).toEqual(terrain);
  expect(entryRead("t.dddd-4")).toEqual(entryOf("static", "dddd-4"));
  expect(styleQuery(terrain, [])).toBe("ramp=-viridis&stretch=0,45");
  expect(keyOf(terrain)).not.toBe(keyOf(entryOf("static", "dddd-4")));
});
