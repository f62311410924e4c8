export interface SeriesPoint {
  datetime: string;
  value: number | null;
  valid: boolean;
  /** Why an observation does not count: "masked: cloud, shadow or snow", "no data", … */
  reason?: string | null;
  /** The catalogue's scene, where there is one. */
  scene?: string;
  item_id?: string;
}

/** Answer of `layers/{id}/series/`: all dates of one source at a pixel, and what else is offered. */
export interface Series {
  source: string | null;
  sources: string[];
  series: SeriesPoint[];
}

export interface SeriesOptions {
  /** Scene whose date is marked. */
  shown?: string | null;
  /** Called with the date nearest to a click. */
  onPick?: (point: SeriesPoint) => void;
}

/** All dates in time order. */
export function datesOf(series: Series | null): SeriesPoint[] {
  return [...(series?.series ?? [])].sort((a, b) => a.datetime.localeCompare(b.datetime));
}

/** Points in time order that have a value; masked ones stay, as open dots. */
export function drawable(series: Series): SeriesPoint[] {
  return datesOf(series).filter((point) => point.value !== null);
}

export function validCount(series: Series): number {
  return drawable(series).filter((point) => point.valid).length;
}

/** What a dot says when pointed at. */
export function pointText(point: SeriesPoint): string {
  const state = point.valid ? "valid" : (point.reason ?? "masked");
  return `${point.datetime.slice(0, 10)}: ${point.value ?? "no value"}, ${state}`;
}

/** The point whose date is nearest to a time, in milliseconds. */
export function nearest(points: readonly SeriesPoint[], time: number): SeriesPoint | undefined {
  const distance = (point: SeriesPoint): number => Math.abs(Date.parse(point.datetime) - time);
  return points.reduce<SeriesPoint | undefined>(
    (best, point) => (best && distance(best) <= distance(point) ? best : point),
    undefined,
  );
}

function nonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
}

/** Valid observations as a line with filled dots, masked ones as open dots with their reason. */
export async function seriesChart(series: Series, options: SeriesOptions = {}): Promise<Element> {
  const Plot = await import("@observablehq/plot");
  const rows = drawable(series).map((point) => ({ ...point, at: new Date(point.datetime) }));
  const valid = rows.filter((row) => row.valid);
  const masked = rows.filter((row) => !row.valid);
  const shown = rows.filter((row) => options.shown && row.scene === options.shown);
  const dot = { x: "at", y: "value", title: pointText };
  const figure = Plot.plot({
    width: 308,
    height: 150,
    marginLeft: 36,
    marginRight: 8,
    marginBottom: 34,
    marginTop: 8,
    className: "series-plot",
    ariaLabel: `${series.source} at the clicked pixel`,
    x: { type: "utc", label: null, ticks: 5 },
    y: { label: null, grid: true, ticks: 4, nice: true },
    marks: [
      Plot.ruleX(shown, { x: "at", stroke: "var(--text-2)" }),
      Plot.lineY(valid, { x: "at", y: "value", stroke: "var(--accent)", strokeWidth: 1.2 }),
      Plot.dot(valid, { ...dot, fill: "var(--accent)", r: 2.5 }),
      Plot.dot(masked, { ...dot, stroke: "var(--text-3)", r: 2.5 }),
      Plot.dot(shown, { x: "at", y: "value", stroke: "var(--text-1)", strokeWidth: 2, r: 5 }),
    ],
  });
  for (const sheet of figure.querySelectorAll("style")) sheet.setAttribute("nonce", nonce());
  // The chart is one picture with a name; labels of its groups say nothing.
  for (const group of figure.querySelectorAll("g[aria-label]")) group.removeAttribute("aria-label");
  const { onPick } = options;
  if (onPick) {
    figure.classList.add("pickable");
    figure.addEventListener("click", (event) => {
      const box = figure.getBoundingClientRect();
      const x = ((event as MouseEvent).clientX - box.left) * (308 / box.width);
      const time = figure.scale("x")?.invert?.(x) as Date | undefined;
      const point = time && nearest(drawable(series), time.getTime());
      if (point) onPick(point);
    });
  }
  return figure;
}
