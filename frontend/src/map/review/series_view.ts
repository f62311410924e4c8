import { getJson } from "../../api/client";
import {
  datesOf,
  type Series,
  type SeriesPoint,
  seriesChart,
  validCount,
} from "../../charts/series";
import { element } from "../../ui/dom";
import type { ReviewContext } from "./hooks";
import { reasonOf } from "./reasons";
import { day } from "./sources";
import { changed, type Entry, entryOf, find, keyOf, type Place, type ReviewState } from "./state";

/** The stack with a scene under a layer: the first scene of the stack becomes that of the date. */
export function withScene(
  stack: ReviewState["stack"],
  layer: string,
  id: string,
): ReviewState["stack"] {
  const scene = stack.find((entry) => entry.kind === "scene");
  if (scene) {
    const same = keyOf({ ...scene, id });
    const free = keyOf(scene) === same || !find(stack, same);
    if (free) return changed(stack, keyOf(scene), { id, visible: true });
    return changed(stack, same, { visible: true });
  }
  const at = stack.findIndex((entry) => keyOf(entry) === layer) + 1;
  return [...stack.slice(0, at), entryOf("scene", id), ...stack.slice(at)];
}

/** The observations behind a pixel: chart, choice of index, dates to show, and the table of it. */
export class SeriesView {
  private readonly chart = element("div", { class: "chart" });
  private readonly note = element("small", {});
  private readonly status = element("p", { class: "note", "aria-live": "polite" });
  private readonly select = element("select", {
    class: "input small",
    "aria-label": "Series of",
    hidden: true,
  });
  private readonly table = element("details", { class: "series-table", hidden: true });
  private readonly node: HTMLElement;
  private source = "";
  private series: Series | null = null;
  private entry: Entry | null = null;
  private again: (() => void) | null = null;

  constructor(private readonly review: ReviewContext) {
    const head = element("div", { class: "series-head" }, this.select, this.note);
    this.node = element(
      "section",
      { "aria-label": "Time series" },
      head,
      this.chart,
      this.stepper(),
      this.status,
      this.table,
    );
    this.select.addEventListener("change", () => {
      this.source = this.select.value;
      this.again?.();
    });
  }

  /** Reads the series of an entry at a place; the node stays the same, so that focus does too. */
  draw(entry: Entry, place: Place, signal: AbortSignal): Node {
    this.entry = entry;
    this.again = () => {
      this.status.textContent = "Reading the series …";
      void this.fill(entry, place, signal);
    };
    this.again();
    return this.node;
  }

  /** Shows the scene some dates before or after the one that is shown. */
  step(by: number): void {
    const dates = datesOf(this.series).filter((point) => point.scene);
    const now = dates.findIndex((point) => point.scene === this.shown());
    const next = dates[now < 0 ? (by > 0 ? 0 : dates.length - 1) : now + by];
    if (next) this.pick(next);
  }

  private stepper(): HTMLElement {
    const button = (text: string, by: number): HTMLButtonElement => {
      const node = element("button", { class: "button quiet small", type: "button" }, text);
      node.addEventListener("click", () => this.step(by));
      return node;
    };
    return element(
      "div",
      { class: "entry-tools" },
      button("‹ Earlier image", -1),
      button("Later image ›", 1),
    );
  }

  private shown(): string | null {
    const { stack } = this.review.store.get();
    return stack.find((entry) => entry.kind === "scene" && entry.visible)?.id ?? null;
  }

  private async fill(entry: Entry, { lon, lat }: Place, signal: AbortSignal): Promise<void> {
    const query = new URLSearchParams({ lon: lon.toFixed(8), lat: lat.toFixed(8) });
    if (entry.release !== null) query.set("release", String(entry.release));
    if (this.source) query.set("source", this.source);
    try {
      const path = `/api/v1/layers/${entry.id}/series/?${query}`;
      const series = await getJson<Series>(path, signal);
      if (signal.aborted) return;
      this.series = series;
      await this.show();
    } catch (error) {
      if (signal.aborted) return;
      this.series = null;
      this.clear(reasonOf(error));
    }
  }

  private clear(text: string): void {
    this.chart.replaceChildren();
    this.table.hidden = true;
    this.note.textContent = "";
    this.status.textContent = text;
  }

  private async show(): Promise<void> {
    const { series } = this;
    if (!series) return;
    if (series.series.length === 0) {
      this.clear("No series: the inputs hold no date here.");
      return;
    }
    this.status.textContent = "";
    this.table.hidden = false;
    this.select.replaceChildren(...series.sources.map((name) => element("option", {}, name)));
    this.select.value = series.source ?? "";
    this.select.hidden = false;
    this.note.textContent = `${validCount(series)} of ${series.series.length} dates valid`;
    const shown = this.shown();
    const figure = await seriesChart(series, { shown, onPick: (point) => this.pick(point) });
    if (this.series !== series) return;
    this.chart.replaceChildren(figure);
    this.fillTable(series, shown);
  }

  private pick(point: SeriesPoint): void {
    if (!point.scene || !this.entry) return;
    const { store } = this.review;
    const { stack, mode } = store.get();
    store.change({ stack: withScene(stack, keyOf(this.entry), point.scene) });
    const top = store.get().stack.find((entry) => entry.visible);
    const covered = mode === "single" && top?.kind === "layer" && top.opacity === 1;
    const hint = covered ? " Lower the opacity or press S to see it." : "";
    void this.show().then(() => {
      this.status.textContent = `The scene of ${day(point.datetime)} lies under the layer.${hint}`;
    });
  }

  private fillTable(series: Series, shown: string | null): void {
    const rows = datesOf(series).map((point) => {
      const on = point.scene !== undefined && point.scene === shown;
      const show = element(
        "button",
        {
          class: "button quiet small",
          type: "button",
          "aria-pressed": String(on),
          disabled: !point.scene,
        },
        on ? "Shown" : "Show",
      );
      show.setAttribute("aria-label", `Show the scene of ${day(point.datetime)}`);
      show.addEventListener("click", () => this.pick(point));
      const value = point.value === null ? "–" : point.value.toFixed(3);
      const state = point.valid ? "valid" : (point.reason ?? "masked");
      return element(
        "tr",
        {},
        element("td", {}, day(point.datetime)),
        element("td", { class: "num" }, value),
        element("td", {}, state),
        element("td", {}, show),
      );
    });
    const heads = ["Date", series.source ?? "Value", "State", "Scene"];
    const head = element("tr", {}, ...heads.map((text) => element("th", { scope: "col" }, text)));
    const open = this.table.open;
    this.table.replaceChildren(
      element("summary", {}, "Dates as a table"),
      element(
        "table",
        { class: "table" },
        element("thead", {}, head),
        element("tbody", {}, ...rows),
      ),
    );
    this.table.open = open;
  }
}
