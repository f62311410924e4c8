import { element, icon } from "../ui/dom";
import { windowText } from "./checks";
import * as model from "./model";
import { LONGEST_NAME } from "./naming";
import type { Store } from "./store";

interface Row {
  node: HTMLTableRowElement;
  number: HTMLElement;
  name: HTMLInputElement;
  under: HTMLElement;
  source: HTMLElement;
  statistic: HTMLElement;
  window: HTMLElement;
  remove: HTMLButtonElement;
  error: HTMLElement;
}

/** The features by name: each can be renamed and removed; what is wrong stands beside it. */
export class ListView {
  private readonly rows: Row[] = [];
  private readonly body = element("tbody");
  private readonly table: HTMLElement;
  private readonly empty = element(
    "div",
    { class: "empty" },
    element("strong", {}, "No feature yet."),
    element(
      "p",
      {},
      "Each statistic of each source in each window becomes a feature with a name of its own.",
    ),
  );

  constructor(
    holder: HTMLElement,
    private readonly store: Store,
  ) {
    const heads = ["#", "Name", "Source", "Statistic", "Window"].map((word, at) =>
      element("th", { scope: "col", class: at === 0 ? "num" : at > 1 ? "wide" : null }, word),
    );
    const acts = element("th", { scope: "col" }, element("span", { class: "sr-only" }, "Remove"));
    this.table = element(
      "div",
      { class: "table-wrap" },
      element(
        "table",
        { class: "table feature-rows", "aria-label": "Features" },
        element("thead", {}, element("tr", {}, ...heads, acts)),
        this.body,
      ),
    );
    holder.append(this.table, this.empty);
  }

  /** Rows stay where they are while a name is typed, so that the caret does too. */
  draw(faults: ReadonlyMap<number, model.Fault>): void {
    const { features } = this.store.state;
    this.table.hidden = features.length === 0;
    this.empty.hidden = features.length > 0;
    while (this.rows.length > features.length) this.rows.pop()?.node.remove();
    for (const [at, feature] of features.entries()) {
      const row = this.rows[at] ?? this.made(at);
      this.fill(row, feature, faults.get(at));
    }
  }

  /** Goes to a feature, as from the list of what is wrong. */
  go(at: number): void {
    this.rows[at]?.name.focus();
  }

  private made(at: number): Row {
    const row: Row = {
      node: element("tr"),
      number: element("td", { class: "num" }, String(at + 1)),
      name: element("input", { class: "input", maxlength: LONGEST_NAME + 80, autocomplete: "off" }),
      under: element("small", { class: "under" }),
      source: element("code"),
      statistic: element("td", { class: "wide" }),
      window: element("td", { class: "wide" }),
      remove: element("button", { class: "button quiet small square", type: "button" }),
      error: element("span", { class: "error", id: `feature-${at}-error`, hidden: true }),
    };
    row.name.setAttribute("aria-label", `Name of feature ${at + 1}`);
    row.name.spellcheck = false;
    row.remove.append(icon("close"));
    row.name.addEventListener("input", () => this.rename(at, row.name.value));
    row.name.addEventListener("keydown", (event) => this.move(event, at));
    row.remove.addEventListener("click", () => this.remove(at));
    row.node.append(
      row.number,
      element(
        "td",
        { class: "name" },
        element("div", { class: "field" }, row.name, row.under, row.error),
      ),
      element("td", { class: "wide" }, row.source),
      row.statistic,
      row.window,
      element("td", { class: "act" }, row.remove),
    );
    this.rows.push(row);
    this.body.append(row.node);
    return row;
  }

  private fill(row: Row, feature: model.Feature, fault: model.Fault | undefined): void {
    const window = windowText(feature.window ?? null);
    if (row.name.value !== feature.name) row.name.value = feature.name;
    row.under.textContent = `${feature.source} · ${feature.statistic} · ${window}`;
    row.source.textContent = feature.source;
    row.statistic.textContent = feature.statistic;
    row.window.textContent = window;
    row.remove.setAttribute("aria-label", `Remove ${feature.name}`);
    row.error.textContent = fault?.text ?? "";
    row.error.hidden = fault === undefined;
    row.error.classList.toggle("tone-attention", fault?.level === "attention");
    row.node.classList.toggle("doubtful", fault?.level === "attention");
    if (fault) row.name.setAttribute("aria-describedby", row.error.id);
    else row.name.removeAttribute("aria-describedby");
    if (fault?.level === "failed") row.name.setAttribute("aria-invalid", "true");
    else row.name.removeAttribute("aria-invalid");
  }

  private rename(at: number, name: string): void {
    const next = model.renamed(this.store.state, at, name);
    this.store.amend(next, `Feature ${at + 1} renamed`, `name ${at}`);
  }

  private remove(at: number): void {
    const { state } = this.store;
    const name = state.features[at]?.name ?? "";
    this.store.change(model.removed(state, at), `${name} removed`);
    const next = this.rows[Math.min(at, this.rows.length - 1)];
    (next?.remove ?? document.getElementById("undo"))?.focus();
  }

  private move(event: KeyboardEvent, at: number): void {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const next = by ? this.rows[at + by] : undefined;
    if (!next) return;
    event.preventDefault();
    next.name.focus();
  }
}
