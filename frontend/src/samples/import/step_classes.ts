import { element, icon, swatch } from "../../ui/dom";
import { count } from "../../ui/format";
import { type ClassEntry, NO_CLASS } from "../model";
import { columnOf, layerOf, tally, undecided, type Wizard } from "./state";
import { type Choice, exactClass } from "./suggest";
import type { Value } from "./types";

export interface ClassesView {
  state: Wizard;
  tried: boolean;
  classes: readonly ClassEntry[];
  legend: string;
  decide(values: readonly string[], choice: Choice): void;
}

/** Each value of the file: which class it is, a new one, or nothing. */
export function classesStep(view: ClassesView): HTMLElement {
  const { state } = view;
  const column = columnOf(layerOf(state), state.mapping.class_field);
  const values = column?.values ?? [];
  const rows = values.map((value, index) => valueRow(view, value, index));
  const head = ["Value in the file", "Rows", `Class of ${view.legend}`].map((text, n) =>
    element("th", { scope: "col", class: n === 1 ? "num" : null }, text),
  );
  return element(
    "div",
    { class: "stack" },
    openNotice(view),
    element(
      "div",
      { class: "table-wrap import-values", role: "region", "aria-label": "Classes", tabindex: 0 },
      element(
        "table",
        { class: "table" },
        element("thead", {}, element("tr", {}, ...head)),
        element("tbody", {}, ...rows),
      ),
    ),
    element("p", { class: "note", role: "status" }, tallyWords(view, column?.empty ?? 0)),
  );
}

function tallyWords({ state }: ClassesView, empty: number): string {
  const { kept, fresh, left, open } = tally(state);
  const parts = [
    `Rows with a class of the nomenclature: ${count(kept)}`,
    fresh ? `with a new class: ${count(fresh)}` : "",
    left ? `left out: ${count(left)}` : "",
    open ? `not decided: ${count(open)}` : "",
    empty ? `without a class, imported as new and without a label: ${count(empty)}` : "",
  ];
  return `${parts.filter(Boolean).join(", ")}.`;
}

/** Values without a class, and one act for all of them. */
function openNotice(view: ClassesView): HTMLElement | null {
  const open = undecided(view.state);
  if (open.length === 0) return null;
  const named = open.slice(0, 3).map((value) => `“${value}”`);
  const more = open.length > 3 ? ` and ${count(open.length - 3)} more` : "";
  const verb = open.length === 1 ? "is" : "are";
  const each = open.length === 1 ? "" : " for each";
  const act = (text: string, choice: Choice): HTMLElement => {
    const button = element("button", { class: "button small", type: "button" }, text);
    button.addEventListener("click", () => view.decide(open, choice));
    return button;
  };
  return element(
    "div",
    { class: view.tried ? "notice failed" : "notice", role: view.tried ? "alert" : null },
    icon(view.tried ? "failed" : "attention"),
    element(
      "div",
      { class: "import-open" },
      element(
        "span",
        {},
        `${named.join(", ")}${more} ${verb} not in the nomenclature ${view.legend}: choose a class${each}, or`,
      ),
      act("Create what is missing", "create"),
      act("Leave these rows out", "leave"),
    ),
  );
}

function valueRow(view: ClassesView, { value, count: rows }: Value, index: number): HTMLElement {
  const choice = view.state.choices[value] ?? null;
  const id = `import-value-${index}`;
  const options = [
    element("option", { value: "" }, "Choose…"),
    ...view.classes.map((entry) =>
      element(
        "option",
        { value: entry.code, selected: choice === entry.code },
        `${entry.code} ${entry.name}`,
      ),
    ),
    // What the nomenclature has under this very name or code would not be created a second time.
    exactClass(value, view.classes) === null
      ? element("option", { value: "create", selected: choice === "create" }, "create a class")
      : null,
    element("option", { value: "leave", selected: choice === "leave" }, "leave out"),
  ];
  const wrong = view.tried && choice === null;
  const control = element(
    "select",
    {
      class: "input small",
      id,
      "aria-label": `Class for ${value}`,
      "aria-invalid": wrong ? "true" : null,
      "aria-describedby": wrong ? `${id}-error` : null,
    },
    ...options,
  );
  control.addEventListener("change", () => view.decide([value], choiceOf(control.value)));
  const color = view.classes.find((entry) => entry.code === choice)?.color;
  const error = wrong
    ? element("span", { class: "error", id: `${id}-error` }, "Choose what becomes of it.")
    : null;
  return element(
    "tr",
    {},
    element("th", { scope: "row", class: "import-value" }, value),
    element("td", { class: "num" }, count(rows)),
    element(
      "td",
      {},
      element("div", { class: "import-choice" }, swatch(color ?? NO_CLASS), control),
      error,
    ),
  );
}

const choiceOf = (text: string): Choice =>
  text === "" ? null : text === "create" || text === "leave" ? text : Number(text);
