import { element, swatch } from "../../ui/dom";
import { area, changes, summary, type Transitions } from "./model";

const named = (entry: { code?: number; name?: string; color: string }): HTMLElement =>
  element(
    "span",
    { class: "class-name" },
    swatch(entry.color),
    `${entry.code} ${entry.name ?? ""}`,
  );

/** The table of transitions: changes by size, and the whole matrix to unfold. */
export function transitionView(table: Transitions): HTMLElement {
  const rows = changes(table).map(({ from, to, km2, pixels }) =>
    element(
      "tr",
      {},
      element("td", {}, named(from)),
      element("td", {}, named(to)),
      element("td", { class: "num" }, area(km2)),
      element("td", { class: "num" }, pixels.toLocaleString("en")),
    ),
  );
  const heads = ["Before", "After", "Area", "Pixels"].map((word, place) =>
    element("th", { scope: "col", class: place > 1 ? "num" : null }, word),
  );
  const list = rows.length
    ? element(
        "table",
        { class: "table" },
        element("caption", { class: "sr-only" }, "Changes, the largest first"),
        element("thead", {}, element("tr", {}, ...heads)),
        element("tbody", {}, ...rows),
      )
    : element("p", { class: "note" }, "No pixel changed its class.");
  const all = element(
    "details",
    {},
    element("summary", {}, "Whole table"),
    element("div", { class: "table-wrap" }, matrix(table)),
  );
  return element(
    "div",
    { class: "stack" },
    element("p", {}, element("b", {}, summary(table))),
    element("div", { class: "table-wrap" }, list),
    all,
  );
}

function matrix(table: Transitions): HTMLElement {
  const head = table.after.map((entry) => element("th", { scope: "col" }, named(entry)));
  const body = table.before.map((entry, i) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, named(entry)),
      ...table.after.map((_, j) =>
        element("td", { class: "num" }, area(table.area_km2[i]?.[j] ?? 0)),
      ),
    ),
  );
  return element(
    "table",
    { class: "table" },
    element(
      "thead",
      {},
      element("tr", {}, element("th", { scope: "col" }, "Before ↓ After →"), ...head),
    ),
    element("tbody", {}, ...body),
  );
}
