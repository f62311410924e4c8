import type { LatLng, Map as LeafletMap, Marker } from "leaflet";
import { divIcon, map as makeMap, marker } from "leaflet";
import { element } from "../../ui/dom";
import { prepareMap } from "../setup";
import { showBase } from "./base";
import type { ReviewContext } from "./hooks";
import type { Sources } from "./sources";
import { type Report, StackView } from "./stack_view";
import { CELLS, cellsOf, type Entry, find, keyOf, type ReviewState } from "./state";

interface Cell {
  box: HTMLElement;
  map: LeafletMap;
  view: StackView;
  select: HTMLSelectElement;
  cursor: Marker;
}

/** What a cell draws: one entry whole, or the stack as it is. */
export function shownIn(state: ReviewState, key: string): readonly Entry[] {
  if (key === "") return state.stack;
  const entry = find(state.stack, key);
  return entry ? [{ ...entry, visible: true, opacity: 1 }] : [];
}

/** Two by two maps of one place: each has a layer of its own; view and cursor are shared. */
export class LinkedMaps {
  private cells: Cell[] = [];
  private following = false;

  constructor(
    private readonly holder: HTMLElement,
    private readonly review: ReviewContext,
    private readonly sources: Sources,
    private readonly report: Report,
  ) {
    review.store.watch((now, before) => {
      if ((now.mode === "grid") !== (before.mode === "grid")) this.turn(now.mode === "grid");
      else if (now.mode === "grid") this.draw();
    });
    review.map.on("move", () => this.follow(review.map));
    if (review.store.get().mode === "grid") this.turn(true);
  }

  get maps(): LeafletMap[] {
    return this.cells.map((cell) => cell.map);
  }

  /** Draws again, after a source has come. */
  draw(): void {
    const state = this.review.store.get();
    const keys = cellsOf(state);
    for (const { map } of this.cells) showBase(map, state.off);
    for (const [n, cell] of this.cells.entries()) {
      const key = keys[n] ?? "";
      this.offer(cell.select, state, key);
      cell.view.show(shownIn(state, key));
    }
  }

  private turn(on: boolean): void {
    this.holder.hidden = !on;
    if (!on) {
      for (const cell of this.cells) {
        cell.view.remove();
        cell.map.remove();
      }
      this.cells = [];
      this.holder.replaceChildren();
      return;
    }
    this.cells = Array.from({ length: CELLS }, (_, n) => this.make(n));
    this.draw();
  }

  private make(n: number): Cell {
    const canvas = element("div", {
      class: "cell-map",
      role: "group",
      "aria-label": `Linked map ${n + 1}`,
    });
    const select = element("select", {
      class: "input small",
      "aria-label": `Shown in linked map ${n + 1}`,
    });
    const plate = element("div", { class: "cell-plate" }, select);
    const box = element("div", { class: "cell" }, canvas, plate);
    this.holder.append(box);
    const whole = this.review.map;
    const map = makeMap(canvas, {
      zoomControl: false,
      attributionControl: false,
      zoomAnimation: false,
    });
    prepareMap(map, "bottomleft");
    map.setView(whole.getCenter(), whole.getZoom(), { animate: false });
    const cursor = marker(whole.getCenter(), {
      icon: divIcon({ className: "linked-cursor", iconSize: [15, 15] }),
      interactive: false,
      keyboard: false,
      opacity: 0,
    }).addTo(map);
    map.on("move", () => this.follow(map));
    map.on("mousemove", (event) => this.point(map, event.latlng));
    map.on("mouseout", () => this.point(map, null));
    map.on("click", ({ latlng }) => this.review.inspect({ lat: latlng.lat, lon: latlng.lng }));
    select.addEventListener("change", () => this.choose(n, select.value));
    return { box, map, select, cursor, view: new StackView(map, this.sources, this.report) };
  }

  private choose(n: number, key: string): void {
    const cells = cellsOf(this.review.store.get());
    cells[n] = key;
    this.review.store.change({ cells });
  }

  private offer(select: HTMLSelectElement, state: ReviewState, chosen: string): void {
    const options = state.stack.map((entry) =>
      element("option", { value: keyOf(entry) }, this.review.sourceOf(entry)?.title ?? "…"),
    );
    select.replaceChildren(...options, element("option", { value: "" }, "The whole stack"));
    select.value = chosen;
  }

  /** Moves the other maps to where one went; the page's own map too. */
  private follow(leader: LeafletMap): void {
    if (this.following || this.cells.length === 0) return;
    this.following = true;
    try {
      for (const map of [this.review.map, ...this.maps]) {
        if (map !== leader) map.setView(leader.getCenter(), leader.getZoom(), { animate: false });
      }
    } finally {
      this.following = false;
    }
  }

  private point(leader: LeafletMap, place: LatLng | null): void {
    for (const { map, cursor } of this.cells) {
      const seen = place !== null && map !== leader;
      if (seen) cursor.setLatLng(place);
      cursor.setOpacity(seen ? 1 : 0);
    }
  }
}
