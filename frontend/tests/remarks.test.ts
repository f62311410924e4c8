import { expect, test, vi } from "vitest";
import {
  eventText,
  isLate,
  listAddress,
  placeOf,
  type Remark,
  type RemarkEvent,
} from "../src/map/remarks/model";
import { Remarks } from "../src/map/remarks/source";

function remark(properties: Partial<Remark["properties"]>, geometry?: Remark["geometry"]): Remark {
  return {
    id: "r",
    geometry: geometry ?? { type: "Point", coordinates: [22.1, 45.2] },
    properties: { status: "open", due: null, ...properties } as Remark["properties"],
  };
}

test("a list asks only for what its filter means", () => {
  expect(listAddress("p", "unresolved")).toContain("status=unresolved");
  expect(listAddress("p", "mine")).toContain("assignee=me");
  expect(listAddress("p", "all")).not.toContain("status");
});

test("a polygon is shown by the middle of its box", () => {
  const ring = [
    [0, 0],
    [4, 0],
    [4, 2],
    [0, 0],
  ];
  expect(placeOf(remark({}, { type: "Polygon", coordinates: [ring] }))).toEqual({ lon: 2, lat: 1 });
  expect(placeOf(remark({}))).toEqual({ lon: 22.1, lat: 45.2 });
});

test("history reads as sentences", () => {
  const event = (changes: RemarkEvent["changes"], kind: RemarkEvent["kind"] = "changed") =>
    eventText({ id: "", at: "", kind, actor: null, comment: "", changes });
  expect(event({ status: ["open", "in_progress"] })).toBe(
    "changed the status from Open to In progress",
  );
  expect(event({ assignee: [null, "anna"], text: ["a", "b"] })).toBe(
    "changed the assignee from nothing to anna, changed the text",
  );
  expect(event({}, "commented")).toBe("commented");
});

test("only what still waits can be late", () => {
  expect(isLate(remark({ due: "2026-01-01" }), "2026-01-02")).toBe(true);
  expect(isLate(remark({ due: "2026-01-01", status: "resolved" }), "2026-01-02")).toBe(false);
  expect(isLate(remark({ due: null }), "2026-01-02")).toBe(false);
});

test("a selected remark stays there when the filter leaves it out", async () => {
  const closed = remark({ number: 7, status: "resolved" });
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (address: string) => {
    asked.push(address);
    const body = address.includes("/remarks/r/") ? closed : { features: [] };
    return new Response(JSON.stringify(body), { headers: { "Content-Type": "application/json" } });
  });
  const remarks = new Remarks("p");
  remarks.selected = "r";
  await remarks.load();
  expect(remarks.all()).toEqual([]);
  expect(remarks.find("r")?.properties.number).toBe(7);
  expect(remarks.drawn()).toHaveLength(1);
  remarks.select(null);
  expect(remarks.drawn()).toEqual([]);
  expect(asked).toHaveLength(2);
  vi.unstubAllGlobals();
});
