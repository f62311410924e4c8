import type { Map as LeafletMap } from "leaflet";
import { element, icon } from "../../ui/dom";
import type { ReviewContext } from "./hooks";
import type { StackView } from "./stack_view";
import { readyToCompare, sidesOf, swiped, topOn } from "./state";

const STEP = 0.01;
const BIG_STEP = 0.1;

/** Where a key moves the line to; null for keys that are not its own. */
export function swipeKey(key: string, shift: boolean, now: number): number | null {
  const step = shift ? BIG_STEP : STEP;
  switch (key) {
    case "ArrowLeft":
    case "ArrowDown":
      return swiped(now - step);
    case "ArrowRight":
    case "ArrowUp":
      return swiped(now + step);
    case "PageDown":
      return swiped(now - BIG_STEP);
    case "PageUp":
      return swiped(now + BIG_STEP);
    case "Home":
      return 0;
    case "End":
      return 1;
    default:
      return null;
  }
}

/** A line across the map: what lies left and right of it differs, and plates say how. */
export class Swipe {
  private readonly handle = element(
    "div",
    {
      class: "swipe-handle",
      role: "slider",
      tabindex: 0,
      "aria-label": "Swipe line",
      "aria-orientation": "horizontal",
      "aria-valuemin": 0,
      "aria-valuemax": 100,
    },
    icon("swipe"),
  );
  private readonly left = element("span", { class: "plate left" });
  private readonly right = element("span", { class: "plate right" });
  private readonly line = element(
    "div",
    { class: "swipe", hidden: true },
    this.left,
    this.right,
    this.handle,
  );
  private readonly redraw = (): void => this.cut();

  constructor(
    holder: HTMLElement,
    private readonly review: ReviewContext,
    private readonly view: StackView,
  ) {
    holder.append(this.line);
    this.handle.addEventListener("keydown", (event) => this.onKey(event));
    this.handle.addEventListener("pointerdown", (event) => this.grab(event));
    review.store.watch((now, before) => {
      if ((now.mode === "swipe") !== (before.mode === "swipe")) this.turn(now.mode === "swipe");
      else if (now.mode === "swipe") this.draw();
    });
    if (review.store.get().mode === "swipe") this.turn(true);
  }

  private get map(): LeafletMap {
    return this.review.map;
  }

  focus(): void {
    this.handle.focus();
  }

  /** Names and cuts again, after a source has come. */
  draw(): void {
    const { stack, swipe, mode } = this.review.store.get();
    if (mode !== "swipe") return;
    const name = (side: "left" | "right"): string => {
      const entry = topOn(stack, side);
      const source = entry && this.review.sourceOf(entry);
      return source
        ? `${source.title}${source.layer ? `, release ${source.layer.release}` : ""}`
        : "Nothing";
    };
    const percent = Math.round(swipe * 100);
    this.line.style.left = `${swipe * 100}%`;
    this.left.textContent = name("left");
    this.right.textContent = name("right");
    this.handle.setAttribute("aria-valuenow", String(percent));
    const spoken = `${percent} %: ${name("left")} on the left, ${name("right")} on the right`;
    this.handle.setAttribute("aria-valuetext", spoken);
    this.cut();
  }

  private turn(on: boolean): void {
    this.line.hidden = !on;
    const way = on ? "on" : "off";
    this.map[way]("move zoomend viewreset resize", this.redraw);
    if (!on) {
      this.view.clip(null);
      return;
    }
    const { stack } = this.review.store.get();
    const ready = readyToCompare(stack);
    if (ready !== stack) this.review.store.change({ stack: ready });
    this.draw();
  }

  private cut(): void {
    const { stack, swipe } = this.review.store.get();
    this.view.clip(swipe, sidesOf(stack));
  }

  private onKey(event: KeyboardEvent): void {
    const next = swipeKey(event.key, event.shiftKey, this.review.store.get().swipe);
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    this.review.store.change({ swipe: next });
  }

  private grab(event: PointerEvent): void {
    event.preventDefault();
    event.stopPropagation();
    this.handle.focus();
    this.handle.setPointerCapture(event.pointerId);
    const drag = (move: PointerEvent): void => {
      const box = this.map.getContainer().getBoundingClientRect();
      this.review.store.change({ swipe: swiped((move.clientX - box.left) / box.width) });
    };
    const stop = (): void => {
      this.handle.removeEventListener("pointermove", drag);
      this.handle.removeEventListener("pointerup", stop);
      this.handle.removeEventListener("pointercancel", stop);
    };
    this.handle.addEventListener("pointermove", drag);
    this.handle.addEventListener("pointerup", stop);
    this.handle.addEventListener("pointercancel", stop);
  }
}
