import { element, icon } from "../ui/dom";
import type { Offered } from "./data";
import * as model from "./model";
import { changeWords, type Store } from "./store";

const GROUPS: [Offered["kind"], string, string][] = [
  ["asset", "Bands", "of the scenes, by their key"],
  ["band", "Common names", "the same band of each sensor"],
  ["index", "Indices", "computed from the bands"],
];
const MANY = 24;

/** Every source that scenes offer, as switches; below them the sources that were written. */
export class SourcesView {
  private readonly chips = new Map<string, HTMLButtonElement>();
  private readonly own = element("div", { class: "chips" });
  private readonly ownBox = element(
    "div",
    { class: "choice-group", role: "group", "aria-label": "Written sources" },
    element("div", { class: "choice-head" }, element("span", { class: "label" }, "Written")),
    this.own,
  );

  constructor(
    private readonly holder: HTMLElement,
    private readonly offered: readonly Offered[],
    private readonly store: Store,
  ) {
    if (offered.length === 0) {
      const text =
        "The project has no imagery yet. Import a catalogue to choose from its bands, or write sources below.";
      holder.append(element("p", { class: "note" }, text));
    }
    if (offered.length > MANY) holder.append(this.filter());
    const taken = new Set<string>();
    for (const [kind, title, about] of GROUPS) {
      const rows = offered.filter((row) => row.kind === kind && !taken.has(row.name));
      for (const row of rows) taken.add(row.name);
      if (rows.length) holder.append(this.group(title, about, rows));
    }
    const indices = offered.filter((row) => row.kind === "index");
    if (indices.length) holder.append(formulas(indices));
    holder.append(this.ownBox);
    store.onChange(() => this.draw());
    this.draw();
  }

  private filter(): HTMLElement {
    const input = element("input", {
      class: "input",
      type: "search",
      "aria-label": "Find a source",
      placeholder: "Find a source",
      autocomplete: "off",
    });
    const none = element("p", { class: "note", role: "status", hidden: true });
    none.textContent = "No source of that name. An expression may be written below.";
    input.addEventListener("input", () => {
      const text = input.value.trim().toLowerCase();
      let left = 0;
      for (const row of this.offered) {
        const chip = this.chips.get(row.name);
        if (!chip) continue;
        chip.hidden = !`${row.name} ${row.title}`.toLowerCase().includes(text);
        if (!chip.hidden) left += 1;
      }
      for (const group of this.holder.querySelectorAll<HTMLElement>("[data-group]"))
        group.hidden = !group.querySelector(".chip:not([hidden])");
      none.hidden = left > 0;
    });
    // Enter in the filter must not save the set.
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
    return element("div", { class: "field" }, input, none);
  }

  private group(title: string, about: string, rows: readonly Offered[]): HTMLElement {
    const all = element("button", { class: "link", type: "button" }, "all");
    all.setAttribute("aria-label", `${title}: all or none`);
    all.addEventListener("click", () => this.switchAll(title, rows));
    const chips = rows.map((row) => this.chip(row));
    return element(
      "div",
      { class: "choice-group", role: "group", "aria-label": title, "data-group": true },
      element(
        "div",
        { class: "choice-head" },
        element("span", { class: "label" }, title),
        element("span", { class: "note" }, about),
        all,
      ),
      element("div", { class: "chips" }, ...chips),
    );
  }

  private chip(row: Offered): HTMLButtonElement {
    const title = [row.title, row.expression, row.collections.join(", ")].filter(Boolean);
    const chip = element(
      "button",
      { class: "chip", type: "button", "aria-pressed": "false", title: title.join("\n") },
      row.name,
    );
    chip.addEventListener("click", () => this.switch(row.name));
    this.chips.set(row.name, chip);
    return chip;
  }

  private switch(source: string): void {
    const { state, lookup } = this.store;
    if (state.sources.includes(source)) this.drop([source], source);
    else {
      const next = model.withSources(state, [source], lookup);
      this.store.change(next, changeWords(`${source} added`, state, next));
    }
  }

  private switchAll(title: string, rows: readonly Offered[]): void {
    const { state, lookup } = this.store;
    const names = rows.map((row) => row.name).filter((name) => !this.chips.get(name)?.hidden);
    if (names.every((name) => state.sources.includes(name))) {
      this.drop(names, title);
      return;
    }
    const next = model.withSources(state, names, lookup);
    this.store.change(next, changeWords(`${title} added`, state, next));
  }

  private drop(names: readonly string[], what: string): void {
    const { state } = this.store;
    const next = model.withoutSources(state, names);
    this.store.change(next, changeWords(`${what} taken away`, state, next));
  }

  private draw(): void {
    const { sources } = this.store.state;
    for (const [name, chip] of this.chips)
      chip.setAttribute("aria-pressed", String(sources.includes(name)));
    const written = sources.filter((source) => !this.chips.has(source));
    this.ownBox.hidden = written.length === 0;
    this.own.replaceChildren(...written.map((source) => this.removable(source)));
  }

  private removable(source: string): HTMLElement {
    const remove = element("button", { type: "button", "aria-label": `Take ${source} away` });
    remove.append(icon("close"));
    remove.addEventListener("click", () => {
      this.drop([source], source);
      document.getElementById("expression-text")?.focus();
    });
    return element(
      "span",
      { class: "chip removable written" },
      element("code", {}, source),
      remove,
    );
  }
}

function formulas(rows: readonly Offered[]): HTMLElement {
  const list = element("dl", { class: "kv" });
  for (const row of rows) {
    list.append(
      element("dt", {}, row.name),
      element(
        "dd",
        {},
        element("code", {}, row.expression ?? ""),
        row.reference ? element("small", {}, ` ${row.reference}`) : null,
      ),
    );
  }
  return element(
    "details",
    { class: "advanced" },
    element("summary", {}, "How the indices are computed"),
    list,
  );
}
