export interface SeriesPoint {
  date: string;
  value: number | null;
  valid: boolean;
}

interface RawRow {
  date?: string;
  datetime?: string;
  value?: number | null;
  valid?: boolean;
}

export interface RawSeries {
  source?: string;
  name?: string;
  unit?: string;
  sources?: string[];
  series?: RawRow[] | { source?: string; values?: RawRow[]; points?: RawRow[] }[];
  values?: RawRow[];
  points?: RawRow[];
  results?: RawRow[];
}

/** Rows of `layers/{id}/series/` as points in time order. */
export function pointsOf(raw: RawSeries): SeriesPoint[] {
  const first = raw.series?.[0] as { values?: RawRow[]; points?: RawRow[] } | undefined;
  const nested = first?.values ?? first?.points;
  const rows = nested ?? (raw.series as RawRow[] | undefined) ?? raw.values ?? raw.points;
  return (rows ?? raw.results ?? [])
    .map((row) => ({
      date: row.datetime ?? row.date ?? "",
      value: row.value ?? null,
      valid: row.valid ?? row.value != null,
    }))
    .filter((row) => row.date !== "")
    .sort((a, b) => a.date.localeCompare(b.date));
}

function nonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
}

/** Valid observations as a line with filled dots, cloudy ones as open dots. */
export async function seriesChart(points: SeriesPoint[], title: string): Promise<Element> {
  const Plot = await import("@observablehq/plot");
  const rows = points
    .filter((point) => point.value !== null)
    .map((point) => ({ at: new Date(point.date), value: point.value, valid: point.valid }));
  const valid = rows.filter((row) => row.valid);
  const figure = Plot.plot({
    width: 308,
    height: 140,
    marginLeft: 36,
    marginRight: 8,
    marginBottom: 24,
    marginTop: 8,
    className: "series-plot",
    ariaLabel: title,
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
