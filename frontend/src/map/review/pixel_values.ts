import type { Layer } from "../../api/types";
import { bar, element, icon, swatch } from "../../ui/dom";
import type { PixelReading, PixelRow } from "./hooks";
import { sharesOf, valueText } from "./pixel";
import { day } from "./sources";
import { UNCLASSIFIABLE } from "./state";

/** What the layers say of a pixel: class layers with all that belongs to them, then the others. */
export function valuesOf({ rows }: PixelReading, inStack: ReadonlySet<string>): HTMLElement[] {
  const classes = rows.filter((row) => row.layer.role === "class");
  const jobs = new Set(classes.map((row) => row.layer.job));
  const rest = rows.filter(
    (row) => row.layer.role !== "class" && inStack.has(row.key) && !jobs.has(row.layer.job),
  );
  const sections = classes.map((row) =>
    classSection(
      row,
      rows.filter((other) => other !== row && other.layer.job === row.layer.job),
    ),
  );
  if (rest.length) sections.push(element("section", {}, ...rest.map(plainRow)));
  return sections;
}

function named(layer: Layer): HTMLElement {
  const release = layer.release === undefined ? "" : `release ${layer.release}`;
  return element("h3", {}, layer.name, element("small", {}, release));
}

function classSection(row: PixelRow, siblings: PixelRow[]): HTMLElement {
  const { layer } = row;
  const head = [
    named(layer),
    row.error ? problem(row.error) : classLine(layer, row.value, siblings),
  ];
  const list = probabilities(layer, siblings);
  return element("section", {}, ...head, list, lineage(layer, siblings));
}

function classLine(layer: Layer, value: number | null, siblings: PixelRow[]): HTMLElement {
  if (value === null) return element("p", { class: "note" }, "No value here: outside the map.");
  const entry = layer.legend.find((row) => row.code === value);
  const name = entry?.name ?? (value === UNCLASSIFIABLE ? "Unclassifiable" : "Not in the legend");
  const line = element(
    "p",
    { class: "value-line" },
    swatch(entry?.color ?? "#9aa0a6"),
    `${value} ${name}`,
  );
  const margin = siblings.find(({ layer: { role } }) => role === "confidence")?.value;
  if (margin != null) line.append(element("span", { class: "chip" }, `Margin ${margin}`));
  return line;
}

function probabilities(layer: Layer, siblings: PixelRow[]): HTMLElement | null {
  const shares = sharesOf(siblings);
  if (shares.length === 0) return null;
  const list = element("div", {
    class: "probe-rows",
    role: "group",
    "aria-label": "Probabilities",
  });
  for (const { code, share } of shares) {
    const entry = layer.legend.find((row) => row.code === code);
    list.append(
      swatch(entry?.color ?? "#888888"),
      element("span", {}, `${code} ${entry?.name ?? ""}`),
      bar([{ share, kind: "quiet" }]),
      element("output", {}, share.toFixed(2)),
    );
  }
  return list;
}

/** Which model, which release, which dates, and how much of them was valid here. */
function lineage(layer: Layer, siblings: PixelRow[]): HTMLElement {
  const list = element("dl", { class: "kv" });
  const add = (term: string, value: Node | string | null): void => {
    if (value) list.append(element("dt", {}, term), element("dd", {}, value));
  };
  const score = siblings.find((row) => row.layer.role === "data_score");
  if (score && score.value !== null) add("Data score", valueText(score.layer, score.value));
  const { model, job } = layer;
  if (model) {
    add("Model", element("a", { href: `/models/${model.id}/` }, `${model.name} v${model.number}`));
  }
  if (job)
    add("Made by", element("a", { href: `/jobs/${job}/` }, `run ${layer.run ?? "?"} of its job`));
  add("Published", layer.published_at ? day(layer.published_at) : null);
  const { start_datetime: from, end_datetime: to } = layer.stac_item?.properties ?? {};
  if (from && to) add("Imagery", `${day(String(from))} – ${day(String(to))}`);
  return list;
}

function plainRow(row: PixelRow): HTMLElement {
  const text = row.error ? problem(row.error) : element("p", {}, valueText(row.layer, row.value));
  return element("div", { class: "plain-value" }, named(row.layer), text);
}

function problem(text: string): HTMLElement {
  return element("p", { class: "notice" }, icon("attention"), element("span", {}, text));
}
