import { expect, test } from "vitest";
import { stillOnPress } from "../src/samples/still";

function pressed(wished: boolean, button = 0): string[] {
  const heard: string[] = [];
  const container = document.createElement("div");
  const handle = document.createElement("span");
  container.append(handle);
  handle.addEventListener("pointerdown", () => heard.push("handle"));
  stillOnPress({ getContainer: () => container, stop: () => heard.push("stop") }, () => wished);
  handle.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true, button }));
  return heard;
}

test("a press on a handle ends the map's movement before the handle is taken up", () => {
  expect(pressed(true)).toEqual(["stop", "handle"]);
});

test("a press is left alone where nothing is dragged, and with another button", () => {
  expect(pressed(false)).toEqual(["handle"]);
  expect(pressed(true, 2)).toEqual(["handle"]);
});
