import type { Ticks, Totals } from "./types";

/** Questions to the columns of a search: what lies in a period, which date comes next. No DOM. */

export const NO_TICKS: Ticks = { id: [], day: [], cloud: [], state: "", shape: [], shapes: [] };

export function inPeriod(day: string, start: string, end: string): boolean {
  return (!start || day >= start) && (!end || day <= end);
}

/** Positions of the scenes of a period; days are sorted, so it is one run. */
export function runOf(ticks: Ticks, start: string, end: string): [from: number, to: number] {
  const from = start ? lowerBound(ticks.day, start) : 0;
  const to = end ? lowerBound(ticks.day, `${end}~`) : ticks.day.length;
  return [from, Math.max(from, to)];
}

function lowerBound(days: readonly string[], wanted: string): number {
  let low = 0;
  let high = days.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((days[middle] as string) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The page of the list on which a scene stands, counted from 1; null when it is not listed. */
export function pageOf(
  ticks: Ticks,
  id: string,
  start: string,
  end: string,
  size: number,
): number | null {
  const at = ticks.id.indexOf(id);
  const [from, to] = runOf(ticks, start, end);
  return at < from || at >= to ? null : Math.floor((at - from) / size) + 1;
}

/** The scene before or after another one within a period; from nothing, the first or last. */
export function neighbour(
  ticks: Ticks,
  id: string | null,
  step: 1 | -1,
  start: string,
  end: string,
): string | null {
  const [from, to] = runOf(ticks, start, end);
  if (from >= to) return null;
  const at = id === null ? -1 : ticks.id.indexOf(id);
  if (at < 0) return ticks.id[step > 0 ? from : to - 1] ?? null;
  const next = at + step;
  return next < from || next >= to ? null : (ticks.id[next] ?? null);
}

/** Of the scenes with a footprint, the one nearest in time to `day` (the first, without). */
export function nearest(ticks: Ticks, shape: string, day: string | null): string | null {
  const wanted = ticks.shapes.indexOf(shape);
  let best: string | null = null;
  let distance = Number.POSITIVE_INFINITY;
  const at = day ? Date.parse(day) : Number.NaN;
  for (let n = 0; n < ticks.id.length; n += 1) {
    if (ticks.shape[n] !== wanted) continue;
    if (!day) return ticks.id[n] as string;
    const here = Math.abs(Date.parse(ticks.day[n] as string) - at);
    if (here < distance) {
      distance = here;
      best = ticks.id[n] as string;
    }
  }
  return best;
}

export function shapeOf(ticks: Ticks, id: string): string | null {
  const at = ticks.id.indexOf(id);
  return at < 0 ? null : (ticks.shapes[ticks.shape[at] as number] ?? null);
}

/** The state letters after scenes were taken in or left out; flagged ones fall back to f. */
export function withStates(
  ticks: Ticks,
  changed: ReadonlyMap<string, boolean>,
  flagged: ReadonlySet<string>,
): Ticks {
  const letters = ticks.state.split("");
  ticks.id.forEach((id, at) => {
    const included = changed.get(id);
    if (included === undefined) return;
    letters[at] = included ? (flagged.has(id) ? "f" : "i") : "e";
  });
  return { ...ticks, state: letters.join("") };
}

export function totalsWords(totals: Totals): string {
  const parts = [`${totals.count.toLocaleString("en-US")} scene${totals.count === 1 ? "" : "s"}`];
  parts.push(`${totals.selectable.toLocaleString("en-US")} in a selection`);
  if (totals.excluded) parts.push(`${totals.excluded.toLocaleString("en-US")} left out`);
  if (totals.flagged) parts.push(`${totals.flagged.toLocaleString("en-US")} flagged`);
  return parts.join(" · ");
}
