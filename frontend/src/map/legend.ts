import type { Layer, LegendEntry } from "../api/types";
import { element, swatch } from "../ui/dom";
import { area, percent } from "../ui/format";

export interface ClassAmount {
  code: number;
  km2?: number;
  share?: number;
}

interface RawStatistics {
  classes?: { code: number; area_km2?: number; km2?: number; share?: number; percent?: number }[];
  [other: string]: unknown;
}

/** Per-class amounts of `layers/{id}/statistics/`, whichever of area and share it gives. */
export function amountsOf(statistics: RawStatistics | null): Map<number, ClassAmount> {
  const amounts = new Map<number, ClassAmount>();
  for (const row of statistics?.classes ?? []) {
    const km2 = row.area_km2 ?? row.km2;
    const share = row.share ?? (row.percent === undefined ? undefined : row.percent / 100);
    amounts.set(row.code, {
      code: row.code,
      ...(km2 === undefined ? {} : { km2 }),
      ...(share === undefined ? {} : { share }),
    });
  }
  return amounts;
}

function classRow(entry: LegendEntry, amount: ClassAmount | undefined): HTMLLIElement {
  const figure = [
    amount?.share === undefined ? "" : percent(amount.share),
    amount?.km2 === undefined ? "" : area(amount.km2),
  ].filter(Boolean);
  return element(
    "li",
    figure[1] ? { title: figure.join(", ") } : {},
    swatch(entry.color),
    element("span", { class: "code" }, String(entry.code ?? entry.value ?? "")),
    element("span", {}, entry.name ?? entry.label ?? ""),
    element("span", { class: "amount" }, figure[1] ?? figure[0] ?? ""),
  );
}

function rampOf(layer: Layer): { colors: string[]; labels: string[] } | null {
  const { style } = layer;
  if (style?.kind !== "ramp" || !style.ramp) return null;
  return { colors: style.ramp, labels: style.labels ?? [] };
}

/** Legend of a layer: classes as swatch, code, name and amount; values as a ramp with its ends. */
export function legendOf(layer: Layer, amounts: Map<number, ClassAmount>): HTMLElement {
  const ramp = rampOf(layer);
  const continuous = ramp ?? (layer.role === "class" ? null : entriesAsRamp(layer.legend));
  if (continuous) {
    const strip = element("div", { class: "ramp" });
    strip.style.background = `linear-gradient(90deg, ${continuous.colors.join(", ")})`;
    const ends = continuous.labels.map((label) => element("span", {}, label));
    return element(
      "div",
      { class: "legend" },
      strip,
      element("div", { class: "ramp-labels" }, ...ends),
      layer.style?.unit ? element("small", {}, layer.style.unit) : null,
    );
  }
  const rows = layer.legend.map((entry) => classRow(entry, amounts.get(Number(entry.code))));
  return element("div", { class: "legend" }, element("ul", { "aria-label": "Legend" }, ...rows));
}

function entriesAsRamp(legend: LegendEntry[]): { colors: string[]; labels: string[] } | null {
  if (legend.length < 2) return null;
  const text = (entry: LegendEntry | undefined): string =>
    String(entry?.label ?? entry?.name ?? entry?.value ?? "");
  return {
    colors: legend.map((entry) => entry.color),
    labels: [text(legend[0]), text(legend.at(-1))],
  };
}
