import type { Report, SourceReport, Statistic } from "./data";
import {
  type Fault,
  type Lookup,
  MOST_FEATURES,
  type SetState,
  twinsOf,
  type Window,
} from "./model";

/** What the checks below the list say. No DOM here. */
export interface Notice {
  level: "good" | "attention" | "failed";
  text: string;
  aside?: string;
  /** The feature it speaks of, by its place in the list. */
  at?: number;
}

export const windowText = (window: Window): string => window ?? "whole selection";

/** Which name of an expression is unknown; of a plain name that is clear. */
function reason({ source, error }: SourceReport): string {
  if (/^[\w.:-]+$/.test(source)) return "";
  return `: ${(error.split(";")[0] ?? error).replace(/\.$/, "")}`;
}

function sourceNotices(state: SetState, report: Report): Notice[] {
  const unknown = report.sources.filter((row) => row.error && state.sources.includes(row.source));
  if (unknown.length === 0 && state.sources.length)
    return [{ level: "good", text: "Scenes of the project offer every source." }];
  return unknown.map((row) => ({
    level: "attention",
    text: `No scene of the project offers ${row.source}${reason(row)}.`,
    aside: "jobs would be refused",
  }));
}

function fewDates(
  state: SetState,
  dates: number,
  window: Window,
  need: Map<string, number>,
): string[] {
  const used = state.features.filter((one) => (one.window ?? null) === window);
  return [...new Set(used.map((one) => one.statistic))].filter(
    (statistic) => (need.get(statistic) ?? 0) > dates,
  );
}

function windowNotices(
  state: SetState,
  report: Report,
  statistics: readonly Statistic[],
): Notice[] {
  const need = new Map(statistics.map((row) => [row.name, row.dates_min]));
  const rows: Notice[] = [];
  for (const { window, dates, clear, error } of report.windows) {
    if (!state.windows.includes(window)) continue;
    const name = windowText(window);
    if (error) rows.push({ level: "failed", text: `Window ${name}: ${error}` });
    else if (dates === 0)
      rows.push({ level: "attention", text: `Window ${name} holds no date of the imagery.` });
    else {
      const few = fewDates(state, dates, window, need);
      const aside = `${clear} clear`;
      const text = `Window ${name} holds ${dates} date${dates === 1 ? "" : "s"}`;
      if (few.length)
        rows.push({ level: "attention", text: `${text}: few for ${few.join(", ")}.`, aside });
      else rows.push({ level: "good", text: `${text}.`, aside });
    }
  }
  return rows;
}

/** All notices: what stops saving first, then what to look at, then what is well. */
export function noticesOf(
  state: SetState,
  report: Report | null,
  faults: ReadonlyMap<number, Fault>,
  more: { lookup: Lookup; statistics: readonly Statistic[]; self: string },
): Notice[] {
  const rows: Notice[] = [];
  const { length } = state.features;
  if (length > MOST_FEATURES)
    rows.push({
      level: "failed",
      text: `${length.toLocaleString("en")} features are too many.`,
      aside: `at most ${MOST_FEATURES.toLocaleString("en")}`,
    });
  const wrong = [...faults].filter(([, fault]) => fault.level === "failed");
  if (wrong[0])
    rows.push({
      level: "failed",
      text: `${wrong.length} feature${wrong.length === 1 ? "" : "s"} to mend in the list.`,
      at: wrong[0][0],
    });
  for (const [source, earlier] of twinsOf(state.sources, more.lookup))
    rows.push({ level: "attention", text: `${source} gives the same values as ${earlier}.` });
  if (report) {
    rows.push(...sourceNotices(state, report));
    rows.push(...windowNotices(state, report, more.statistics));
    if (report.same_as && report.same_as.id !== more.self)
      rows.push({
        level: "attention",
        text: `The set “${report.same_as.name}” holds exactly these features.`,
        aside: "no new one is needed",
      });
  }
  const order = { failed: 0, attention: 1, good: 2 };
  return rows.sort((a, b) => order[a.level] - order[b.level]);
}
