import { expect, test } from "vitest";
import { type CellAnswer, cellNote, cellTitle, readCell } from "../src/models/cell";

const CLASSES = [
  { code: 1, name: "Forest", color: "#000000" },
  { code: 2, name: "Cropland", color: "#ffffff" },
];

test("a cell is named in words", () => {
  expect(cellTitle(CLASSES, 1, 2)).toBe("Forest on the map, Cropland in the reference");
  expect(cellTitle(CLASSES, 1, 1)).toBe("Forest, map and reference agree");
  expect(cellTitle(CLASSES, 9, 2)).toContain("class 9 on the map");
});

test("the note says what is not shown", () => {
  const answer = { count: 2400, missing: 3, features: new Array(2000) } as CellAnswer;
  expect(cellNote(answer)).toBe("2,400 samples, 3 deleted since, the first 2,000 are shown");
  expect(cellNote({ count: 1, missing: 0, features: new Array(1) } as CellAnswer)).toBe("1 sample");
});

test("only a cell is read from a permalink", () => {
  expect(readCell("3:12")).toEqual({ row: 3, column: 12 });
  expect(readCell("3:")).toBeNull();
  expect(readCell(null)).toBeNull();
});
