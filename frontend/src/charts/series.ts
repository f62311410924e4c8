export interface SeriesPoint {
  datetime: string;
  value: number | null;
  valid: boolean;
}

/** Answer of `layers/{id}/series/`: all dates of one source at a pixel, and what else is offered. */
export interface Series {
  source: string | null;
  sources: string[];
  series: SeriesPoint[];
}

/** Points in time order that have a value; masked ones stay, as open dots. */
export function drawable(series: Series): SeriesPoint[] {
  return series.series
    .filter((point) => point.value !== null)
    .sort((a, b) => a.datetime.localeCompare(b.datetime));
}

export function validCount(series: Series): number {
  return drawable(series).filter((point) => point.valid).length;
}

function nonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
}

/** Valid observations as a line with filled dots, cloudy ones as open dots. */
export async function seriesChart(series: Series): Promise<Element> {
  const Plot = await import("@observablehq/plot");
  const rows = drawable(series).map((point) => ({ ...point, at: new Date(point.datetime) }));
  const valid = rows.filter((row) => row.valid);
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
      Plot.lineY(valid, { x: "at", y: "value", stroke: "var(--accent)", strokeWidth: 1.2 }),
      Plot.dot(valid, { x: "at", y: "value", fill: "var(--accent)", r: 2 }),
      Plot.dot(
        rows.filter((row) => !row.valid),
        { x: "at", y: "value", stroke: "var(--text-3)", r: 2.5 },
      ),
    ],
  });
  for (const sheet of figure.querySelectorAll("style")) sheet.setAttribute("nonce", nonce());
  return figure;
}
