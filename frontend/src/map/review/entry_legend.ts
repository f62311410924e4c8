import type { Layer } from "../../api/types";
import { element, swatch } from "../../ui/dom";
import { area, percent } from "../../ui/format";
import { amountsOf, type Statistics } from "../legend";
import { type Histogram, percentiles, scaleOf } from "./pixel";
import type { Source } from "./sources";
import { type Entry, type Range, toggledClass, UNCLASSIFIABLE } from "./state";

export type Ramps = Record<string, string[]>;
type Change = (changes: Partial<Entry>) => void;

const RAMP_WORDS: Record<string, string> = {
  grey: "Grey",
  viridis: "Viridis",
  cividis: "Cividis",
  blues: "Blues",
  greens: "Greens",
  red_blue: "Red to blue",
};

/** The legend of an entry, which is its filter too: classes with a tick, values with a range. */
export function entryLegend(
  entry: Entry,
  source: Source,
  ramps: Ramps,
  change: Change,
): HTMLElement | null {
  if (entry.kind === "static") return staticLegend(entry, ramps, change);
  if (!source.layer) return null;
  if (source.legend.length > 0) return classLegend(entry, source, change);
  return rampLegend(entry, source.layer, ramps, change);
}

function classLegend(entry: Entry, source: Source, change: Change): HTMLElement {
  const statistics = source.layer?.statistics as Statistics | undefined;
  const amounts = amountsOf(statistics ?? null);
  const rows = source.legend.map((row) => ({
    code: Number(row.code),
    name: row.name ?? "",
    color: row.color,
  }));
  const unclassifiable = statistics?.unclassifiable;
  if (unclassifiable?.pixels) {
    const { area_km2: km2 } = unclassifiable;
    amounts.set(UNCLASSIFIABLE, { code: UNCLASSIFIABLE, km2 });
    rows.push({ code: UNCLASSIFIABLE, name: "Unclassifiable", color: "#9aa0a6" });
  }
  const list = element("ul", { class: "class-list", "aria-label": `Classes of ${source.title}` });
  for (const { code, name, color } of rows) {
    const amount = amounts.get(code);
    const box = element("input", { type: "checkbox", checked: !entry.hidden.includes(code) });
    box.addEventListener("change", () => change({ hidden: toggledClass(entry, code) }));
    const share = amount?.share === undefined ? "" : percent(amount.share);
    const size = amount?.km2 === undefined ? "" : area(amount.km2);
    const label = element(
      "label",
      size ? { title: size } : {},
      box,
      swatch(color),
      element("span", { class: "code" }, String(code)),
      element("span", { class: "name" }, name),
      element("span", { class: "amount" }, share || size),
    );
    list.append(element("li", {}, label));
  }
  return element("div", { class: "entry-legend" }, list, allOrNone(entry, rows, change));
}

function allOrNone(entry: Entry, rows: { code: number }[], change: Change): HTMLElement {
  const button = (text: string, hidden: number[]): HTMLButtonElement => {
    const node = element("button", { class: "button quiet small", type: "button" }, text);
    node.addEventListener("click", () => change({ hidden }));
    return node;
  };
  const all = button("All classes", []);
  const none = button(
    "None",
    rows.map((row) => row.code),
  );
  all.disabled = entry.hidden.length === 0;
  none.disabled = entry.hidden.length >= rows.length;
  return element("div", { class: "entry-tools" }, all, none);
}

/** A static layer has no range of its own: without a stretch 2 to 98 % of its values are drawn. */
function staticLegend(entry: Entry, ramps: Ramps, change: Change): HTMLElement {
  const name = entry.ramp.replace(/^-/, "");
  const turned = entry.ramp.startsWith("-");
  const [low, high] = entry.stretch ?? ["2 %", "98 %"];
  return element(
    "div",
    { class: "entry-legend" },
    ...rampStrip(ramps[name || "grey"] ?? [], turned, [String(low), "", String(high)]),
    rampChoice(name, turned, ramps, change),
    rangeRow("Stretch", entry.stretch, 1, (stretch) => change({ stretch })),
    rangeRow("Show only", entry.limits, 1, (limits) => change({ limits })),
  );
}

function rampStrip(ramp: readonly string[], turned: boolean, words: string[]): HTMLElement[] {
  const colors = turned ? [...ramp].reverse() : ramp;
  const strip = element("div", { class: "ramp" });
  strip.style.background = `linear-gradient(90deg, ${colors.join(", ")})`;
  const ends = words.map((word) => element("span", {}, word));
  return [strip, element("div", { class: "ramp-labels" }, ...ends)];
}

function rampLegend(entry: Entry, layer: Layer, ramps: Ramps, change: Change): HTMLElement {
  const name = entry.ramp.replace(/^-/, "");
  const turned = entry.ramp.startsWith("-");
  const own = layer.style?.ramp ?? ramps.grey ?? [];
  const scale = scaleOf(layer.role);
  const standard = (layer.style?.rescale as Range | undefined) ?? [0, 254];
  const [low, high] = entry.stretch ?? standard;
  const words = [String(low / scale), layer.style?.unit ?? "", String(high / scale)];
  return element(
    "div",
    { class: "entry-legend" },
    ...rampStrip((name && ramps[name]) || own, turned, words),
    rampChoice(name, turned, ramps, change),
    stretchRow(entry, layer, standard, change),
    rangeRow("Show only", entry.limits, scale, (limits) => change({ limits })),
  );
}

function rampChoice(name: string, turned: boolean, ramps: Ramps, change: Change): HTMLElement {
  const select = element(
    "select",
    { class: "input small", "aria-label": "Colours" },
    element("option", { value: "" }, "The layer's own"),
    ...Object.keys(ramps).map((key) =>
      element("option", { value: key }, RAMP_WORDS[key] ?? key.replaceAll("_", " ")),
    ),
  );
  select.value = name;
  const flip = element("input", { type: "checkbox", checked: turned, disabled: !name });
  const apply = (): void =>
    change({ ramp: select.value && flip.checked ? `-${select.value}` : select.value });
  select.addEventListener("change", apply);
  flip.addEventListener("change", apply);
  return element(
    "div",
    { class: "range-row" },
    element("span", {}, "Colours"),
    select,
    element("label", { class: "check small" }, flip, "Reversed"),
  );
}

function stretchRow(entry: Entry, layer: Layer, standard: Range, change: Change): HTMLElement {
  const scale = scaleOf(layer.role);
  const row = rangeRow("Stretch", entry.stretch ?? standard, scale, (stretch) =>
    change({ stretch }),
  );
  const histogram = (layer.statistics as { histogram?: Histogram } | undefined)?.histogram;
  const fitted = histogram ? percentiles(histogram, 0.02, 0.98) : null;
  if (fitted) {
    const fit = element("button", { class: "button quiet small", type: "button" }, "2–98 %");
    fit.title = "From the value below which 2 % of the pixels lie to that of 98 %";
    fit.addEventListener("click", () => change({ stretch: fitted }));
    row.append(fit);
  }
  return row;
}

/** Two numbers; empty both for none. A wrong pair is marked and changes nothing. */
function rangeRow(
  title: string,
  range: Range | null,
  scale: number,
  apply: (range: Range | null) => void,
): HTMLElement {
  const field = (value: number | undefined, end: string): HTMLInputElement =>
    element("input", {
      class: "input small",
      type: "number",
      step: "any",
      value: value === undefined ? "" : value / scale,
      placeholder: end,
      "aria-label": `${title} ${end}`,
    });
  const [low, high] = [field(range?.[0], "from"), field(range?.[1], "to")];
  const read = (): void => {
    const empty = low.value === "" && high.value === "";
    const pair: Range = [
      low.value === "" ? -1e9 : Number(low.value) * scale,
      high.value === "" ? 1e9 : Number(high.value) * scale,
    ];
    const wrong = !empty && !(pair[0] < pair[1]);
    for (const input of [low, high]) input.setAttribute("aria-invalid", String(wrong));
    if (!wrong) apply(empty ? null : pair);
  };
  low.addEventListener("change", read);
  high.addEventListener("change", read);
  return element("div", { class: "range-row" }, element("span", {}, title), low, high);
}
