import type { Layer, LegendEntry } from "../api/types";
import { element, swatch } from "../ui/dom";
import { area, percent } from "../ui/format";

export interface ClassAmount {
  code: number;
  km2?: number;
  share?: number;
}

/** `layers/{id}/statistics/`: areas by class for class layers, else a range and a histogram. */
export interface Statistics {
  classes?: { code: number; area_km2: number; share: number }[];
}

/** Area and share of each class of a layer. */
export function amountsOf(statistics: Statistics | null): Map<number, ClassAmount> {
  const rows = statistics?.classes ?? [];
  return new Map(
    rows.map(({ code, area_km2, share }) => [code, { code, km2: area_km2, share }] as const),
  );
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
