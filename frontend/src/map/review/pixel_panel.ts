import type { LayerGroup } from "leaflet";
import { circleMarker, layerGroup, polygon } from "leaflet";
import { getJson } from "../../api/client";
import type { Layer } from "../../api/types";
import { element, icon } from "../../ui/dom";
import type { OfferedLayer } from "./add_dialog";
import type { Pixel, PixelReading, PixelRow, ReviewContext } from "./hooks";
import { pixelSections } from "./hooks";
import "./near_samples";
import { degreesText, metresText, stepped } from "./pixel";
import { valuesOf } from "./pixel_values";
import { reasonOf } from "./reasons";
import { SeriesView } from "./series_view";
import { type Entry, entryOf, keyOf, type Place } from "./state";
import { uncover } from "./uncover";

interface PointAnswer {
  value: number | null;
  pixel?: Pixel;
}

const CASING = "#161a20";
const SETTLE_MS = 220;

/** Reads one pixel: all layers of the stack there, how sure they are, and the series behind. */
export class PixelPanel {
  private readonly marks: LayerGroup = layerGroup();
  private readonly place = element("p", { class: "mono pixel-place", "aria-live": "polite" });
  private readonly values = element("div", { class: "pixel-values" });
  private readonly more = element("div", { class: "pixel-more" });
  private series: SeriesView | null = null;
  private reading: PixelReading | null = null;
  private pixel: Pixel | null = null;
  private abort = new AbortController();
  private settle: ReturnType<typeof setTimeout> | undefined;
  private asked = "";

  constructor(
    private readonly review: ReviewContext,
    private readonly offered: readonly OfferedLayer[],
  ) {}

  fill(body: HTMLElement): void {
    body.append(this.place, this.pad(), this.values, this.more);
    this.series = new SeriesView(this.review);
  }

  /** Moves by pixels of the project grid. */
  step(columns: number, rows: number): void {
    if (this.pixel) this.review.store.change({ point: stepped(this.pixel, columns, rows) });
  }

  stepDate(by: number): void {
    this.series?.step(by);
  }

  /** Reads the place of the state, unless it has been read for this stack. */
  follow(): void {
    const { point, panel, stack } = this.review.store.get();
    if (!point || panel !== "pixel") return;
    const layers = stack.filter((entry) => entry.kind === "layer");
    const wanted = JSON.stringify([point, layers.map(keyOf).sort()]);
    if (wanted === this.asked) return;
    this.asked = wanted;
    void this.ask(point);
  }

  close(): void {
    this.abort.abort();
    this.asked = "";
    this.marks.clearLayers();
  }

  private pad(): HTMLElement {
    const step = (name: string, label: string, x: number, y: number): HTMLButtonElement => {
      const node = element(
        "button",
        { class: "button quiet square", type: "button", "aria-label": label, title: label },
        icon(name),
      );
      node.addEventListener("click", () => this.step(x, y));
      return node;
    };
    return element(
      "div",
      { class: "pixel-pad", role: "group", "aria-label": "Move by one pixel" },
      step("left", "One pixel west", -1, 0),
      step("up", "One pixel north", 0, -1),
      step("down", "One pixel south", 0, 1),
      step("right", "One pixel east", 1, 0),
      element("small", {}, "or arrow keys on the map"),
    );
  }

  private async ask(place: Place): Promise<void> {
    this.abort.abort();
    this.abort = new AbortController();
    const { signal } = this.abort;
    this.place.textContent = degreesText(place);
    if (this.reading === null)
      this.values.replaceChildren(element("p", { class: "note" }, "Reading the pixel …"));
    this.mark(place, null);
    uncover(this.review.map, place);
    const entries = this.entries();
    if (entries.length === 0) {
      this.empty();
      return;
    }
    const rows = await Promise.all(entries.map((entry) => this.row(entry, place, signal)));
    if (signal.aborted) return;
    const found = rows.filter((row) => row !== null);
    this.pixel = found.find((row) => row.pixel)?.pixel ?? null;
    this.reading = { place, pixel: this.pixel, rows: found };
    this.show(this.reading);
    clearTimeout(this.settle);
    this.settle = setTimeout(() => void this.showMore(place, signal), SETTLE_MS);
  }

  /** Layers of the stack, and the layers of the same jobs that say how sure a class is. */
  private entries(): Entry[] {
    const stack = this.review.store.get().stack.filter((entry) => entry.kind === "layer");
    const found = new Map(stack.map((entry) => [keyOf(entry), entry]));
    for (const entry of stack) {
      const own = this.offered.find((layer) => layer.id === entry.id);
      if (own?.role !== "class") continue;
      for (const other of this.offered.filter(
        (row) => row.job === own.job && row.role !== "class",
      )) {
        const sibling = entryOf("layer", other.id, { release: entry.release });
        if (!found.has(keyOf(sibling))) found.set(keyOf(sibling), sibling);
      }
    }
    return [...found.values()];
  }

  private async row(
    entry: Entry,
    { lon, lat }: Place,
    signal: AbortSignal,
  ): Promise<(PixelRow & { pixel?: Pixel }) | null> {
    const layer = await this.layerOf(entry);
    if (!layer) return null;
    const release = entry.release === null ? "" : `&release=${entry.release}`;
    const query = `lon=${lon.toFixed(8)}&lat=${lat.toFixed(8)}${release}`;
    try {
      const path = `/api/v1/layers/${entry.id}/point/?${query}`;
      const { value, pixel } = await getJson<PointAnswer>(path, signal);
      return { key: keyOf(entry), layer, value, ...(pixel ? { pixel } : {}) };
    } catch (error) {
      return { key: keyOf(entry), layer, value: null, error: reasonOf(error) };
    }
  }

  /** With its legend where it is of the stack, though a link may ask before that is there. */
  private async layerOf(entry: Entry): Promise<Layer | null> {
    const { stack } = this.review.store.get();
    const stacked = stack.some((other) => keyOf(other) === keyOf(entry));
    const source = stacked ? await this.review.sourceSoon(entry).catch(() => null) : null;
    return source?.layer ?? this.known(entry);
  }

  private known(entry: Entry): Layer | null {
    const row = this.offered.find((layer) => layer.id === entry.id);
    if (!row) return null;
    const { id, name, role, class_code, job } = row;
    const unit = role === "data_score" ? { style: { unit: "valid observations" } } : {};
    const bare = { status: "", bbox: [0, 0, 0, 0] as Layer["bbox"], tiles: "", legend: [] };
    return { ...bare, id, name, role, class_code, job, assets: { archives: [] }, ...unit };
  }

  private show(reading: PixelReading): void {
    const { pixel, place } = reading;
    this.place.replaceChildren(
      element("span", {}, degreesText(place)),
      ...(pixel ? [element("span", {}, `${metresText(pixel)}  ${pixel.crs}`)] : []),
    );
    this.mark(place, pixel);
    const stack = this.review.store.get().stack.map(keyOf);
    this.values.replaceChildren(...valuesOf(reading, new Set(stack)));
  }

  private empty(): void {
    this.reading = null;
    const text = "No layer in the stack has values. Add one with the button in the layers panel.";
    this.values.replaceChildren(element("p", { class: "note" }, text));
    this.more.replaceChildren();
  }

  private async showMore(place: Place, signal: AbortSignal): Promise<void> {
    const { stack } = this.review.store.get();
    const layers = stack.filter((entry) => entry.kind === "layer");
    const main = layers.find((entry) => this.review.sourceOf(entry)?.layer?.role === "class");
    const parts: (Node | null)[] = [];
    const entry = main ?? layers[0];
    if (entry && this.series) parts.push(this.series.draw(entry, place, signal));
    const show = (): void => this.more.replaceChildren(...parts.filter((part) => part !== null));
    show();
    for (const part of pixelSections) {
      if (this.reading) parts.push(await part.draw(this.reading, this.review));
      if (signal.aborted) return;
      show();
    }
  }

  /** The pixel's outline and a ring around it, white with a dark casing: seen on every colour. */
  private mark({ lat, lon }: Place, pixel: Pixel | null): void {
    this.marks.clearLayers();
    this.marks.addTo(this.review.map);
    const ring = pixel?.ring.map(([x, y]): [number, number] => [y, x]);
    for (const [color, weight] of [
      [CASING, 5],
      ["#ffffff", 2],
    ] as const) {
      const style = { color, weight, fill: false, interactive: false };
      if (ring) this.marks.addLayer(polygon(ring, style));
      this.marks.addLayer(circleMarker([lat, lon], { ...style, radius: 11 }));
    }
  }
}
