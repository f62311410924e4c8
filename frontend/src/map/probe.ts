import type { CircleMarker, LatLng, Map as LeafletMap } from "leaflet";
import { circleMarker } from "leaflet";
import { ApiError, getJson } from "../api/client";
import type { Layer } from "../api/types";
import { type Series, seriesChart, validCount } from "../charts/series";
import { bar, byId, element, icon, swatch } from "../ui/dom";
import { percent } from "../ui/format";

/** Answer of `layers/{id}/point/`; `value` is null where the layer holds nothing. */
export interface PointAnswer {
  value: number | null;
  class?: { code: number; name: string; color: string } | null;
}

/** Another layer of the same job: its value tells how sure the class is. */
export interface Sibling {
  id: string;
  role: string;
  class_code: number | null;
}

const PROBABILITY_SCALE = 250;
const MAX_SIBLINGS = 12;

function plainValue(layer: Layer, value: number): string {
  if (layer.role === "probability") return percent(value / PROBABILITY_SCALE);
  return [value, layer.style?.unit].filter((part) => part !== undefined).join(" ");
}

export function valueLine(layer: Layer, answer: PointAnswer): HTMLElement {
  const { value } = answer;
  if (value === null) return element("p", { class: "note" }, "No value here: outside the map.");
  const entry = answer.class ?? layer.legend.find((row) => row.code === value);
  if (layer.role !== "class" || !entry) {
    return element("p", { class: "value-line" }, plainValue(layer, value));
  }
  return element(
    "p",
    { class: "value-line" },
    swatch(entry.color),
    `${entry.code} ${entry.name ?? ""}`,
  );
}

/** Probabilities as swatch, name, bar and figure, the likeliest first. */
export function probabilityRows(layer: Layer, shares: Map<number, number>): HTMLElement | null {
  if (shares.size === 0) return null;
  const list = element("div", { class: "probe-rows" });
  for (const [code, share] of [...shares].sort((a, b) => b[1] - a[1])) {
    const entry = layer.legend.find((row) => row.code === code);
    list.append(
      swatch(entry?.color ?? "#888888"),
      element("span", {}, entry?.name ?? `Class ${code}`),
      bar([{ share, kind: "quiet" }]),
      element("output", {}, share.toFixed(2)),
    );
  }
  return list;
}

/** A click on the map: the stored value there, how sure it is, and the series it was made from. */
export class PixelProbe {
  private marker: CircleMarker[] = [];
  private asked = 0;

  constructor(
    private readonly map: LeafletMap,
    private readonly panel: HTMLElement,
    private readonly onMove: (place: LatLng | null) => void,
  ) {
    panel.querySelector("[data-probe-close]")?.addEventListener("click", () => this.close());
  }

  close(): void {
    this.panel.hidden = true;
    this.unmark();
    this.onMove(null);
  }

  async ask(layer: Layer, place: LatLng, siblings: Sibling[]): Promise<void> {
    this.asked += 1;
    const mine = this.asked;
    this.onMove(place);
    this.mark(place);
    this.panel.hidden = false;
    byId("probe-place").textContent = `${place.lng.toFixed(5)} E  ${place.lat.toFixed(5)} N`;
    const body = byId("probe-body");
    body.replaceChildren(element("p", { class: "note" }, "Reading the pixel …"));
    const query = `lon=${place.lng.toFixed(7)}&lat=${place.lat.toFixed(7)}`;
    const value = getJson<PointAnswer>(`/api/v1/layers/${layer.id}/point/?${query}`);
    const series = this.readSeries(layer, query);
    const sure = this.readSiblings(siblings.slice(0, MAX_SIBLINGS), query);
    try {
      const line = valueLine(layer, await value);
      if (mine !== this.asked) return;
      body.replaceChildren(line);
      await Promise.all([sure, series]).catch(() => undefined);
      if (mine !== this.asked) return;
      this.showSure(body, layer, await sure);
      await this.showSeries(body, layer, query, await series, () => mine === this.asked);
    } catch (error) {
      series.catch(() => undefined);
      if (mine === this.asked) body.append(problem(error));
      if (body.firstChild?.textContent?.startsWith("Reading")) body.firstChild.remove();
    }
  }

  private readSeries(layer: Layer, query: string, source?: string): Promise<Series> {
    const chosen = source ? `&source=${encodeURIComponent(source)}` : "";
    return getJson<Series>(`/api/v1/layers/${layer.id}/series/?${query}${chosen}`);
  }

  private readSiblings(siblings: Sibling[], query: string): Promise<[Sibling, number][]> {
    const asked = siblings.map(async (sibling): Promise<[Sibling, number] | null> => {
      const path = `/api/v1/layers/${sibling.id}/point/?${query}`;
      const answer = await getJson<PointAnswer>(path).catch(() => null);
      return answer?.value == null ? null : [sibling, answer.value];
    });
    return Promise.all(asked).then((rows) => rows.filter((row) => row !== null));
  }

  private showSure(body: HTMLElement, layer: Layer, rows: [Sibling, number][]): void {
    const shares = new Map<number, number>();
    for (const [sibling, value] of rows) {
      if (sibling.role === "probability" && sibling.class_code !== null) {
        shares.set(sibling.class_code, value / PROBABILITY_SCALE);
      }
      if (sibling.role === "confidence") {
        const chip = element("span", { class: "chip" }, `Margin ${value}`);
        body.querySelector(".value-line")?.append(chip);
      }
    }
    const list = probabilityRows(layer, shares);
    if (list) body.append(list);
  }

  private async showSeries(
    body: HTMLElement,
    layer: Layer,
    query: string,
    series: Series,
    isCurrent: () => boolean,
  ): Promise<void> {
    if (series.series.length === 0) {
      body.append(element("p", { class: "note" }, "No series: the inputs hold no date here."));
      return;
    }
    const holder = element("div", { class: "chart" });
    const select = element("select", { class: "input small", "aria-label": "Series of" });
    for (const source of series.sources) {
      select.append(element("option", { selected: source === series.source }, source));
    }
    const note = element("small", {});
    const draw = async (found: Series): Promise<void> => {
      note.textContent = `${validCount(found)} of ${found.series.length} dates valid`;
      holder.replaceChildren(await seriesChart(found));
    };
    select.addEventListener("change", () => {
      this.readSeries(layer, query, select.value)
        .then(draw)
        .catch((error: unknown) => holder.replaceChildren(problem(error)));
    });
    await draw(series);
    if (!isCurrent()) return; // another pixel was asked for while the chart was drawn
    body.append(element("div", { class: "series-head" }, select, note), holder);
  }

  private unmark(): void {
    for (const ring of this.marker) ring.remove();
    this.marker = [];
  }

  /** A white ring with a dark casing: seen on every map colour. */
  private mark(place: LatLng): void {
    this.unmark();
    for (const [color, weight] of [
      ["#161a20", 5],
      ["#ffffff", 2],
    ] as const) {
      const ring = circleMarker(place, { radius: 9, color, weight, fill: false });
      ring.options.interactive = false;
      this.marker.push(ring.addTo(this.map));
    }
  }
}

function problem(reason: unknown): HTMLElement {
  const text = reason instanceof ApiError ? reason.message : "The value could not be read.";
  return element("p", { class: "notice" }, icon("attention"), element("span", {}, text));
}
