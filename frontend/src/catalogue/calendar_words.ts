import { element } from "../ui/dom";
import type { Calendar, Period } from "./types";

const sum = (periods: readonly Period[], name: "measured" | "estimated" | "unknown"): number =>
  periods.reduce((total, row) => total + row[name], 0);

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (!sorted.length) return 0;
  const high = sorted[middle] as number;
  return sorted.length % 2 ? high : ((sorted[middle - 1] as number) + high) / 2;
}

/** Where the figures come from: masks, stated cloud cover, or nothing said of cloud. */
export function basisWords(periods: readonly Period[]): string {
  const parts = [
    [sum(periods, "measured"), "measured from masks"],
    [sum(periods, "estimated"), "estimated from cloud cover"],
    [sum(periods, "unknown"), "without cloud cover, counted as clear"],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, text]) => `${count.toLocaleString("en-US")} ${text}`)
    .join(", ");
}

/** One line on a calendar. */
export function calendarWords(calendar: Calendar): string {
  const { periods } = calendar;
  if (!periods.length) return "No valid observations: no scene in a selection fits.";
  const none = periods.filter((row) => row.valid < 0.05).length;
  const middle = median(periods.map((row) => row.valid)).toFixed(1);
  const over = calendar.of === "area" ? "over the area" : "over all footprints";
  const empty = none ? `, ${none} of ${periods.length} without any` : "";
  return `Valid observations per 10 days ${over}: median ${middle}${empty} (${basisWords(periods)})`;
}

/** The table twin of the bars. */
export function calendarTable(calendar: Calendar | null): HTMLElement {
  const names = ["Ten days", "Scenes", "Valid", "Measured", "Estimated", "Unknown"];
  const head = names.map((name, at) =>
    element("th", { scope: "col", class: at ? "num" : null }, name),
  );
  const rows = (calendar?.periods ?? []).map((row) => {
    const figures = [row.scenes, row.valid.toFixed(2), row.measured, row.estimated, row.unknown];
    const cells = figures.map((figure) => element("td", { class: "num" }, String(figure)));
    const name = element("th", { scope: "row" }, `${row.start} – ${row.end.slice(8)}`);
    return element("tr", {}, name, ...cells);
  });
  const table = element(
    "table",
    { class: "table" },
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...rows),
  );
  const note = element(
    "p",
    { class: "note" },
    "Valid: how often a place of the area is seen clearly, on average. Measured: the scene's mask, " +
      "read when it was imported. Estimated: footprint times the cloud cover the item states. " +
      "Unknown: no cloud cover is stated, the scene counts as clear. Scenes left out do not count.",
  );
  const wrap = element("div", { class: "calendar-table", tabindex: 0, role: "region" }, table);
  wrap.setAttribute("aria-label", "Valid observations");
  return element("div", {}, note, wrap);
}
