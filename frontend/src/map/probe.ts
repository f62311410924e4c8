import type { CircleMarker, LatLng, Map as LeafletMap } from "leaflet";
import { circleMarker } from "leaflet";
import { ApiError, getJson } from "../api/client";
import type { Layer, LegendEntry } from "../api/types";
import { pointsOf, type RawSeries, seriesChart } from "../charts/series";
import { bar, byId, element, icon, swatch } from "../ui/dom";
import { percent } from "../ui/format";

interface PointAnswer {
  value?: number | null;
  values?: (number | null)[];
  label?: string | null;
  class?: { code: number; name: string; color: string } | null;
  probabilities?: { code: number; value: number }[] | Record<string, number>;
  confidence?: number | null;
  data_score?: number | null;
  unit?: string;
  [other: string]: unknown;
}

const entryOf = (layer: Layer, value: number | null | undefined): LegendEntry | undefined =>
  value == null ? undefined : layer.legend.find((entry) => entry.code === value);

function probabilities(answer: PointAnswer): [number, number][] {
  const raw = answer.probabilities ?? {};
  const pairs: [number, number][] = Array.isArray(raw)
    ? raw.map((row) => [row.code, row.value])
    : Object.entries(raw).map(([code, value]) => [Number(code), value]);
  return pairs.sort((a, b) => b[1] - a[1]);
}

function valueLine(layer: Layer, answer: PointAnswer): HTMLElement {
  const value = answer.value ?? answer.values?.[0] ?? null;
  const entry = answer.class ?? (layer.role === "class" ? entryOf(layer, value) : undefined);
  if (value === null) return element("p", { class: "note" }, "No value here: outside the map.");
  if (entry) {
    return element(
      "p",
      { class: "value-line" },
      swatch(entry.color),
      `${entry.code} ${entry.name ?? ""}`,
      answer.confidence == null
        ? null
        : element("span", { class: "chip" }, `Margin ${answer.confidence}`),
    );
  }
  const scaled = layer.role === "probability" ? percent(value / (value > 1 ? 250 : 1)) : value;
  const unit = layer.role === "probability" ? "" : ` ${layer.style?.unit ?? answer.unit ?? ""}`;
  return element("p", { class: "value-line" }, `${answer.label ?? scaled}${unit}`);
}

function probabilityRows(layer: Layer, answer: PointAnswer): HTMLElement | null {
  const rows = probabilities(answer);
  if (rows.length === 0) return null;
  const list = element("div", { class: "probe-rows" });
  for (const [code, raw] of rows) {
    const share = raw > 1 ? raw / 250 : raw;
    const entry = entryOf(layer, code);
    list.append(
      swatch(entry?.color ?? "#888888"),
      element("span", {}, entry?.name ?? `Class ${code}`),
      bar([{ share, kind: "quiet" }]),
      element("output", {}, share.toFixed(2)),
    );
  }
  return list;
}

/** A click on the map: the stored value there, and the series it was made from. */
export class PixelProbe {
  private marker: CircleMarker | null = null;
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
    this.marker?.remove();
    this.marker = null;
    this.onMove(null);
  }

  async ask(layer: Layer, place: LatLng): Promise<void> {
    this.asked += 1;
    const mine = this.asked;
    this.onMove(place);
    this.mark(place);
    this.panel.hidden = false;
    byId("probe-place").textContent = `${place.lng.toFixed(5)} E  ${place.lat.toFixed(5)} N`;
    const body = byId("probe-body");
    body.replaceChildren(element("p", { class: "note" }, "Reading the pixel …"));
    const query = `lon=${place.lng.toFixed(7)}&lat=${place.lat.toFixed(7)}`;
    const [value, series] = await Promise.allSettled([
      getJson<PointAnswer>(`/api/v1/layers/${layer.id}/point/?${query}`),
      getJson<RawSeries>(`/api/v1/layers/${layer.id}/series/?${query}`),
    ]);
    if (mine !== this.asked) return;
    body.replaceChildren(
      ...(value.status === "fulfilled"
        ? [valueLine(layer, value.value), probabilityRows(layer, value.value) ?? ""]
        : [problem(value.reason)]),
    );
    if (series.status === "fulfilled") await this.drawSeries(body, series.value);
    else if (value.status === "fulfilled") body.append(problem(series.reason));
  }

  private async drawSeries(body: HTMLElement, raw: RawSeries): Promise<void> {
    const points = pointsOf(raw);
    const valid = points.filter((point) => point.valid && point.value !== null).length;
    const name = raw.source ?? raw.name ?? "Series";
    const head = element(
      "div",
      {},
      element("h3", {}, name),
      element("small", {}, `${valid} of ${points.length} dates valid`),
    );
    if (points.length === 0) {
      body.append(element("p", { class: "note" }, "No series: the inputs hold no date here."));
      return;
    }
    const chart = element("div", { class: "chart" });
    chart.append(await seriesChart(points, `${name} at the clicked pixel`));
    body.append(head, chart);
  }

  private mark(place: LatLng): void {
    this.marker?.remove();
    this.marker = circleMarker(place, {
      radius: 9,
      color: "#161a20",
      weight: 5,
      fill: false,
      interactive: false,
    }).addTo(this.map);
    const inner = circleMarker(place, {
      radius: 9,
      color: "#ffffff",
      weight: 2,
      fill: false,
      interactive: false,
    }).addTo(this.map);
    this.marker.on("remove", () => inner.remove());
  }
}

function problem(reason: unknown): HTMLElement {
  const text = reason instanceof ApiError ? reason.message : "The value could not be read.";
  return element("p", { class: "notice" }, icon("attention"), element("span", {}, text));
}
