import { expect, test } from "vitest";
import {
  eventText,
  isLate,
  listAddress,
  placeOf,
  type Remark,
  type RemarkEvent,
} from "../src/map/remarks/model";

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
