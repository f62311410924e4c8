import { element } from "../../ui/dom";
import { count } from "../../ui/format";
import {
  columnOf,
  columnProblems,
  isTable,
  isText,
  layerOf,
  type Mapping,
  type Wizard,
} from "./state";
import type { Column, Layer } from "./types";

export interface ColumnsView {
  state: Wizard;
  /** Errors are shown once a person wanted to go on. */
  tried: boolean;
  layer(index: number): void;
  field(name: keyof Mapping, value: string): void;
  /** Keeps what is being typed without drawing: the button that is clicked next must not move. */
  typed(name: keyof Mapping, value: string): void;
}

const USES: Record<keyof Mapping, string> = {
  class_field: "class",
  x_field: "x",
  y_field: "y",
  from_field: "valid from",
  to_field: "valid to",
  group_field: "group",
  crs: "",
};

/** Says what each column means; the example rows show at once what was chosen. */
export function columnsStep(view: ColumnsView): HTMLElement {
  const { state } = view;
  const layer = layerOf(state);
  if (!layer) return element("p", { class: "note" }, "The file holds no layer with geometry.");
  const many = (state.inspection?.layers.length ?? 0) > 1;
  const table = isTable(state) && !isText(layer);
  return element(
    "div",
    { class: "stack" },
    element("p", { class: "import-facts" }, factsOf(state, layer)),
    many ? layerField(view) : null,
    element(
      "div",
      { class: "field-row" },
      select(view, layer, "class_field", "Class", "Choose a column"),
      crsField(view, layer),
    ),
    table
      ? element(
          "div",
          { class: "field-row" },
          select(view, layer, "x_field", "x or longitude", "Choose a column"),
          select(view, layer, "y_field", "y or latitude", "Choose a column"),
        )
      : null,
    moreFields(view, layer),
    exampleTable(state, layer),
  );
}

function factsOf(state: Wizard, layer: Layer): string {
  const kinds = Object.entries(layer.geometry_types).map(([kind, n]) => `${count(n)} ${kind}`);
  const parts = [
    `${state.fileName}: ${count(layer.rows)} row${layer.rows === 1 ? "" : "s"}`,
    kinds.length ? kinds.join(", ") : "",
    layer.refused
      ? `${count(layer.refused)} cannot be read; the report will name ${layer.refused === 1 ? "it" : "them"}`
      : "",
  ];
  return `${parts.filter(Boolean).join(" · ")}.`;
}

function layerField({ state, layer }: ColumnsView): HTMLElement {
  const control = element("select", { class: "input", id: "import-layer" });
  for (const [index, entry] of (state.inspection?.layers ?? []).entries()) {
    const text = `${entry.name ?? "layer"} (${count(entry.rows)} rows)`;
    control.append(element("option", { value: index, selected: index === state.layer }, text));
  }
  control.addEventListener("change", () => layer(Number(control.value)));
  return element(
    "div",
    { class: "field" },
    element("label", { for: control.id }, "Layer"),
    control,
  );
}

const described = ({ name, type, distinct }: Column): string =>
  type === "empty" ? `${name} (empty)` : `${name} (${type}, ${count(distinct)} different)`;

function select(
  view: ColumnsView,
  layer: Layer,
  name: keyof Mapping,
  label: string,
  none: string,
): HTMLElement {
  const id = `import-${name}`;
  const chosen = view.state.mapping[name];
  const control = element(
    "select",
    { class: "input", id },
    element("option", { value: "" }, none),
    ...layer.columns.map((column) =>
      element(
        "option",
        { value: column.name, selected: column.name === chosen },
        described(column),
      ),
    ),
  );
  control.addEventListener("change", () => view.field(name, control.value));
  return withError(view, name, label, control);
}

function withError(
  view: ColumnsView,
  name: keyof Mapping,
  label: string,
  control: HTMLElement,
  ...help: Node[]
): HTMLElement {
  const problem = view.tried ? columnProblems(view.state)[name] : undefined;
  const id = `${control.id}-error`;
  if (problem) {
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-describedby", id);
  }
  const error = problem ? element("span", { class: "error", id }, problem) : null;
  return element(
    "div",
    { class: "field" },
    element("label", { for: control.id }, label),
    control,
    ...help,
    error,
  );
}

function crsField(view: ColumnsView, layer: Layer): HTMLElement {
  if (layer.crs) {
    return element(
      "div",
      { class: "field" },
      element("span", { class: "label" }, "CRS"),
      element("span", { class: "import-said" }, `${layer.crs}, as the file says`),
    );
  }
  const control = element("input", {
    class: "input",
    id: "import-crs",
    value: view.state.mapping.crs,
    placeholder: "EPSG:3035",
    autocomplete: "off",
    spellcheck: "false",
  });
  control.addEventListener("input", () => view.typed("crs", control.value.trim()));
  const help = isTable(view.state)
    ? "EPSG:4326 is longitude and latitude in degrees."
    : "The file does not say its own.";
  return withError(view, "crs", "CRS", control, element("span", { class: "help" }, help));
}

function moreFields(view: ColumnsView, layer: Layer): HTMLElement {
  const { from_field, to_field, group_field } = view.state.mapping;
  const open = Boolean(from_field || to_field || group_field);
  return element(
    "details",
    { class: "advanced", open },
    element("summary", {}, "Season and group"),
    element(
      "div",
      { class: "field-row three" },
      select(view, layer, "from_field", "Valid from", "none"),
      select(view, layer, "to_field", "Valid to", "none"),
      select(view, layer, "group_field", "Group", "none"),
    ),
    element(
      "p",
      { class: "help" },
      "A season limits the imagery a sample's features are taken from. Samples of one group fall into one fold.",
    ),
  );
}

function exampleTable({ mapping }: Wizard, layer: Layer): HTMLElement {
  const uses = new Map(
    Object.entries(mapping)
      .filter(([name, value]) => name !== "crs" && value)
      .map(([name, value]) => [value, USES[name as keyof Mapping]]),
  );
  const names = [
    ...[...uses.keys()].filter((name) => columnOf(layer, name)),
    ...layer.columns.map(({ name }) => name).filter((name) => !uses.has(name)),
  ];
  const heads = names.map((name) => {
    const use = uses.get(name);
    return element(
      "th",
      { scope: "col", class: use ? "used" : null },
      name,
      use ? element("span", { class: "chip" }, use) : null,
    );
  });
  const rows = layer.sample.map((row) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, String(row.row)),
      ...names.map((name) =>
        element("td", { class: uses.has(name) ? "used" : null }, row.values[name] ?? "–"),
      ),
    ),
  );
  return element(
    "div",
    {
      class: "table-wrap import-examples",
      tabindex: 0,
      role: "region",
      "aria-label": "First rows",
    },
    element(
      "table",
      { class: "table" },
      element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "Row"), ...heads)),
      element("tbody", {}, ...rows),
    ),
  );
}
